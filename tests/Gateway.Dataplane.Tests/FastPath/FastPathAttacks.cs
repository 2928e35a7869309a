using System.Buffers.Binary;
using Gateway.Dataplane.FastPath;
using Gateway.Dataplane.Tests.Pipeline;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.FastPath;

/// <summary>A frame of the established flow that is right but for one thing.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="Rule">The rule of the deciding program that keeps it from the kernel.</param>
/// <param name="Loop">What the packet loop then does with it.</param>
/// <param name="Protocol">Flow it belongs to.</param>
/// <param name="Frame">The frame, from the panel (from the sorter where <paramref name="FromSorter"/>).</param>
internal sealed record FastPathAttack(
    string Name, FastPathRule Rule, LoopVerdict Loop, byte Protocol, Func<byte[]> Frame, bool FromSorter = false);

internal enum LoopVerdict
{
    Refused,

    /// <summary>Right for the loop, which looks closer and writes the headers anew.</summary>
    PassedClean,
}

/// <summary>The attack list of the fast path: what the kernel must leave to the loop.</summary>
internal static class FastPathAttacks
{
    private const int Ip = EthernetView.HeaderBytes;
    private const int Transport = Ip + Ipv4View.HeaderBytes;

    public static readonly FastPathAttack[] All =
    [
        Tcp("a tiny packet that ends inside its own TCP header", FastPathRule.DeclaredLength, f => IpField(f, 2, 30)),
        Udp("an IPv4 option that looks like the ports of the flow", FastPathRule.Options, _ => WithOption()),
        Tcp("the first of two fragments", FastPathRule.Fragment, f => IpField(f, 6, 0x2000)),
        Tcp("a later fragment", FastPathRule.Fragment, f => IpField(f, 6, 0x0010)),
        Tcp("the reserved flag of IPv4, evil bit", FastPathRule.Fragment, f => IpField(f, 6, 0xC000)),
        Tcp("time to live 1", FastPathRule.TimeToLive, f => IpField(f, 8, 0x0106)),
        Tcp("time to live 3", FastPathRule.TimeToLive, f => IpField(f, 8, 0x0306)),
        Tcp("a wrong header checksum", FastPathRule.HeaderChecksum, f => Flip(f, Ip + 10)),
        Tcp("SYN", FastPathRule.TcpFlags, _ => Flags(TcpFlags.Syn)),
        Tcp("SYN with ACK", FastPathRule.TcpFlags, _ => Flags(TcpFlags.Syn | TcpFlags.Ack)),
        Tcp("RST that is not exactly next", FastPathRule.TcpFlags, _ => Flags(TcpFlags.Rst | TcpFlags.Ack, sequence: 1_007)),
        Tcp("FIN beyond the window", FastPathRule.TcpFlags, _ => Flags(TcpFlags.Fin | TcpFlags.Ack, sequence: 90_000)),
        Tcp("urgent data", FastPathRule.TcpFlags, _ => Flags(TcpFlags.Urg | TcpFlags.Ack)),
        Tcp("no flags at all", FastPathRule.TcpFlags, _ => Flags(0)),
        Tcp("FIN, PSH and URG", FastPathRule.TcpFlags, _ => Flags(TcpFlags.Fin | TcpFlags.Psh | TcpFlags.Urg)),
        Tcp("an urgent pointer without its flag", FastPathRule.UrgentPointer, f => TcpField(f, 18, 0xBEEF), LoopVerdict.PassedClean),
        Tcp("reserved bits of TCP", FastPathRule.TcpOptions, f => TcpField(f, 12, 0x5118)),
        Tcp("data offset 4", FastPathRule.TcpOptions, f => TcpField(f, 12, 0x4018)),
        Tcp("data offset past the end", FastPathRule.DeclaredLength, f => IpField(f, 2, 40), options: true),
        Tcp("an MD5 option", FastPathRule.TcpOptions, _ => WithTcpOptions([1, 1, 19, 18, .. new byte[16]])),
        Tcp("an option of length 0", FastPathRule.TcpOptions, _ => WithTcpOptions([1, 1, 8, 0, .. new byte[8]])),
        Tcp("a selective acknowledgement of half a block", FastPathRule.TcpOptions, _ => WithTcpOptions([1, 1, 5, 6, 0, 0, 0x13, 0xF0])),
        Tcp("timestamps at an unusual place", FastPathRule.TcpOptions, _ => WithTcpOptions([8, 10, 0, 0, 0, 9, 0, 0, 0, 8, 1, 1]), LoopVerdict.PassedClean),
        Udp("bytes between the end of the datagram and that of the packet", FastPathRule.UdpLength, f => UdpLength(f, 20)),
        Tcp("a frame of 1,814 bytes", FastPathRule.FrameSize, _ => FastPathBench.FromPanel(new byte[1_760])),
        Tcp("a tag of VLAN 1", FastPathRule.Vlan, f => Tagged(f, 0x8100, 1)),
        Tcp("a priority tag", FastPathRule.Vlan, f => Tagged(f, 0x8100, 0x6000)),
        Tcp("an 802.1ad tag", FastPathRule.Vlan, f => Tagged(f, 0x88A8, 1)),
        Tcp("another hardware source on the device's link", FastPathRule.Addresses, f => Flip(f, 11), fromSorter: true),
        Tcp("another hardware destination", FastPathRule.Addresses, f => Flip(f, 5)),
    ];

    private static FastPathAttack Tcp(
        string name, FastPathRule rule, Func<byte[], byte[]> change, LoopVerdict loop = LoopVerdict.Refused, bool fromSorter = false, bool options = false) =>
        new(name, rule, loop, IpProtocol.Tcp, () => change(options ? WithTcpOptions(Timestamps, payload: false)
            : fromSorter ? FastPathBench.FromSorter("what must not pass"u8) : FastPathBench.FromPanel("what must not pass"u8)), fromSorter);

    private static FastPathAttack Udp(string name, FastPathRule rule, Func<byte[], byte[]> change) =>
        new(name, rule, LoopVerdict.Refused, IpProtocol.Udp, () => change(FastPathBench.DatagramFromPanel("what must not pass, over"u8)));

    /// <summary>NOP, NOP, timestamps: what a Linux host sends with every segment.</summary>
    public static ReadOnlySpan<byte> Timestamps => [1, 1, 8, 10, 0, 0, 0, 9, 0, 0, 0, 8];

    /// <summary>NOP, NOP, a selective acknowledgement of one block.</summary>
    public static ReadOnlySpan<byte> Selective => [1, 1, 5, 10, 0, 0, 0x13, 0xF0, 0, 0, 0x13, 0xFF];

    /// <summary>A segment of the flow with options.</summary>
    public static byte[] WithTcpOptions(ReadOnlySpan<byte> options, bool payload = true)
    {
        ReadOnlySpan<byte> data = payload ? "what must not pass"u8 : default;
        byte[] both = [.. options, .. data];
        var frame = FastPathBench.FromPanel(both);
        return TcpField(frame, 12, (ushort)(((5 + (options.Length / 4)) << 12) | (int)(TcpFlags.Ack | TcpFlags.Psh)));
    }

    /// <summary>Sets a 16-bit field of the IPv4 header and makes its checksum right again.</summary>
    public static byte[] IpField(byte[] frame, int offset, ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Ip + offset), value);
        frame.AsSpan(Ip + 10, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Ip + 10), InternetChecksum.Of(frame.AsSpan(Ip, Ipv4View.HeaderBytes)));
        return frame;
    }

    private static byte[] TcpField(byte[] frame, int offset, ushort value)
    {
        var before = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(Transport + offset));
        var checksum = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(Transport + 16));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Transport + offset), value);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Transport + 16), InternetChecksum.Update(checksum, before, value));
        return frame;
    }

    private static byte[] Flags(TcpFlags flags, uint sequence = 1_000) =>
        FastPathBench.FromPanel((flags & TcpFlags.Syn) != 0 ? default : "what must not pass"u8, sequence, flags: flags);

    /// <summary>Declares fewer bytes, with a checksum that is right for them.</summary>
    private static byte[] UdpLength(byte[] frame, ushort length)
    {
        var datagram = frame.AsSpan(Transport, length);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Transport + 4), length);
        datagram[6..8].Clear();
        return frame;
    }

    /// <summary>Where a reader that knows no options looks for ports and length, it finds those of the flow.</summary>
    private static byte[] WithOption()
    {
        const int Length = 24 + 8 + 20;
        var frame = new byte[Ip + Length];
        TestBox.Head(frame, TestBox.Peer, TestBox.SorterSegment, IpProtocol.Udp, Length - 20);
        frame[Ip] = 0x46;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Transport), FastPathBench.PanelPort);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Transport + 2), FastPathBench.UdpPort);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Transport + 4), Length - 20);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Transport + 8), 28);
        return IpField(frame, 10, 0);
    }

    private static byte[] Tagged(byte[] frame, ushort type, ushort tag) =>
        [.. frame[..12], (byte)(type >> 8), (byte)type, (byte)(tag >> 8), (byte)tag, .. frame[12..]];

    private static byte[] Flip(byte[] frame, int at)
    {
        frame[at] ^= 1;
        return frame;
    }
}
