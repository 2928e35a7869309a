using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Gateway.Core.Net;

/// <summary>Transport protocols a grant can name, by their IANA protocol number.</summary>
public enum Transport : byte
{
    None = 0,
    Tcp = 6,
    Udp = 17,
}

/// <summary>An inclusive range of TCP or UDP ports, 1 to 65535. Port 0 is reserved (RFC 6335) and never granted.</summary>
public readonly record struct PortRange(ushort First, ushort Last)
{
    public bool Contains(ushort port) => port >= First && port <= Last;

    public bool Overlaps(PortRange other) => First <= other.Last && other.First <= Last;

    public override string ToString() => First == Last
        ? First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
}

/// <summary>A transport with its ports, written <c>tcp/502</c> or <c>udp/5000-5010</c>.</summary>
public readonly record struct ServicePort(Transport Transport, PortRange Ports)
{
    public static bool TryParse([NotNullWhen(true)] string? text, out ServicePort port)
    {
        port = default;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0)
            return false;
        var transport = text![..slash] switch { "tcp" => Transport.Tcp, "udp" => Transport.Udp, _ => Transport.None };
        var dash = text.IndexOf('-', slash);
        var first = dash < 0 ? text.AsSpan(slash + 1) : text.AsSpan(slash + 1, dash - slash - 1);
        var last = dash < 0 ? first : text.AsSpan(dash + 1);
        if (transport == Transport.None || !TryPort(first, out var low) || !TryPort(last, out var high) || low > high)
            return false;
        port = new ServicePort(transport, new PortRange(low, high));
        return true;
    }

    public override string ToString() => $"{(Transport == Transport.Tcp ? "tcp" : "udp")}/{Ports}";

    private static bool TryPort(ReadOnlySpan<char> text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port != 0;
}
