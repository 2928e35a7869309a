using System.Globalization;
using System.Net;

namespace Gateway.Corridor.Tests.Fixtures;

/// <summary>What a process listens at, from the kernel's own tables.</summary>
internal static class ProcessSockets
{
    private const string Listening = "0A";

    /// <summary>Listening TCP sockets, all UDP sockets, and Unix sockets with a name.</summary>
    public static IReadOnlyList<string> Of(int process)
    {
        var inodes = Directory.GetFiles($"/proc/{process}/fd").Select(Target).OfType<string>()
            .Where(target => target.StartsWith("socket:[", StringComparison.Ordinal)).Select(target => target[8..^1]).ToHashSet(StringComparer.Ordinal);
        var sockets = new List<string>();
        foreach (var protocol in (string[])["tcp", "tcp6", "udp", "udp6"])
        {
            foreach (var fields in Rows($"/proc/{process}/net/{protocol}").Where(fields => inodes.Contains(fields[9])))
            {
                if (protocol.StartsWith("udp", StringComparison.Ordinal) || fields[3] == Listening)
                    sockets.Add($"{protocol[..3]} {Endpoint(fields[1])}");
            }
        }
        sockets.AddRange(Rows($"/proc/{process}/net/unix").Where(fields => fields.Length > 7 && inodes.Contains(fields[6])).Select(fields => $"unix {fields[7]}"));
        return sockets;
    }

    private static string? Target(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static IEnumerable<string[]> Rows(string path) =>
        File.ReadLines(path).Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Address as groups of four bytes, each in the order of the machine, and a port.</summary>
    private static string Endpoint(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var address = Convert.FromHexString(text[..colon]);
        for (var group = 0; group < address.Length; group += 4)
            Array.Reverse(address, group, 4);
        var ip = new IPAddress(address);
        return new IPEndPoint(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip, int.Parse(text.AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString();
    }
}
