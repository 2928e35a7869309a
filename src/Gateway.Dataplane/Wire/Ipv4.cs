using System.Buffers.Binary;
using Gateway.Core.Net;

namespace Gateway.Dataplane.Wire;

/// <summary>Why bytes are no IPv4 packet.</summary>
public enum Ipv4Error : byte
{
    None = 0,

    /// <summary>Fewer than 20 bytes.</summary>
    TooShort = 1,

    /// <summary>The version is not 4.</summary>
    Version = 2,

    /// <summary>The header length is below 5 words, or beyond the bytes there are.</summary>
    HeaderLength = 3,

    /// <summary>The total length is below the header length.</summary>
    TotalLength = 4,

    /// <summary>The total length is beyond the bytes there are.</summary>
    Cut = 5,

    /// <summary>The header checksum is wrong.</summary>
    Checksum = 6,
}

/// <summary>An IPv4 packet, limited to its total length (RFC 791, section 3.1).</summary>
/// <remarks><code>
///   0     1     2             4             6             8     9     10            12            16            20
///  +-----+-----+-------------+-------------+---+---------+-----+-----+-------------+-------------+-------------+---------
///  | v|IHL| TOS | total length| identifier  |flg| frag off| TTL |proto| checksum    | source      | destination | options
///  +-----+-----+-------------+-------------+---+---------+-----+-----+-------------+-------------+-------------+---------
/// </code></remarks>
public readonly ref struct Ipv4View
{
    /// <summary>Header without options, in bytes.</summary>
    public const int HeaderBytes = 20;

    internal const int FragmentOffset = 6;
    internal const int ProtocolOffset = 9;
    internal const int SourceOffset = 12;
    internal const int DestinationOffset = 16;
    internal const int FragmentOffsetMask = 0x1FFF;

    private const int VersionOffset = 0;
    private const int TypeOfServiceOffset = 1;
    private const int TotalLengthOffset = 2;
    private const int IdentificationOffset = 4;
    private const int TimeToLiveOffset = 8;
    private const int ChecksumOffset = 10;

    private const int ReservedBit = 0x8000;
    private const int DontFragmentBit = 0x4000;
    private const int MoreFragmentsBit = 0x2000;
    private const int WordBytes = 4;
    private const int FragmentUnitBytes = 8;

    private readonly ReadOnlySpan<byte> _packet;

    private Ipv4View(ReadOnlySpan<byte> packet) => _packet = packet;

    public int HeaderLengthBytes => HeaderLength(_packet);

    /// <summary>Differentiated services and ECN (RFC 2474, RFC 3168).</summary>
    public byte TypeOfService => _packet[TypeOfServiceOffset];

    public int TotalLengthBytes => _packet.Length;

    public ushort Identification => BinaryPrimitives.ReadUInt16BigEndian(_packet[IdentificationOffset..]);

    /// <summary>The unused flag; zero in every honest packet.</summary>
    public bool ReservedFlag => (FragmentField & ReservedBit) != 0;

    public bool DontFragment => (FragmentField & DontFragmentBit) != 0;

    public bool MoreFragments => (FragmentField & MoreFragmentsBit) != 0;

    public int FragmentOffsetBytes => (FragmentField & FragmentOffsetMask) * FragmentUnitBytes;

    /// <summary>A part of a larger packet: more follow, or it is not the first.</summary>
    public bool IsFragment => (FragmentField & (MoreFragmentsBit | FragmentOffsetMask)) != 0;

    public byte TimeToLive => _packet[TimeToLiveOffset];

    /// <summary>One of <see cref="IpProtocol"/>, or any other number.</summary>
    public byte Protocol => _packet[ProtocolOffset];

    public ushort HeaderChecksum => BinaryPrimitives.ReadUInt16BigEndian(_packet[ChecksumOffset..]);

    public Ipv4Address Source => Ipv4Address.Read(_packet[SourceOffset..]);

    public Ipv4Address Destination => Ipv4Address.Read(_packet[DestinationOffset..]);

    public bool HasOptions => HeaderLengthBytes > HeaderBytes;

    public ReadOnlySpan<byte> Options => _packet[HeaderBytes..HeaderLengthBytes];

    /// <summary>The whole packet, without padding of the frame.</summary>
    public ReadOnlySpan<byte> Packet => _packet;

    public ReadOnlySpan<byte> Payload => _packet[HeaderLengthBytes..];

    private int FragmentField => BinaryPrimitives.ReadUInt16BigEndian(_packet[FragmentOffset..]);

    /// <param name="bytes">Payload of the frame; bytes after the total length are left out of the view.</param>
    /// <param name="view">The packet; empty on an error.</param>
    /// <param name="error">What is wrong; the first in the order of <see cref="Ipv4Error"/>.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Ipv4View view, out Ipv4Error error)
    {
        error = Check(bytes);
        view = error == Ipv4Error.None ? new Ipv4View(bytes[..TotalLength(bytes)]) : default;
        return error == Ipv4Error.None;
    }

    /// <summary>Length of the header that <paramref name="bytes"/> begin with, when version and length are those of a whole IPv4
    /// header; 0 otherwise. For a packet quoted in an ICMP error, which is cut and need not keep its checksum.</summary>
    internal static int QuotedHeaderLength(ReadOnlySpan<byte> bytes) =>
        CheckHeader(bytes) == Ipv4Error.None ? HeaderLength(bytes) : 0;

    private static Ipv4Error Check(ReadOnlySpan<byte> bytes)
    {
        var error = CheckHeader(bytes);
        if (error != Ipv4Error.None)
            return error;
        var header = HeaderLength(bytes);
        var total = TotalLength(bytes);
        if (total < header)
            return Ipv4Error.TotalLength;
        if (total > bytes.Length)
            return Ipv4Error.Cut;
        return InternetChecksum.IsValid(bytes[..header]) ? Ipv4Error.None : Ipv4Error.Checksum;
    }

    private static Ipv4Error CheckHeader(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes)
            return Ipv4Error.TooShort;
        if (bytes[VersionOffset] >> 4 != 4)
            return Ipv4Error.Version;
        var header = HeaderLength(bytes);
        return header < HeaderBytes || header > bytes.Length ? Ipv4Error.HeaderLength : Ipv4Error.None;
    }

    private static int HeaderLength(ReadOnlySpan<byte> bytes) => (bytes[VersionOffset] & 0x0F) * WordBytes;

    private static int TotalLength(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes[TotalLengthOffset..]);

    /// <summary>Writes a header without options and its checksum to the start of <paramref name="packet"/>, which has at least
    /// <see cref="HeaderBytes"/> bytes.</summary>
    /// <returns>Bytes written.</returns>
    public static int Emit(Span<byte> packet, in Ipv4Header header)
    {
        packet[VersionOffset] = 0x45;
        packet[TypeOfServiceOffset] = header.TypeOfService;
        BinaryPrimitives.WriteUInt16BigEndian(packet[TotalLengthOffset..], (ushort)(HeaderBytes + header.PayloadBytes));
        BinaryPrimitives.WriteUInt16BigEndian(packet[IdentificationOffset..], header.Identification);
        BinaryPrimitives.WriteUInt16BigEndian(packet[FragmentOffset..], DontFragmentBit);
        packet[TimeToLiveOffset] = header.TimeToLive;
        packet[ProtocolOffset] = header.Protocol;
        header.Source.Write(packet[SourceOffset..]);
        header.Destination.Write(packet[DestinationOffset..]);
        packet.Slice(ChecksumOffset, sizeof(ushort)).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(packet[ChecksumOffset..], InternetChecksum.Of(packet[..HeaderBytes]));
        return HeaderBytes;
    }
}

/// <summary>What <see cref="Ipv4View.Emit"/> writes. Always without options, never a fragment, never to be fragmented: an atomic
/// datagram, whose identification has no meaning and may be 0 (RFC 6864, section 4.1).</summary>
/// <param name="Source">Source address.</param>
/// <param name="Destination">Destination address.</param>
/// <param name="Protocol">One of <see cref="IpProtocol"/>.</param>
/// <param name="PayloadBytes">Bytes after the header, 0 to 65,515.</param>
public readonly record struct Ipv4Header(Ipv4Address Source, Ipv4Address Destination, byte Protocol, int PayloadBytes)
{
    /// <summary>What every packet leaves with (RFC 1700): an inspected packet cannot be made to die on the way.</summary>
    public const byte DefaultTimeToLive = 64;

    public byte TimeToLive { get; init; } = DefaultTimeToLive;

    public byte TypeOfService { get; init; }

    public ushort Identification { get; init; }
}
