using System.Buffers.Binary;
using Gateway.Dataplane.Wire;

namespace Gateway.Fuzz.Targets;

internal static class Ipv4Target
{
    private const int ChecksumOffset = 10;

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        Read(data);
        // Changed bytes rarely have a good checksum: the second try is the same packet with one.
        Span<byte> copy = stackalloc byte[Math.Min(data.Length, Mutator.MaxSampleBytes)];
        data[..copy.Length].CopyTo(copy);
        MendChecksum(copy);
        Read(copy);
        InternetChecksum.TryComplete(copy);
        Read(copy);
    }

    /// <summary>Writes the right header checksum into what may be an IPv4 packet.</summary>
    public static void MendChecksum(Span<byte> packet)
    {
        var header = packet.IsEmpty ? 0 : (packet[0] & 0x0F) * 4;
        if (header < Ipv4View.HeaderBytes || header > packet.Length)
            return;
        packet.Slice(ChecksumOffset, sizeof(ushort)).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(packet[ChecksumOffset..], InternetChecksum.Of(packet[..header]));
    }

    private static void Read(ReadOnlySpan<byte> data)
    {
        var read = Ipv4View.TryParse(data, out var ip, out var error);
        Promise.Keep(read == (error == Ipv4Error.None), "an error or a packet, never both");
        if (!read)
            return;
        Promise.Keep(ip.TotalLengthBytes <= data.Length, "the packet lies inside the bytes");
        Promise.Keep(
            ip.HeaderLengthBytes + ip.Payload.Length == ip.TotalLengthBytes
            && ip.Options.Length == ip.HeaderLengthBytes - Ipv4View.HeaderBytes && ip.HasOptions == !ip.Options.IsEmpty,
            "the parts make up the packet");
        Promise.Keep(ip.IsFragment == (ip.MoreFragments || ip.FragmentOffsetBytes > 0), "a fragment is one that has others");
        if (!ip.HasOptions && !ip.IsFragment && ip.DontFragment && !ip.ReservedFlag)
            WriteBack(ip);
    }

    private static void WriteBack(Ipv4View ip)
    {
        Span<byte> header = stackalloc byte[Ipv4View.HeaderBytes];
        Ipv4View.Emit(header, new Ipv4Header(ip.Source, ip.Destination, ip.Protocol, ip.Payload.Length)
        {
            TimeToLive = ip.TimeToLive,
            TypeOfService = ip.TypeOfService,
            Identification = ip.Identification,
        });
        // 0x0000 and 0xFFFF are the same number in ones' complement; we write what RFC 1071 computes.
        Promise.Keep(
            header.SequenceEqual(ip.Packet[..Ipv4View.HeaderBytes]) || ip.HeaderChecksum is 0 or 0xFFFF,
            "what was read writes back equal");
    }
}
