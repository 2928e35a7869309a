using System.Runtime.CompilerServices;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gateway.Core.Net;

namespace Gateway.Dataplane.Wire;

/// <summary>The checksum of IPv4, ICMP, TCP and UDP: the ones' complement of the ones' complement sum of 16-bit words (RFC 1071).</summary>
public static class InternetChecksum
{
    /// <summary>From here on vectors are faster: measured, they halve the time for a full packet and change nothing for a small one.</summary>
    private const int LeastVectorBytes = 128;

    /// <summary>Folded sum, not complemented. Sums of parts add up only where each part but the last has an even length.</summary>
    /// <param name="bytes">What is summed; an odd last byte counts as the high half of a word.</param>
    /// <param name="seed">Sum of what stands before, such as <see cref="PseudoHeader"/>; need not be folded.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ushort Sum(ReadOnlySpan<byte> bytes, uint seed = 0)
    {
        // The sum does not depend on the byte order (RFC 1071, section 2 (B)), so words are added as the machine reads them, many at a
        // time, with 32-bit words in 64-bit sums so that no carry is lost, and the two bytes are swapped once at the end.
        var vectors = MemoryMarshal.Cast<byte, Vector256<uint>>(bytes.Length >= LeastVectorBytes ? bytes : default);
        var rest = bytes[(vectors.Length * Vector256<byte>.Count)..];
        var words = MemoryMarshal.Cast<byte, ulong>(rest);
        rest = rest[(words.Length * sizeof(ulong))..];
        var sum = SumVectors(vectors);
        foreach (var word in words)
            sum += (uint)word + (word >> 32);
        foreach (var word in MemoryMarshal.Cast<byte, ushort>(rest))
            sum += word;
        if ((rest.Length & 1) != 0)
            sum += BitConverter.IsLittleEndian ? rest[^1] : (ulong)rest[^1] << 8;
        var folded = Fold(sum);
        return Fold((ulong)(BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(folded) : folded) + seed);
    }

    /// <summary>The checksum to be written: over bytes whose checksum field is zero.</summary>
    public static ushort Of(ReadOnlySpan<byte> bytes, uint seed = 0) => (ushort)~Sum(bytes, seed);

    /// <summary>Whether bytes with their checksum in place are as they were sent.</summary>
    public static bool IsValid(ReadOnlySpan<byte> bytes, uint seed = 0) => Sum(bytes, seed) == 0xFFFF;

    /// <summary>Sum of the pseudo header that ties a TCP segment or UDP datagram to its addresses (RFC 9293, section 3.1; RFC 768), as a seed.</summary>
    public static uint PseudoHeader(Ipv4Address source, Ipv4Address destination, byte protocol, int lengthBytes) =>
        (source.Value >> 16) + (source.Value & 0xFFFF) + (destination.Value >> 16) + (destination.Value & 0xFFFF)
        + protocol + (uint)lengthBytes;

    /// <summary>The checksum after one 16-bit word under it was changed (RFC 1624, section 3, equation 3).</summary>
    public static ushort Update(ushort checksum, ushort before, ushort after) =>
        (ushort)~Fold((ulong)(ushort)~checksum + (ushort)~before + after);

    /// <summary>The checksum after 32 bits under it were changed, such as an address.</summary>
    public static ushort Update(ushort checksum, uint before, uint after) =>
        (ushort)~Fold((ulong)(ushort)~checksum + (ushort)~(before >> 16) + (ushort)~before + (after >> 16) + (ushort)after);

    /// <summary>Writes the TCP or UDP checksum that a sender left to its network card, and that on a virtual link no card filled in.
    /// Only for packets which the kernel marks so (TP_STATUS_CSUMNOTREADY): on any other it would hide damage.</summary>
    /// <param name="packet">An IPv4 packet from its first byte; bytes after its total length are left alone.</param>
    /// <returns>False where there is nothing to complete: no whole IPv4 packet, a fragment, another protocol, no whole header.</returns>
    public static bool TryComplete(Span<byte> packet)
    {
        if (!Ipv4View.TryParse(packet, out var ip, out _) || ip.IsFragment)
            return false;
        var transport = packet[ip.HeaderLengthBytes..ip.TotalLengthBytes];
        var seed = PseudoHeader(ip.Source, ip.Destination, ip.Protocol, transport.Length);
        switch (ip.Protocol)
        {
            case IpProtocol.Tcp when TcpView.TryParse(transport, out _, out _):
                Complete(transport, TcpView.ChecksumOffset, seed);
                return true;
            case IpProtocol.Udp when UdpView.TryParse(transport, out var udp, out _) && udp.SurplusBytes == 0:
                Complete(transport, UdpView.ChecksumOffset, seed);
                if (BinaryPrimitives.ReadUInt16BigEndian(transport[UdpView.ChecksumOffset..]) == 0)
                    BinaryPrimitives.WriteUInt16BigEndian(transport[UdpView.ChecksumOffset..], UdpView.ZeroChecksum);
                return true;
            default:
                return false;
        }
    }

    private static ulong SumVectors(ReadOnlySpan<Vector256<uint>> vectors)
    {
        var low = Vector256<ulong>.Zero;
        var high = Vector256<ulong>.Zero;
        foreach (var vector in vectors)
        {
            low += Vector256.WidenLower(vector);
            high += Vector256.WidenUpper(vector);
        }
        return Vector256.Sum(low + high);
    }

    private static void Complete(Span<byte> transport, int checksumOffset, uint seed)
    {
        transport.Slice(checksumOffset, sizeof(ushort)).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(transport[checksumOffset..], Of(transport, seed));
    }

    /// <summary>Adds the carries back in (RFC 1071, section 1) until 16 bits are left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort Fold(ulong sum)
    {
        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)sum;
    }
}
