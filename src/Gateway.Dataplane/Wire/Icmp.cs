using System.Buffers.Binary;
using Gateway.Core.Net;

namespace Gateway.Dataplane.Wire;

/// <summary>Why bytes are no ICMP message.</summary>
public enum IcmpError : byte
{
    None = 0,

    /// <summary>Fewer than 8 bytes.</summary>
    TooShort = 1,

    /// <summary>The checksum is wrong.</summary>
    Checksum = 2,
}

/// <summary>Values of the type field (IANA, "ICMP Type Numbers"), as far as the gateway reads or answers them.</summary>
public static class IcmpType
{
    public const byte EchoReply = 0;
    public const byte Unreachable = 3;
    public const byte Redirect = 5;
    public const byte Echo = 8;
    public const byte TimeExceeded = 11;
    public const byte ParameterProblem = 12;
}

/// <summary>An ICMP message (RFC 792).</summary>
/// <remarks><code>
///   0     1     2           4            6            8
///  +-----+-----+-----------+------------+------------+--------------------------------------+
///  | type| code| checksum  | identifier | sequence   | data                     (echo)      |
///  |  3  |  4  |           | unused     | MTU        | IPv4 header + 8 bytes    (RFC 1191)  |
///  | 3,11|     |           | unused                  | IPv4 header + 8 bytes                |
///  +-----+-----+-----------+------------+------------+--------------------------------------+
/// </code></remarks>
public readonly ref struct IcmpView
{
    public const int HeaderBytes = 8;

    /// <summary>Code of <see cref="IcmpType.Unreachable"/> that says the packet was too big for the next link.</summary>
    public const byte FragmentationNeeded = 4;

    private const int TypeOffset = 0;
    private const int CodeOffset = 1;
    private const int ChecksumOffset = 2;
    private const int IdentifierOffset = 4;
    private const int SequenceOffset = 6;

    private readonly ReadOnlySpan<byte> _message;

    private IcmpView(ReadOnlySpan<byte> message) => _message = message;

    /// <summary>One of <see cref="IcmpType"/>, or any other number.</summary>
    public byte Type => _message[TypeOffset];

    public byte Code => _message[CodeOffset];

    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_message[ChecksumOffset..]);

    /// <summary>Of an echo or its reply.</summary>
    public ushort Identifier => BinaryPrimitives.ReadUInt16BigEndian(_message[IdentifierOffset..]);

    /// <summary>Of an echo or its reply.</summary>
    public ushort Sequence => BinaryPrimitives.ReadUInt16BigEndian(_message[SequenceOffset..]);

    /// <summary>"Fragmentation needed": the largest packet that would pass, in bytes; 0 from routers older than RFC 1191.</summary>
    public ushort NextHopMtuBytes => Sequence;

    public bool IsFragmentationNeeded => Type == IcmpType.Unreachable && Code == FragmentationNeeded;

    /// <summary>An error about a packet sent before, which it quotes.</summary>
    public bool IsError => Type is IcmpType.Unreachable or IcmpType.Redirect or IcmpType.TimeExceeded or IcmpType.ParameterProblem;

    /// <summary>Everything after the header.</summary>
    public ReadOnlySpan<byte> Data => _message[HeaderBytes..];

    /// <param name="message">Payload of the IPv4 packet.</param>
    /// <param name="view">The message; empty on an error.</param>
    /// <param name="error">What is wrong.</param>
    public static bool TryParse(ReadOnlySpan<byte> message, out IcmpView view, out IcmpError error)
    {
        error = message.Length < HeaderBytes ? IcmpError.TooShort
            : !InternetChecksum.IsValid(message) ? IcmpError.Checksum
            : IcmpError.None;
        view = error == IcmpError.None ? new IcmpView(message) : default;
        return error == IcmpError.None;
    }

    /// <summary>The packet an error is about.</summary>
    /// <returns>False when this is no error, or quotes less than a header and eight bytes.</returns>
    public bool TryGetQuote(out IcmpQuoteView quote)
    {
        quote = default;
        return IsError && IcmpQuoteView.TryParse(Data, out quote);
    }

    /// <summary>Bytes of a "fragmentation needed" that <see cref="EmitFragmentationNeeded"/> writes.</summary>
    public const int FragmentationNeededBytes = HeaderBytes + Ipv4View.HeaderBytes + IcmpQuoteView.LeastPayloadBytes;

    /// <summary>Writes that a packet was too big for the next link (RFC 1191, section 4).</summary>
    /// <param name="message">At least <see cref="FragmentationNeededBytes"/> bytes.</param>
    /// <param name="packet">The packet, without options and with at least eight bytes behind its header.</param>
    /// <param name="mtuBytes">The largest packet that would pass, header included.</param>
    /// <returns>Bytes written.</returns>
    public static int EmitFragmentationNeeded(Span<byte> message, ReadOnlySpan<byte> packet, ushort mtuBytes)
    {
        var error = message[..FragmentationNeededBytes];
        error[..HeaderBytes].Clear();
        error[TypeOffset] = IcmpType.Unreachable;
        error[CodeOffset] = FragmentationNeeded;
        BinaryPrimitives.WriteUInt16BigEndian(error[SequenceOffset..], mtuBytes);
        packet[..(Ipv4View.HeaderBytes + IcmpQuoteView.LeastPayloadBytes)].CopyTo(error[HeaderBytes..]);
        BinaryPrimitives.WriteUInt16BigEndian(error[ChecksumOffset..], InternetChecksum.Of(error));
        return error.Length;
    }

    /// <summary>Writes the answer to an echo: same identifier, sequence and data (RFC 792, "Echo or Echo Reply Message").</summary>
    /// <param name="message">At least as long as the request; may be the request's own memory.</param>
    /// <param name="request">The echo.</param>
    /// <returns>Bytes written.</returns>
    public static int EmitEchoReply(Span<byte> message, IcmpView request)
    {
        var reply = message[..request._message.Length];
        request._message.CopyTo(reply);
        reply[TypeOffset] = IcmpType.EchoReply;
        reply[CodeOffset] = 0;
        reply.Slice(ChecksumOffset, sizeof(ushort)).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(reply[ChecksumOffset..], InternetChecksum.Of(reply));
        return reply.Length;
    }
}

/// <summary>The head of a packet as an ICMP error quotes it: its header, and at least the first eight bytes behind it (RFC 792).
/// The quote is cut and may have been changed on the way, so neither its total length nor its checksum is checked.</summary>
public readonly ref struct IcmpQuoteView
{
    /// <summary>Bytes behind the IPv4 header that every error quotes.</summary>
    public const int LeastPayloadBytes = 8;

    private const int SourcePortOffset = 0;
    private const int DestinationPortOffset = 2;
    private const int TcpSequenceOffset = 4;

    private readonly ReadOnlySpan<byte> _packet;
    private readonly int _headerBytes;

    private IcmpQuoteView(ReadOnlySpan<byte> packet, int headerBytes)
    {
        _packet = packet;
        _headerBytes = headerBytes;
    }

    public byte Protocol => _packet[Ipv4View.ProtocolOffset];

    public Ipv4Address Source => Ipv4Address.Read(_packet[Ipv4View.SourceOffset..]);

    public Ipv4Address Destination => Ipv4Address.Read(_packet[Ipv4View.DestinationOffset..]);

    /// <summary>Not the first fragment: what follows the header is no transport header.</summary>
    public bool IsLaterFragment =>
        (BinaryPrimitives.ReadUInt16BigEndian(_packet[Ipv4View.FragmentOffset..]) & Ipv4View.FragmentOffsetMask) != 0;

    /// <summary>First 16 bits behind the header: the source port of TCP and UDP.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(Payload[SourcePortOffset..]);

    /// <summary>Second 16 bits behind the header: the destination port of TCP and UDP.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(Payload[DestinationPortOffset..]);

    /// <summary>The sequence number of TCP.</summary>
    public uint TcpSequence => BinaryPrimitives.ReadUInt32BigEndian(Payload[TcpSequenceOffset..]);

    /// <summary>What is quoted behind the header, at least <see cref="LeastPayloadBytes"/> bytes.</summary>
    public ReadOnlySpan<byte> Payload => _packet[_headerBytes..];

    public static bool TryParse(ReadOnlySpan<byte> bytes, out IcmpQuoteView view)
    {
        var header = Ipv4View.QuotedHeaderLength(bytes);
        var whole = header > 0 && bytes.Length - header >= LeastPayloadBytes;
        view = whole ? new IcmpQuoteView(bytes, header) : default;
        return whole;
    }
}
