using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Dataplane.Filter;
using Gateway.Dataplane.Links;
using Gateway.Dataplane.Pipeline;
using Gateway.Dataplane.Segments;
using Gateway.Dataplane.Tests.Flows;
using Gateway.Dataplane.Tests.Inspectors;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.Pipeline;

/// <summary>The packet path allocates nothing: not for what passes, not for what is refused, not for opening and closing flows.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 2_000;

    [Fact]
    public void No_packet_costs_a_byte()
    {
        var box = new BoxState([.. TestBox.DefaultPolicy().Links.Select((l, i) => new LinkState(i, l.Name, l.Role, TestBox.BoxMac.Value) { Up = true })]) { NowMs = 1_000_000 };
        var sink = new QuietSink();
        var pipeline = new PacketPipeline(box, sink, new QuietOutput());
        var image = new PolicyImage(TestBox.DefaultPolicy(), 1, "", new EntitySlots());
        box.Prepare(image);
        pipeline.Enter(image, box.NeighborsFor(image.Policy));
        Process(box, pipeline, TestBox.PlcLink, TestBox.ArpReply(TestBox.Plc, TestBox.DeviceGateway));
        Process(box, pipeline, TestBox.SorterLink, TestBox.ArpReply(TestBox.Sorter, TestBox.DeviceGateway));
        Process(box, pipeline, TestBox.HostLink, TestBox.ArpReply(TestBox.Host, Ipv4Address.Any));
        Process(box, pipeline, TestBox.UplinkLink, TestBox.ArpReply(TestBox.Peer, TestBox.Uplink));
        var frames = Frames();
        Run(box, pipeline, frames, 50);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(box, pipeline, frames, Rounds);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(sink.Sent > Rounds, "the control: something must have passed");
        Assert.Equal(0, allocated);
        pipeline.Flows.Dispose();
    }

    private static void Run(BoxState box, PacketPipeline pipeline, (int Link, byte[] Frame)[] frames, int rounds)
    {
        for (var i = 0; i < rounds; i++)
        {
            box.NowMs += 50;
            foreach (var (link, frame) in frames)
                Process(box, pipeline, link, frame);
            pipeline.Advance();
        }
    }

    private static void Process(BoxState box, PacketPipeline pipeline, int link, byte[] frame) =>
        pipeline.Process(link, new InputFrame(frame, false, false));

    /// <summary>Opens and ends an uninspected and an inspected connection, UDP both ways, ARP, and one of each kind of refusal.</summary>
    private static (int, byte[])[] Frames()
    {
        var dial = TestBox.Tcp(TestBox.Plc, TestBox.Historian, 45_000, 8_086, 1_000, 0, TcpFlags.Syn, mss: 1_460);
        var frames = new List<(int, byte[])>
        {
            (TestBox.PlcLink, TestBox.ArpRequest(TestBox.Plc, TestBox.DeviceGateway)),
            (TestBox.PlcLink, dial),
            (TestBox.HostLink, TestBox.Tcp(TestBox.Host, TestBox.PlcSegment, TestBox.HistorianListener, 45_000, 9_000, 1_001, TcpFlags.Syn | TcpFlags.Ack)),
            (TestBox.PlcLink, TestBox.Tcp(TestBox.Plc, TestBox.Historian, 45_000, 8_086, 1_001, 9_001, TcpFlags.Ack)),
            (TestBox.PlcLink, TestBox.Tcp(TestBox.Plc, TestBox.Historian, 45_000, 8_086, 1_001, 9_001, TcpFlags.Psh | TcpFlags.Ack, "value"u8)),
            // The same again, other bytes in its place, a second SYN, a keep-alive with a byte once it is acknowledged.
            (TestBox.PlcLink, TestBox.Tcp(TestBox.Plc, TestBox.Historian, 45_000, 8_086, 1_001, 9_001, TcpFlags.Psh | TcpFlags.Ack, "value"u8)),
            (TestBox.PlcLink, TestBox.Tcp(TestBox.Plc, TestBox.Historian, 45_000, 8_086, 1_001, 9_001, TcpFlags.Psh | TcpFlags.Ack, "other"u8)),
            (TestBox.PlcLink, TestBox.Tcp(TestBox.Plc, TestBox.Historian, 45_000, 8_086, 77_000, 0, TcpFlags.Syn)),
            (TestBox.HostLink, TestBox.Tcp(TestBox.Host, TestBox.PlcSegment, TestBox.HistorianListener, 45_000, 9_001, 1_006, TcpFlags.Ack)),
            (TestBox.PlcLink, TestBox.Tcp(TestBox.Plc, TestBox.Historian, 45_000, 8_086, 1_005, 9_001, TcpFlags.Ack, "x"u8)),
            (TestBox.PlcLink, TestBox.Tcp(TestBox.Plc, TestBox.Historian, 45_000, 8_086, 1_006, 9_001, TcpFlags.Rst | TcpFlags.Ack)),
            (TestBox.SorterLink, TestBox.Tcp(TestBox.Sorter, TestBox.Plc.Address, 50_000, 502, 1, 0, TcpFlags.Syn, mss: 1_460)),
            (TestBox.SorterLink, TestBox.Tcp(TestBox.Sorter, TestBox.Plc.Address, 50_000, 502, 2, 0, TcpFlags.Rst)),
            (TestBox.UplinkLink, TestBox.Udp(TestBox.Peer, TestBox.SorterSegment, 6_000, 4_070, "who"u8)),
            (TestBox.SorterLink, TestBox.Udp(TestBox.Sorter, TestBox.DeviceGateway, 4_070, 6_000, "me"u8)),
            (TestBox.HostLink, TestBox.Tcp(TestBox.Host, TestBox.PlcSegment, 40_000, 502, 1, 0, TcpFlags.Syn)),
            (TestBox.EmptyLink, dial),
        };
        foreach (var row in PacketPipelineTests.Refusals)
            frames.Add((TestBox.PlcLink, PacketPipelineTests.Faulty(row.Data.Item1)));
        return [.. frames];
    }

    private sealed class QuietSink : FrameSink
    {
        private readonly byte[] _buffer = new byte[LinkLimits.RingFrameBytes];

        public int Sent { get; private set; }

        public override Span<byte> Reserve(int link) => _buffer;

        public override void Commit(int link, int lengthBytes) => Sent++;
    }

    private sealed class QuietOutput : LoopOutput
    {
        public override void Record(in LoopRecord record)
        {
        }

        public override void Observe(int link, ushort vlan, ReadOnlySpan<byte> frame)
        {
        }
    }
}
