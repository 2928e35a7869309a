using System.Buffers.Binary;
using Gateway.Core.Net;

namespace Gateway.Dataplane.Wire;

/// <summary>Why bytes are no TCP segment.</summary>
public enum TcpError : byte
{
    None = 0,

    /// <summary>Fewer than 20 bytes.</summary>
    TooShort = 1,

    /// <summary>The data offset is below 5 words, or beyond the bytes there are.</summary>
    DataOffset = 2,
}

/// <summary>Control bits (RFC 9293, section 3.1).</summary>
[Flags]
public enum TcpFlags : byte
{
    None = 0,
    Fin = 0x01,
    Syn = 0x02,
    Rst = 0x04,
    Psh = 0x08,
    Ack = 0x10,
    Urg = 0x20,
    Ece = 0x40,
    Cwr = 0x80,
}

/// <summary>A TCP segment (RFC 9293, section 3.1).</summary>
/// <remarks><code>
///   0           2           4           8           12    13    14       16         18       20
///  +-----------+-----------+-----------+-----------+-----+-----+--------+----------+--------+-----------+---------
///  | source    | dest.     | sequence  | ack       |off|r|flags| window | checksum | urgent | options   | payload
///  | port      | port      | number    | number    | 4  4|  8  |        |          | pointer| 0 to 40   |
///  +-----------+-----------+-----------+-----------+-----+-----+--------+----------+--------+-----------+---------
/// </code></remarks>
public readonly ref struct TcpView
{
    /// <summary>Header without options, in bytes.</summary>
    public const int HeaderBytes = 20;

    internal const int ChecksumOffset = 16;

    private const int SourcePortOffset = 0;
    private const int DestinationPortOffset = 2;
    private const int SequenceOffset = 4;
    private const int AcknowledgmentOffset = 8;
    private const int DataOffsetOffset = 12;
    private const int FlagsOffset = 13;
    private const int WindowOffset = 14;
    private const int UrgentOffset = 18;
    private const int WordBytes = 4;

    private readonly ReadOnlySpan<byte> _segment;

    private TcpView(ReadOnlySpan<byte> segment) => _segment = segment;

    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_segment[SourcePortOffset..]);

    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_segment[DestinationPortOffset..]);

    public uint Sequence => BinaryPrimitives.ReadUInt32BigEndian(_segment[SequenceOffset..]);

    public uint Acknowledgment => BinaryPrimitives.ReadUInt32BigEndian(_segment[AcknowledgmentOffset..]);

    public int HeaderLengthBytes => HeaderLength(_segment);

    /// <summary>Four bits between data offset and flags, zero in every honest segment.</summary>
    public byte ReservedBits => (byte)(_segment[DataOffsetOffset] & 0x0F);

    public TcpFlags Flags => (TcpFlags)_segment[FlagsOffset];

    public ushort Window => BinaryPrimitives.ReadUInt16BigEndian(_segment[WindowOffset..]);

    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_segment[ChecksumOffset..]);

    /// <summary>Offset of the byte after urgent data; has a meaning only with <see cref="TcpFlags.Urg"/>.</summary>
    public ushort UrgentPointer => BinaryPrimitives.ReadUInt16BigEndian(_segment[UrgentOffset..]);

    /// <summary>Option bytes as sent, 0 to 40; <see cref="TcpOptions.TryParse"/> reads them.</summary>
    public ReadOnlySpan<byte> Options => _segment[HeaderBytes..HeaderLengthBytes];

    public ReadOnlySpan<byte> Payload => _segment[HeaderLengthBytes..];

    /// <summary>How far the segment moves the sequence: payload bytes, and one each for SYN and FIN (RFC 9293, section 3.4).</summary>
    public uint SequenceLength =>
        (uint)Payload.Length + ((Flags & TcpFlags.Syn) != 0 ? 1u : 0) + ((Flags & TcpFlags.Fin) != 0 ? 1u : 0);

    /// <param name="segment">Payload of the IPv4 packet.</param>
    /// <param name="view">The segment; empty on an error.</param>
    /// <param name="error">What is wrong.</param>
    public static bool TryParse(ReadOnlySpan<byte> segment, out TcpView view, out TcpError error)
    {
        error = Check(segment);
        view = error == TcpError.None ? new TcpView(segment) : default;
        return error == TcpError.None;
    }

    public bool ChecksumIsValid(Ipv4Address source, Ipv4Address destination) =>
        InternetChecksum.IsValid(_segment, InternetChecksum.PseudoHeader(source, destination, IpProtocol.Tcp, _segment.Length));

    /// <summary>Lowers the largest segment that a SYN announces, and makes its checksum anew.</summary>
    /// <param name="segment">The whole segment, whose options are known to be well formed.</param>
    /// <param name="source">Address for the checksum.</param>
    /// <param name="destination">Address for the checksum.</param>
    /// <param name="mostBytes">Largest segment that passes.</param>
    public static void ClampMaxSegment(Span<byte> segment, Ipv4Address source, Ipv4Address destination, ushort mostBytes)
    {
        var options = segment[HeaderBytes..(segment[DataOffsetOffset] >> 4 << 2)];
        if (!TcpOptions.TryLowerMaxSegment(options, mostBytes))
            return;
        segment.Slice(ChecksumOffset, sizeof(ushort)).Clear();
        var seed = InternetChecksum.PseudoHeader(source, destination, IpProtocol.Tcp, segment.Length);
        BinaryPrimitives.WriteUInt16BigEndian(segment[ChecksumOffset..], InternetChecksum.Of(segment, seed));
    }

    /// <summary>Writes the header, with checksum, before a payload that already stands in its place.</summary>
    /// <param name="segment">Header (<see cref="TcpHeader.LengthBytes"/>) and payload and nothing else.</param>
    /// <param name="source">Address for the checksum.</param>
    /// <param name="destination">Address for the checksum.</param>
    /// <param name="header">What is written; the urgent pointer and the reserved bits are always zero.</param>
    /// <returns>Length of the header, in bytes.</returns>
    public static int Emit(Span<byte> segment, Ipv4Address source, Ipv4Address destination, in TcpHeader header)
    {
        BinaryPrimitives.WriteUInt16BigEndian(segment[SourcePortOffset..], header.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(segment[DestinationPortOffset..], header.DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(segment[SequenceOffset..], header.Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment[AcknowledgmentOffset..], header.Acknowledgment);
        segment[DataOffsetOffset] = (byte)(header.LengthBytes / WordBytes << 4);
        segment[FlagsOffset] = (byte)header.Flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment[WindowOffset..], header.Window);
        segment[ChecksumOffset..HeaderBytes].Clear();
        if (header.MaxSegmentBytes != 0)
            TcpOptions.EmitMaxSegment(segment[HeaderBytes..], header.MaxSegmentBytes);
        var seed = InternetChecksum.PseudoHeader(source, destination, IpProtocol.Tcp, segment.Length);
        BinaryPrimitives.WriteUInt16BigEndian(segment[ChecksumOffset..], InternetChecksum.Of(segment, seed));
        return header.LengthBytes;
    }

    private static TcpError Check(ReadOnlySpan<byte> segment)
    {
        if (segment.Length < HeaderBytes)
            return TcpError.TooShort;
        var header = HeaderLength(segment);
        return header < HeaderBytes || header > segment.Length ? TcpError.DataOffset : TcpError.None;
    }

    private static int HeaderLength(ReadOnlySpan<byte> segment) => (segment[DataOffsetOffset] >> 4) * WordBytes;
}

/// <summary>What <see cref="TcpView.Emit"/> writes: no option but the maximum segment size, and that only on request.</summary>
public readonly record struct TcpHeader
{
    public ushort SourcePort { get; init; }

    public ushort DestinationPort { get; init; }

    public uint Sequence { get; init; }

    public uint Acknowledgment { get; init; }

    public TcpFlags Flags { get; init; }

    public ushort Window { get; init; }

    /// <summary>Value of the maximum segment size option; 0: no option. Only for segments with SYN (RFC 9293, section 3.7.1).</summary>
    public ushort MaxSegmentBytes { get; init; }

    /// <summary>Length of the header that is written, in bytes.</summary>
    public int LengthBytes => TcpView.HeaderBytes + (MaxSegmentBytes != 0 ? TcpOptions.MaxSegmentOptionBytes : 0);
}
