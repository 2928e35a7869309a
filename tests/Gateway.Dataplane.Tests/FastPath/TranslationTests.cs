using Gateway.Core.Control;
using Gateway.Dataplane.Tests.Pipeline;
using Gateway.Dataplane.Wire;
using Gateway.Plant;

namespace Gateway.Dataplane.Tests.FastPath;

/// <summary>What the kernel makes of a frame is, byte for byte, what the packet loop makes of it.</summary>
[Trait("Category", "Slow")]
public sealed class TranslationTests : IDisposable
{
    private const string Name = "gwt-fast";
    private readonly NetworkNamespace _inside = FastPathBench.Namespace(Name);

    public void Dispose() => Gateway.Plant.Plant.Clear(Name);

    [Theory]
    [InlineData(FastPathTier.Tcx)]
    [InlineData(FastPathTier.Clsact)]
    public void A_tcp_segment_leaves_as_the_loop_would_send_it_both_ways(FastPathTier tier) => NamespaceThread.Run(_inside, () =>
    {
        using var bench = new FastPathBench(tier);
        bench.Add(IpProtocol.Tcp);
        var forth = FastPathBench.FromPanel("forth, over the link"u8);
        var back = FastPathBench.FromSorter("back, over the link"u8, ack: 1_020);
        using var loop = Loop();
        loop.Receive(TestBox.Peer, forth);
        loop.Receive(TestBox.Sorter, back);
        var expected = loop.TakeSent();
        bench.SendLeft(forth);
        Assert.Equal(expected[0].Frame, bench.RightUntil(_ => true)[0]);
        bench.SendRight(back);
        Assert.Equal(expected[1].Frame, bench.LeftUntil(_ => true)[0]);
    });

    [Fact]
    public void A_datagram_leaves_as_the_loop_would_send_it_with_and_without_a_checksum() => NamespaceThread.Run(_inside, () =>
    {
        using var bench = new FastPathBench(FastPathTier.Tcx);
        bench.Add(IpProtocol.Udp);
        using var loop = new TestBox();
        foreach (var hasChecksum in new[] { true, false })
        {
            var frame = FastPathBench.DatagramFromPanel("a picture of the door"u8);
            if (!hasChecksum)
                frame.AsSpan(40, 2).Clear();
            loop.Receive(TestBox.Peer, frame);
            bench.SendLeft(frame);
            Assert.Equal(loop.TakeSent().Single().Frame, bench.RightUntil(_ => true).Single());
        }
    });

    [Fact]
    public void What_a_frame_carries_behind_its_packet_is_cut_off() => NamespaceThread.Run(_inside, () =>
    {
        using var bench = new FastPathBench(FastPathTier.Tcx);
        bench.Add(IpProtocol.Tcp);
        var frame = FastPathBench.FromPanel("declared bytes"u8);
        byte[] longer = [.. frame, .. "not declared"u8];
        bench.SendLeft(longer);
        var received = bench.RightUntil(_ => true).Single();
        Assert.Equal(frame.Length, received.Length);
        Assert.True(FastPathBench.Holds(received, "declared bytes"));
        Assert.False(FastPathBench.Holds(received, "not declared"));
    });

    [Fact]
    public void A_wrong_transport_checksum_stays_wrong_so_that_the_receiver_refuses_it() => NamespaceThread.Run(_inside, () =>
    {
        using var bench = new FastPathBench(FastPathTier.Tcx);
        bench.Add(IpProtocol.Tcp);
        var frame = FastPathBench.FromPanel("a flipped bit"u8);
        frame[^1] ^= 1;
        bench.SendLeft(frame);
        var received = bench.RightUntil(_ => true).Single();
        Assert.True(EthernetView.TryParse(received, out var ethernet));
        Assert.True(Ipv4View.TryParse(ethernet.Payload, out var packet, out _));
        Assert.True(TcpView.TryParse(packet.Payload, out var segment, out _));
        Assert.False(segment.ChecksumIsValid(packet.Source, packet.Destination));
    });

    [Fact]
    public void A_flow_of_a_vlan_leaves_with_the_tag_of_the_other_side() => NamespaceThread.Run(_inside, () =>
    {
        using var bench = new FastPathBench(FastPathTier.Tcx);
        bench.Add(IpProtocol.Tcp, vlanIn: 20, vlanOut: 30);
        var frame = FastPathBench.FromPanel("between two tags"u8);
        byte[] tagged = [.. frame[..12], 0x81, 0x00, 0x00, 20, .. frame[12..]];
        bench.SendLeft(tagged);
        var received = bench.RightUntil(f => FastPathBench.Holds(f, "between")).Single();
        Assert.Equal([0x81, 0x00, 0x00, 30, 0x08, 0x00, 0x45, 0x00], received[12..20]);
    });

    [Fact]
    public void Counters_are_exactly_what_was_sent_and_positions_what_it_said() => NamespaceThread.Run(_inside, () =>
    {
        using var bench = new FastPathBench(FastPathTier.Tcx);
        bench.Add(IpProtocol.Tcp);
        var payload = new byte[100];
        for (var i = 0; i < 50; i++)
            bench.SendLeft(FastPathBench.FromPanel(payload, sequence: 1_000 + (100 * (uint)i)));
        bench.SendLeft(FastPathBench.FromPanel("last one"u8, sequence: 6_000));
        bench.RightUntil(f => FastPathBench.Holds(f, "last one"));
        bench.SendRight(FastPathBench.FromSorter("that was it"u8, ack: 6_008));
        bench.LeftUntil(_ => true);
        var forth = bench.Read(fromPanel: true);
        Assert.Equal((51ul, (50 * 140ul) + 48), (forth.Packets, forth.Bytes));
        Assert.Equal((6_008u, 5_000u, 8_000u), (forth.Tcp.End, forth.Tcp.Acked, forth.Tcp.Window));
        var back = bench.Read(fromPanel: false);
        Assert.Equal((1ul, 51ul), (back.Packets, back.Bytes));
        Assert.Equal((5_011u, 6_008u), (back.Tcp.End, back.Tcp.Acked));
        Assert.Equal(0ul, bench.Read(fromPanel: true).Packets);
    });

    /// <summary>A loop in which the panel's connection stands where the bench's does.</summary>
    internal static TestBox Loop()
    {
        var box = new TestBox();
        box.Receive(TestBox.Peer, FastPathBench.FromPanel(default, sequence: 999, ack: 0, flags: TcpFlags.Syn));
        box.Receive(TestBox.Sorter, TestBox.Tcp(TestBox.Sorter, TestBox.DeviceGateway, FastPathBench.TcpPort, FastPathBench.PanelPort, 4_999, 1_000, TcpFlags.Syn | TcpFlags.Ack));
        box.Receive(TestBox.Peer, FastPathBench.FromPanel(default, flags: TcpFlags.Ack));
        Assert.Equal(3, box.TakeSent().Count);
        return box;
    }
}
