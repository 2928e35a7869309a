using System.Buffers.Binary;
using Gateway.Core.Net;

namespace Gateway.Core.Tests.Discovery;

/// <summary>Reads Ethernet source addresses out of captures: classic pcap in both byte orders, and pcapng. Anything else gives nothing.</summary>
internal static class CaptureFile
{
    private const int Ethernet = 1;

    public static IEnumerable<MacAddress> SourceAddresses(string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < 24)
            return [];
        return BinaryPrimitives.ReadUInt32BigEndian(bytes) switch
        {
            0xD4C3B2A1 or 0x4D3CB2A1 => Classic(bytes, little: true),
            0xA1B2C3D4 or 0xA1B23C4D => Classic(bytes, little: false),
            0x0A0D0D0A => NextGeneration(bytes),
            _ => [],
        };
    }

    private static List<MacAddress> Classic(byte[] bytes, bool little)
    {
        var found = new List<MacAddress>();
        if ((Number(bytes, 20, little) & 0xFFFF) != Ethernet)
            return found;
        for (var at = 24; at + 16 <= bytes.Length;)
        {
            var length = (int)Math.Min(Number(bytes, at + 8, little), int.MaxValue / 2);
            at += 16;
            Take(bytes, at, length, found);
            at += length;
        }
        return found;
    }

    /// <summary>Section header, interface description, and the packet blocks enhanced and simple; every block says its own length.</summary>
    private static List<MacAddress> NextGeneration(byte[] bytes)
    {
        var (found, links, little) = (new List<MacAddress>(), new List<uint>(), true);
        for (var at = 0; at + 12 <= bytes.Length;)
        {
            var type = Number(bytes, at, little);
            if (type == 0x0A0D0D0A)
            {
                little = bytes[at + 8] == 0x4D;
                links.Clear();
            }
            var length = (int)Number(bytes, at + 4, little);
            if (length < 12 || at + length > bytes.Length)
                break;
            if (type == 1)
                links.Add(Number(bytes, at + 8, little) & 0xFFFF);
            else if (type == 6 && Number(bytes, at + 8, little) is var link && link < links.Count && links[(int)link] == Ethernet)
                Take(bytes, at + 28, (int)Number(bytes, at + 20, little), found);
            else if (type == 3 && links is [Ethernet, ..])
                Take(bytes, at + 12, (int)Number(bytes, at + 8, little), found);
            at += length;
        }
        return found;
    }

    private static void Take(byte[] bytes, int at, int length, List<MacAddress> found)
    {
        if (length >= 14 && at + 14 <= bytes.Length)
            found.Add(MacAddress.Read(bytes.AsSpan(at + 6)));
    }

    private static uint Number(byte[] bytes, int at, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at)) : BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
}
