using System.Globalization;

namespace Gateway.Core.Fabric;

/// <summary>Names for TCP ports that people here use in place of numbers (IANA service names where there is one).</summary>
public static class PortNames
{
    private static readonly (string Name, ushort Port)[] Known =
    [
        ("ssh", 22), ("telnet", 23), ("http", 80), ("s7", 102), ("https", 443), ("modbus", 502), ("rtsp", 554),
        ("mbsecure", 802), ("mqtt", 1883), ("iec104", 2404), ("rdp", 3389), ("opcua", 4840), ("vnc", 5900),
        ("mqtts", 8883), ("fox", 1911), ("dnp3", 20000), ("enip", 44818),
    ];

    /// <summary>All names, for messages.</summary>
    public static string List => string.Join(", ", Known.Select(known => $"{known.Name}={known.Port}"));

    /// <summary>Reads a known name or a number from 1 to 65535.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ushort port)
    {
        foreach (var known in Known)
        {
            if (text.SequenceEqual(known.Name))
            {
                port = known.Port;
                return true;
            }
        }
        return ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port != 0;
    }
}
