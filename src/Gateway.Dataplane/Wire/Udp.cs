using System.Buffers.Binary;
using Gateway.Core.Net;

namespace Gateway.Dataplane.Wire;

/// <summary>Why bytes are no UDP datagram.</summary>
public enum UdpError : byte
{
    None = 0,

    /// <summary>Fewer than 8 bytes.</summary>
    TooShort = 1,

    /// <summary>The length field is below 8.</summary>
    Length = 2,

    /// <summary>The length field is beyond the bytes there are.</summary>
    Cut = 3,
}

/// <summary>A UDP datagram (RFC 768).</summary>
/// <remarks><code>
///   0             2                  4             6           8
///  +-------------+------------------+-------------+-----------+---------
///  | source port | destination port | length      | checksum  | payload
///  +-------------+------------------+-------------+-----------+---------
/// </code></remarks>
public readonly ref struct UdpView
{
    public const int HeaderBytes = 8;

    /// <summary>How a computed checksum of zero is written, since zero means that there is none.</summary>
    public const ushort ZeroChecksum = 0xFFFF;

    internal const int ChecksumOffset = 6;

    private const int SourcePortOffset = 0;
    private const int DestinationPortOffset = 2;
    private const int LengthOffset = 4;

    private readonly ReadOnlySpan<byte> _bytes;

    private UdpView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[SourcePortOffset..]);

    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[DestinationPortOffset..]);

    /// <summary>Header and payload, in bytes, as the datagram says.</summary>
    public int LengthBytes => BinaryPrimitives.ReadUInt16BigEndian(_bytes[LengthOffset..]);

    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[ChecksumOffset..]);

    /// <summary>False where the sender left it out, which IPv4 allows.</summary>
    public bool HasChecksum => Checksum != 0;

    /// <summary>Bytes of the IPv4 packet behind the datagram: declared by one header, hidden from the other (RFC 9868 uses them for options).</summary>
    public int SurplusBytes => _bytes.Length - LengthBytes;

    public ReadOnlySpan<byte> Payload => _bytes[HeaderBytes..LengthBytes];

    /// <param name="bytes">Payload of the IPv4 packet.</param>
    /// <param name="view">The datagram; empty on an error.</param>
    /// <param name="error">What is wrong.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out UdpView view, out UdpError error)
    {
        error = Check(bytes);
        view = error == UdpError.None ? new UdpView(bytes) : default;
        return error == UdpError.None;
    }

    /// <summary>True also for a datagram without a checksum.</summary>
    public bool ChecksumIsValid(Ipv4Address source, Ipv4Address destination) =>
        !HasChecksum
        || InternetChecksum.IsValid(_bytes[..LengthBytes], InternetChecksum.PseudoHeader(source, destination, IpProtocol.Udp, LengthBytes));

    /// <summary>Writes the header, with checksum, before a payload that already stands in its place.</summary>
    /// <param name="datagram">Header and payload and nothing else: 8 to 65,515 bytes.</param>
    /// <param name="source">Address for the checksum.</param>
    /// <param name="destination">Address for the checksum.</param>
    /// <param name="sourcePort">Source port.</param>
    /// <param name="destinationPort">Destination port.</param>
    /// <returns>Length of the header, in bytes.</returns>
    public static int Emit(Span<byte> datagram, Ipv4Address source, Ipv4Address destination, ushort sourcePort, ushort destinationPort)
    {
        BinaryPrimitives.WriteUInt16BigEndian(datagram[SourcePortOffset..], sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[DestinationPortOffset..], destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[LengthOffset..], (ushort)datagram.Length);
        datagram.Slice(ChecksumOffset, sizeof(ushort)).Clear();
        var seed = InternetChecksum.PseudoHeader(source, destination, IpProtocol.Udp, datagram.Length);
        var checksum = InternetChecksum.Of(datagram, seed);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[ChecksumOffset..], checksum == 0 ? ZeroChecksum : checksum);
        return HeaderBytes;
    }

    private static UdpError Check(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes)
            return UdpError.TooShort;
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[LengthOffset..]);
        if (length < HeaderBytes)
            return UdpError.Length;
        return length > bytes.Length ? UdpError.Cut : UdpError.None;
    }
}
