using System.Collections.Immutable;
using Gateway.Core.Control;
using Gateway.Core.Net;
using Gateway.Core.Operations;
using Gateway.Core.Policy;
using Gateway.Dataplane.Filter;
using Gateway.Dataplane.Flows;
using Gateway.Dataplane.Links;
using Gateway.Dataplane.Pipeline;
using Gateway.Dataplane.Segments;
using Gateway.Dataplane.Wire;
using PacketDotNet;

namespace Gateway.Dataplane.Tests.Pipeline;

/// <summary>A host beside the box: the numbers that its frames carry.</summary>
internal sealed record TestHost(int Link, MacAddress Mac, Ipv4Address Address);

/// <summary>
/// The pipeline with wires of memory. Plc on socket 1 and sorter on socket 2 (both 192.168.10.0/24), the host stack, and a peer on the
/// uplink. Grants: callers of the entry "scada" may read the PLC by Modbus; the sorter may read and write registers 10-19 of the PLC;
/// the PLC may dial the service "historian"; the peer may reach the sorter at udp/4070 and tcp/8080 uninspected.
/// </summary>
internal sealed class TestBox : IDisposable
{
    public const int PlcLink = 0;
    public const int SorterLink = 1;
    public const int HostLink = 2;
    public const int UplinkLink = 3;
    public const int EmptyLink = 4;

    public static readonly MacAddress BoxMac = MacAddress.Parse("02:00:00:00:ff:01");
    public static readonly TestHost Plc = new(PlcLink, MacAddress.Parse("28:63:36:aa:10:2f"), Ipv4Address.Parse("192.168.10.21"));
    public static readonly TestHost Sorter = new(SorterLink, MacAddress.Parse("00:01:05:aa:10:31"), Ipv4Address.Parse("192.168.10.31"));
    public static readonly TestHost Host = new(HostLink, MacAddress.Parse("02:00:00:00:00:64"), Ipv4Address.Parse("100.64.0.1"));
    public static readonly TestHost Peer = new(UplinkLink, MacAddress.Parse("02:00:00:00:00:05"), Ipv4Address.Parse("10.77.0.5"));
    public static readonly Ipv4Address PlcSegment = Ipv4Address.Parse("100.64.0.7");
    public static readonly Ipv4Address SorterSegment = Ipv4Address.Parse("100.64.0.8");
    public static readonly Ipv4Address DeviceGateway = Ipv4Address.Parse("192.168.10.1");
    public static readonly Ipv4Address Historian = Ipv4Address.Parse("10.20.0.30");
    public static readonly Ipv4Address Uplink = Ipv4Address.Parse("10.77.0.254");
    public const ushort HistorianListener = 20_000;

    private readonly CaptureSink _sink = new();
    private readonly CaptureOutput _output = new();
    private ulong _version;

    public TestBox(CompiledPolicy? policy = null, bool verified = true)
    {
        Box = new BoxState([.. DefaultPolicy().Links.Select((l, i) => new LinkState(i, l.Name, l.Role, BoxMac.Value) { Up = true })]) { NowMs = 1_000_000 };
        Pipeline = new PacketPipeline(Box, _sink, _output);
        Install(policy ?? DefaultPolicy());
        if (verified)
            Settle();
    }

    public BoxState Box { get; }

    public PacketPipeline Pipeline { get; }

    public EntitySlots Slots { get; } = new();

    public List<LoopRecord> Records => _output.Records;

    public List<(int Link, byte[] Frame)> Observed => _output.Observed;

    /// <summary>Frames that left since the last call, oldest first.</summary>
    public List<(int Link, byte[] Frame)> TakeSent()
    {
        List<(int, byte[])> sent = [.. _sink.Sent];
        _sink.Sent.Clear();
        return sent;
    }

    public static CompiledPolicy DefaultPolicy() => new()
    {
        Site = "test",
        SegmentRange = Ipv4Prefix.Parse("100.64.0.0/16"),
        Links =
        [
            new CompiledLink("socket-1", LinkRole.Downlink, "s1", 1, null),
            new CompiledLink("socket-2", LinkRole.Downlink, "s2", 2, null),
            new CompiledLink("host", LinkRole.Host, "host1", 0, Ipv4Prefix.Parse("100.64.0.1/16")),
            new CompiledLink("uplink", LinkRole.Uplink, "up0", 0, Ipv4Prefix.Parse("10.77.0.254/24")),
            new CompiledLink("socket-3", LinkRole.Downlink, "s3", 3, null),
        ],
        Devices =
        [
            new CompiledDevice("plc", "plc-7", PlcLink, Plc.Mac, Ipv4Prefix.Parse("192.168.10.21/24"), DeviceGateway, PlcSegment, Enforcement.Enforce, 16),
            new CompiledDevice("sorter", "sorter", SorterLink, Sorter.Mac, Ipv4Prefix.Parse("192.168.10.31/24"), DeviceGateway, SorterSegment, Enforcement.Enforce, 16),
        ],
        Peers = [new CompiledPeer("panel", UplinkLink, Peer.Address)],
        Services = [new CompiledService("historian", "corridor", "historian", Port("tcp/8086"), HistorianListener)],
        Callers = [new CompiledCaller("scada", "corridor", null, "scada")],
        Grants = [new CompiledGrant("scada-reads", 1), new CompiledGrant("sorter-drives", 2), new CompiledGrant("plc-history", 3), new CompiledGrant("panel-door", 4)],
        Conduits = DefaultConduits(),
    };

    public static ImmutableArray<Conduit> DefaultConduits() =>
    [
        new Conduit(2, new(EntityKind.Device, 0), new(EntityKind.Service, 0), Historian, PlcSegment, Port("tcp/8086"), InspectorKind.None, null, RefuseMode.Answer),
        new Conduit(1, new(EntityKind.Device, 1), new(EntityKind.Device, 0), Plc.Address, DeviceGateway, Port("tcp/502"), InspectorKind.Modbus, ModbusRule.Parse("3|10-19,6|10-19"), RefuseMode.Answer),
        new Conduit(3, new(EntityKind.Peer, 0), new(EntityKind.Device, 1), SorterSegment, DeviceGateway, Port("udp/4070"), InspectorKind.None, null, RefuseMode.Answer),
        new Conduit(3, new(EntityKind.Peer, 0), new(EntityKind.Device, 1), SorterSegment, DeviceGateway, Port("tcp/8080"), InspectorKind.None, null, RefuseMode.Answer),
        new Conduit(0, new(EntityKind.Caller, 0), new(EntityKind.Device, 0), PlcSegment, DeviceGateway, Port("tcp/502"), InspectorKind.Modbus, ModbusRule.Parse("read"), RefuseMode.Answer),
    ];

    public void Install(CompiledPolicy policy)
    {
        var image = new PolicyImage(policy, ++_version, "test", Slots);
        Box.Prepare(image);
        Pipeline.Enter(image, Box.NeighborsFor(policy));
    }

    /// <summary>Lets devices, host stack and peer answer the gateway's first questions.</summary>
    public void Settle()
    {
        Pipeline.Advance();
        TakeSent();
        Receive(Plc, ArpReply(Plc, DeviceGateway));
        Receive(Sorter, ArpReply(Sorter, DeviceGateway));
        Receive(Host, ArpReply(Host, Ipv4Address.Any));
        Receive(Peer, ArpReply(Peer, Uplink));
        TakeSent();
        Records.Clear();
    }

    public void Receive(TestHost from, byte[] frame) => Receive(from.Link, frame);

    public void Receive(int link, byte[] frame, bool tagged = false, bool cut = false) =>
        Pipeline.Process(link, new InputFrame(frame, cut, tagged));

    /// <summary>Lets time pass, with the timers run every 10 ms.</summary>
    public void Pass(int ms)
    {
        for (var end = Box.NowMs + ms; Box.NowMs < end;)
        {
            Box.NowMs = Math.Min(end, Box.NowMs + 10);
            Pipeline.Advance();
        }
    }

    public ulong Drops(int link, DropReason reason) => Box.Links[link].Drops(reason);

    /// <summary>Announces a connection of the caller scada-1, as a connector does.</summary>
    public void Announce(ushort sourcePort, Ipv4Address segment, ushort port, int context = 1)
    {
        Box.Callers[context] = new CallerContext([Slots.Of(EntityKind.Caller, "scada")], "scada-1");
        Assert.True(Pipeline.Flows.Announce(new Intent(sourcePort, segment.Value, port, context, Box.NowMs + ControlProtocol.IntentLifetimeMs)));
    }

    public static byte[] ArpReply(TestHost from, Ipv4Address to)
    {
        var frame = new byte[EthernetView.LeastFrameBytes];
        ArpView.EmitReply(frame, from.Mac, from.Address, BoxMac, to);
        return frame;
    }

    public static byte[] ArpRequest(TestHost from, Ipv4Address wanted)
    {
        var frame = new byte[EthernetView.LeastFrameBytes];
        ArpView.EmitRequest(frame, from.Mac, from.Address, wanted);
        return frame;
    }

    public static byte[] Tcp(
        TestHost from, Ipv4Address to, ushort sourcePort, ushort destinationPort, uint sequence, uint ack, TcpFlags flags,
        ReadOnlySpan<byte> payload = default, ushort mss = 0, ushort window = 8_000)
    {
        var header = new TcpHeader
        {
            SourcePort = sourcePort, DestinationPort = destinationPort, Sequence = sequence, Acknowledgment = ack, Flags = flags,
            Window = window, MaxSegmentBytes = mss,
        };
        var frame = new byte[Math.Max(60, 34 + header.LengthBytes + payload.Length)];
        var body = frame.AsSpan(34, header.LengthBytes + payload.Length);
        payload.CopyTo(body[header.LengthBytes..]);
        TcpView.Emit(body, from.Address, to, header);
        Head(frame, from, to, IpProtocol.Tcp, body.Length);
        return frame;
    }

    public static byte[] Udp(TestHost from, Ipv4Address to, ushort sourcePort, ushort destinationPort, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[Math.Max(60, 34 + 8 + payload.Length)];
        var body = frame.AsSpan(34, 8 + payload.Length);
        payload.CopyTo(body[8..]);
        UdpView.Emit(body, from.Address, to, sourcePort, destinationPort);
        Head(frame, from, to, IpProtocol.Udp, body.Length);
        return frame;
    }

    public static void Head(Span<byte> frame, TestHost from, Ipv4Address to, byte protocol, int length)
    {
        EthernetView.Emit(frame, BoxMac, from.Mac, Ethertype.Ipv4);
        Ipv4View.Emit(frame[14..], new Ipv4Header(from.Address, to, protocol, length));
    }

    /// <summary>Reads a frame by a parser that is not ours.</summary>
    public static TcpPacket ParseTcp(byte[] frame) => Packet.ParsePacket(LinkLayers.Ethernet, frame).Extract<TcpPacket>();

    public void Dispose() => Pipeline.Flows.Dispose();

    private static ServicePort Port(string text) => ServicePort.TryParse(text, out var port) ? port : throw new FormatException(text);

    private sealed class CaptureSink : FrameSink
    {
        private readonly byte[] _buffer = new byte[LinkLimits.RingFrameBytes];

        public List<(int, byte[])> Sent { get; } = [];

        public override Span<byte> Reserve(int link)
        {
            // What lay in a buffer before must never leave.
            Array.Fill(_buffer, (byte)0xEE);
            return _buffer;
        }

        public override void Commit(int link, int lengthBytes) => Sent.Add((link, _buffer[..lengthBytes]));
    }

    private sealed class CaptureOutput : LoopOutput
    {
        public List<LoopRecord> Records { get; } = [];

        public List<(int, byte[])> Observed { get; } = [];

        public override void Record(in LoopRecord record) => Records.Add(record);

        public override void Observe(int link, ushort vlan, ReadOnlySpan<byte> frame) => Observed.Add((link, frame.ToArray()));
    }
}
