using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gateway.WebUi;

/// <summary>How the process was started.</summary>
/// <param name="Listen">Addresses and ports where browsers reach it.</param>
/// <param name="Api">Unix socket of the service.</param>
/// <param name="State">Folder with the TLS key and the keys of the forms; nothing else is kept.</param>
/// <param name="Names">Names and addresses by which people reach the box, besides localhost and the listen addresses.</param>
public sealed record WebOptions(IReadOnlyList<IPEndPoint> Listen, string Api, string State, IReadOnlyList<string> Names)
{
    public const string DefaultListen = "127.0.0.1:8443";

    public const string DefaultApi = "/run/gateway/api.sock";

    public const string DefaultState = "/var/lib/gateway-web";

    /// <summary>Every name and address under which this process answers.</summary>
    public IEnumerable<string> OwnNames() => Listen
        .Where(end => !IsAny(end.Address))
        .Select(end => end.Address.ToString())
        .Concat(["localhost", "127.0.0.1"])
        .Concat(Names)
        .Select(name => name.ToLowerInvariant())
        .Distinct(StringComparer.Ordinal);

    /// <summary>Whether it listens on every address of the machine, so that no list of addresses is complete.</summary>
    public bool ListensEverywhere => Listen.Any(end => IsAny(end.Address));

    /// <summary>Reads <c>127.0.0.1:8443</c> or <c>[::1]:8443</c>; the port may not be left out.</summary>
    public static bool TryParseListen(string text, out IPEndPoint end, out string error)
    {
        error = "";
        end = new IPEndPoint(IPAddress.None, 0);
        var colon = text.LastIndexOf(':');
        if (colon > 0
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue
            && IPAddress.TryParse(text.AsSpan(0, colon), out var address)
            && (address.AddressFamily == AddressFamily.InterNetwork || text[0] == '['))
        {
            end = new IPEndPoint(address, port);
            return true;
        }
        error = $"--listen '{text}' is no address with a port; write for example {DefaultListen} or [::1]:8443";
        return false;
    }

    /// <summary>Whether a certificate and a browser can use the name: a DNS name or an address.</summary>
    public static bool IsHostName(string name) =>
        Uri.CheckHostName(name) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6;

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
