using System.Buffers.Binary;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>What the oracle reads out of a frame that arrives at the gateway: its fields, and the first fault of its shape. Written from
/// the standards; shares no line with the gateway.</summary>
internal sealed class Heard
{
    private const int Tcp = 6, Udp = 17;
    private readonly byte[] _frame;

    public Heard(int link, byte[] frame)
    {
        Link = link;
        _frame = frame;
        Fault = LinkFault() ?? (IsArp ? null : PacketFault() ?? (Protocol == Tcp ? TcpFault() : UdpFault()));
    }

    public int Link { get; }

    /// <summary>Why no frame of this shape may have any effect beyond its own link; null when it is sound.</summary>
    public string? Fault { get; }

    public bool IsArp => Word(12) == 0x0806;

    public byte Protocol => _frame[23];

    public uint From => Long(26);

    public uint To => Long(30);

    public ushort FromPort => Word(34);

    public ushort ToPort => Word(36);

    public uint Sequence => Long(38);

    public uint Acknowledged => Long(42);

    public byte Flags => _frame[47];

    public ushort Window => Word(48);

    /// <summary>TCP segment or UDP datagram, headers and all.</summary>
    public ReadOnlySpan<byte> Transport => _frame.AsSpan(34, Word(16) - 20);

    public int TcpHeaderBytes => (_frame[46] >> 4) * 4;

    public byte[] Payload => Protocol == Tcp ? Transport[TcpHeaderBytes..].ToArray() : Transport[8..].ToArray();

    public bool Has(int flag) => (Flags & flag) != 0;

    /// <summary>Window scale option; null when there is none.</summary>
    public int? Scale { get; private set; }

    private string? LinkFault()
    {
        if (_frame.Length < 14)
            return "no header";
        if (Word(12) is not (0x0800 or 0x0806))
            return "type";
        var from = ((ulong)Word(6) << 32) | Long(8);
        var bound = Link == EvasionSite.SocketA ? EvasionSite.A.Mac : Link == EvasionSite.SocketC ? EvasionSite.C.Mac : from;
        if (from != bound || from == 0 || from == EvasionSite.BoxMac || (from & 0x0100_0000_0000) != 0)
            return "sender";
        if (IsArp)
            return null;
        return (((ulong)Word(0) << 32) | Long(2)) == EvasionSite.BoxMac ? null : "not for the gateway";
    }

    private string? PacketFault()
    {
        if (_frame.Length < 34 || _frame[14] != 0x45)
            return "version or header length";
        var total = Word(16);
        if (total < 20 || 14 + total > _frame.Length)
            return "length";
        if (Crafted.Checksum(_frame.AsSpan(14, 20)) != 0)
            return "header checksum";
        if ((Word(20) & 0xBFFF) != 0)
            return "fragment or reserved flag";
        if (_frame[22] < 4)
            return "time to live";
        if (From == To || From != (Link == EvasionSite.SocketA ? EvasionSite.A.Address : Link == EvasionSite.SocketC ? EvasionSite.C.Address : EvasionSite.B.Address))
            return "source address";
        return Protocol is Tcp or Udp ? null : "protocol";
    }

    private string? UdpFault()
    {
        var datagram = Transport;
        if (datagram.Length < 8 || BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]) != datagram.Length)
            return "datagram length";
        if (FromPort == 0 || ToPort == 0)
            return "port 0";
        return BinaryPrimitives.ReadUInt16BigEndian(datagram[6..]) == 0 || Crafted.TransportChecksum(datagram, From, To, Udp) == 0 ? null : "datagram checksum";
    }

    private string? TcpFault()
    {
        var segment = Transport;
        if (segment.Length < 20 || TcpHeaderBytes < 20 || TcpHeaderBytes > segment.Length)
            return "segment length";
        if (Crafted.TransportChecksum(segment, From, To, Tcp) != 0)
            return "segment checksum";
        if ((segment[12] & 0x0F) != 0 || FromPort == 0 || ToPort == 0)
            return "reserved bits or port 0";
        if (Has(Crafted.Urg))
            return "urgent";
        var openers = (Has(Crafted.Syn) ? 1 : 0) + (Has(Crafted.Fin) ? 1 : 0) + (Has(Crafted.Rst) ? 1 : 0);
        if (openers > 1 || (openers == 0 && !Has(Crafted.Ack)) || (Has(Crafted.Fin) && !Has(Crafted.Ack)))
            return "flags";
        if (Has(Crafted.Syn) && segment.Length > TcpHeaderBytes)
            return "data in a SYN";
        return OptionsFault(segment[20..TcpHeaderBytes]);
    }

    private string? OptionsFault(ReadOnlySpan<byte> options)
    {
        var seen = new HashSet<int>();
        for (var at = 0; at < options.Length;)
        {
            int kind = options[at];
            if (kind == 1)
            {
                at++;
                continue;
            }
            if (kind == 0)
                return options[at..].ContainsAnyExcept((byte)0) ? "bytes behind the options" : null;
            var length = at + 1 < options.Length ? options[at + 1] : 0;
            var right = kind switch { 2 => length == 4, 3 => length == 3, 4 => length == 2, 5 => length is 10 or 18 or 26 or 34, 8 => length == 10, _ => false };
            if (!right || at + length > options.Length || !seen.Add(kind))
                return "option";
            if (kind == 3)
                Scale = Math.Min((int)options[at + 2], 14);
            at += length;
        }
        return null;
    }

    private ushort Word(int offset) => BinaryPrimitives.ReadUInt16BigEndian(_frame.AsSpan(offset));

    private uint Long(int offset) => BinaryPrimitives.ReadUInt32BigEndian(_frame.AsSpan(offset));
}
