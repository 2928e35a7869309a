using System.Diagnostics;
using Gateway.Core.Control;
using Gateway.Dataplane.FastPath;
using Gateway.Dataplane.Interop;
using Gateway.Dataplane.Links;
using Gateway.Dataplane.Tests.Links;
using Gateway.Dataplane.Tests.Pipeline;
using Gateway.Dataplane.Wire;
using Gateway.Plant;

namespace Gateway.Dataplane.Tests.FastPath;

/// <summary>
/// The programs on two links of one namespace, without a packet loop: the wire <c>left</c> ends at the box's interface <c>in</c>, its
/// <c>out</c> leads to the wire <c>right</c>. One flow is in the kernel: the panel on the left, which knows the sorter as 100.64.0.8,
/// and the sorter on the right, which knows the panel as 192.168.10.1. To be used on a thread inside the namespace.
/// </summary>
internal sealed class FastPathBench : IDisposable
{
    public const int InLink = TestBox.UplinkLink;
    public const int OutLink = TestBox.SorterLink;
    public const ushort TcpPort = 8_080;
    public const ushort UdpPort = 4_070;

    /// <summary>Together with <see cref="UdpPort"/> it makes four bytes that add nothing to a checksum, which one attack wants.</summary>
    public const ushort PanelPort = ushort.MaxValue - UdpPort;
    public const int Flow = 7;

    private readonly AttachedLink _in = AttachedLink.Open("in", shared: true);
    private readonly AttachedLink _out = AttachedLink.Open("out", shared: false);
    private readonly IDisposable[] _hooks;
    private readonly RawSender _left = new("left");
    private readonly RawSender _right = new("right");
    private readonly ReceiveRing _leftEnd = ReceiveRing.Open("left", 4);
    private readonly ReceiveRing _rightEnd = ReceiveRing.Open("right", 4);

    public FastPathBench(FastPathTier tier, FastPathRule omitted = FastPathRule.None)
    {
        FastPath = new KernelFastPath(tier, omitted);
        _hooks =
        [
            FastPath.Attach(InLink, (int)NativeCalls.InterfaceIndex("in"), _in.Ring.Socket, sharedWithHost: false),
            FastPath.Attach(OutLink, (int)NativeCalls.InterfaceIndex("out"), _out.Ring.Socket, sharedWithHost: false),
        ];
    }

    public KernelFastPath FastPath { get; }

    /// <summary>A namespace with the links, for one test.</summary>
    public static NetworkNamespace Namespace(string name)
    {
        Need.Root();
        Need.Command("ip", "iproute2");
        Gateway.Plant.Plant.Clear(name);
        var inside = NetworkNamespace.Create($"{name}-a");
        foreach (var (wire, box) in new[] { ("left", "in"), ("right", "out") })
        {
            inside.Ip($"link add {wire} type veth peer name {box}");
            inside.Ip($"link set {wire} addrgenmode none mtu 9000 up");
            inside.Ip($"link set {box} addrgenmode none mtu 9000 up");
        }
        return inside;
    }

    /// <summary>Hands the flow over.</summary>
    public void Add(byte protocol, ushort vlanIn = 0, ushort vlanOut = 0) => Add(FastPath, protocol, vlanIn, vlanOut);

    public static void Add(KernelFastPath fastPath, byte protocol, ushort vlanIn = 0, ushort vlanOut = 0)
    {
        fastPath.Place(Flow, fromSource: true, new TcpPosition(1_000, 5_000, 0));
        fastPath.Place(Flow, fromSource: false, new TcpPosition(5_000, 1_000, 0));
        Assert.True(fastPath.TryAdd(Flow, ToSorter(protocol, vlanIn, vlanOut), ToPanel(protocol, vlanIn, vlanOut)));
    }

    public void Remove() => FastPath.Remove(Flow);

    public bool TryKeep(byte protocol) => FastPath.TryKeep(Flow, ToSorter(protocol, 0, 0), ToPanel(protocol, 0, 0));

    public OffloadReading Read(bool fromPanel) => FastPath.Read(Flow, fromPanel);

    public static byte[] FromPanel(ReadOnlySpan<byte> payload, uint sequence = 1_000, uint ack = 5_000, TcpFlags flags = TcpFlags.Ack | TcpFlags.Psh) =>
        TestBox.Tcp(TestBox.Peer, TestBox.SorterSegment, PanelPort, TcpPort, sequence, ack, flags, payload);

    public static byte[] FromSorter(ReadOnlySpan<byte> payload, uint sequence = 5_000, uint ack = 1_000) =>
        TestBox.Tcp(TestBox.Sorter, TestBox.DeviceGateway, TcpPort, PanelPort, sequence, ack, TcpFlags.Ack | TcpFlags.Psh, payload);

    public static byte[] DatagramFromPanel(ReadOnlySpan<byte> payload) =>
        TestBox.Udp(TestBox.Peer, TestBox.SorterSegment, PanelPort, UdpPort, payload);

    /// <summary>Takes the flow back in its state alone, its key still found: as a packet meets it that is looked up at that instant.</summary>
    public unsafe void Disable() => FastPath.Maps.Directions.Entries<DirectionState>()[2 * Flow].Enabled = 0;

    public void SendLeft(byte[] frame) => _left.Send(frame);

    public void SendRight(byte[] frame) => _right.Send(frame);

    /// <summary>Frames that reached the wire on the right, until one that fits.</summary>
    public List<byte[]> RightUntil(Func<byte[], bool> last) => Until(_rightEnd, last, "the wire on the right");

    public List<byte[]> LeftUntil(Func<byte[], bool> last) => Until(_leftEnd, last, "the wire on the left");

    /// <summary>Frames that reached the ring behind <c>in</c>, which the packet loop reads, until one that fits.</summary>
    public List<byte[]> LoopUntil(Func<byte[], bool> last) => Until(_in.Ring, last, "the packet loop");

    public static bool Holds(byte[] frame, string marker) => frame.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(marker)) >= 0;

    public void Dispose()
    {
        _in.Dispose();
        _out.Dispose();
        foreach (var hook in _hooks)
            hook.Dispose();
        _left.Dispose();
        _right.Dispose();
        _leftEnd.Dispose();
        _rightEnd.Dispose();
        FastPath.Dispose();
    }

    private static OffloadedDirection ToSorter(byte protocol, ushort vlanIn, ushort vlanOut)
    {
        var port = protocol == IpProtocol.Tcp ? TcpPort : UdpPort;
        return new OffloadedDirection(
            protocol,
            new OffloadedEnd(InLink, 0, vlanIn, TestBox.Peer.Mac.Value, TestBox.BoxMac.Value, TestBox.Peer.Address.Value, PanelPort, TestBox.SorterSegment.Value, port),
            new OffloadedEnd(OutLink, (int)NativeCalls.InterfaceIndex("out"), vlanOut, TestBox.BoxMac.Value, TestBox.Sorter.Mac.Value, TestBox.DeviceGateway.Value, PanelPort, TestBox.Sorter.Address.Value, port));
    }

    private static OffloadedDirection ToPanel(byte protocol, ushort vlanIn, ushort vlanOut)
    {
        var port = protocol == IpProtocol.Tcp ? TcpPort : UdpPort;
        return new OffloadedDirection(
            protocol,
            new OffloadedEnd(OutLink, 0, vlanOut, TestBox.Sorter.Mac.Value, TestBox.BoxMac.Value, TestBox.Sorter.Address.Value, port, TestBox.DeviceGateway.Value, PanelPort),
            new OffloadedEnd(InLink, (int)NativeCalls.InterfaceIndex("in"), vlanIn, TestBox.BoxMac.Value, TestBox.Peer.Mac.Value, TestBox.SorterSegment.Value, port, TestBox.Peer.Address.Value, PanelPort));
    }

    public static List<byte[]> Until(ReceiveRing ring, Func<byte[], bool> last, string where)
    {
        var frames = new List<byte[]>();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(5);)
        {
            if (!ring.TryNext(out var frame))
            {
                Thread.Sleep(1);
                continue;
            }
            byte[] bytes = frame.IsTagged
                ? [.. frame.Bytes[..12], 0x81, 0x00, (byte)(frame.Vlan >> 8), (byte)frame.Vlan, .. frame.Bytes[12..]]
                : frame.Bytes.ToArray();
            ring.Release();
            frames.Add(bytes);
            if (last(bytes))
                return frames;
        }
        Assert.Fail($"nothing that fits reached {where}; {frames.Count} other frames did");
        return frames;
    }
}
