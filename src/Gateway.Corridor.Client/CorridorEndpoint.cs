using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Gateway.Corridor.Client;

/// <summary>Where a hub listens.</summary>
/// <param name="Host">Host name or address, without brackets.</param>
/// <param name="Port">TCP port.</param>
public sealed record CorridorEndpoint(string Host, ushort Port)
{
    /// <summary>Scheme, host and port, with a slash at the end.</summary>
    public Uri Base => new UriBuilder(Uri.UriSchemeHttps, Host, Port).Uri;

    /// <summary>Reads <c>HOST:PORT</c>; an IPv6 address stands in brackets.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out CorridorEndpoint? endpoint)
    {
        endpoint = null;
        var colon = text?.LastIndexOf(':') ?? -1;
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
            return false;
        var host = text![..colon];
        var bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (bracketed)
            host = host[1..^1];
        if (Uri.CheckHostName(host) is UriHostNameType.Unknown or UriHostNameType.Basic || bracketed != host.Contains(':'))
            return false;
        endpoint = new CorridorEndpoint(host, port);
        return true;
    }

    /// <exception cref="FormatException">The text is not HOST:PORT.</exception>
    public static CorridorEndpoint Parse(string text) => TryParse(text, out var endpoint)
        ? endpoint
        : throw new FormatException($"'{text}' is not HOST:PORT such as hub.plant-3.example:8443, 10.20.0.10:8443 or [fd00::10]:8443");

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
