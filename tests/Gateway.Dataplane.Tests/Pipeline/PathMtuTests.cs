using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Dataplane.Segments;
using Gateway.Dataplane.Wire;
using PacketDotNet;

namespace Gateway.Dataplane.Tests.Pipeline;

/// <summary>A link that carries less than others (a tunnel, an old radio): connections are held to it, and what is too big is told to its
/// sender, so that nothing hangs.</summary>
public sealed class PathMtuTests : IDisposable
{
    private const int Small = 1_280;

    private readonly TestBox _box = new();

    public PathMtuTests() => _box.Box.Links[TestBox.UplinkLink].MtuBytes = Small;

    public void Dispose() => _box.Dispose();

    [Theory]
    [InlineData(1_460, 1_240)]
    [InlineData(1_000, 1_000)]
    public void What_a_syn_announces_is_held_to_what_both_links_carry(ushort announced, ushort passed)
    {
        _box.Receive(TestBox.Peer, TestBox.Tcp(TestBox.Peer, TestBox.SorterSegment, 40_000, 8_080, 100, 0, TcpFlags.Syn, mss: announced));
        var syn = Assert.Single(_box.TakeSent());
        Assert.Equal(passed, MaxSegment(syn.Frame));
        _box.Receive(TestBox.Sorter, TestBox.Tcp(TestBox.Sorter, TestBox.DeviceGateway, 8_080, 40_000, 500, 101, TcpFlags.Syn | TcpFlags.Ack, mss: announced));
        Assert.Equal(passed, MaxSegment(Assert.Single(_box.TakeSent()).Frame));
    }

    [Fact]
    public void A_datagram_that_is_too_big_comes_back_as_a_message_to_its_sender()
    {
        _box.Receive(TestBox.Peer, TestBox.Udp(TestBox.Peer, TestBox.SorterSegment, 40_000, 4_070, new byte[100]));
        Assert.Single(_box.TakeSent());
        _box.Receive(TestBox.Sorter, TestBox.Udp(TestBox.Sorter, TestBox.DeviceGateway, 4_070, 40_000, new byte[Small - 28 + 1]));
        var (link, frame) = Assert.Single(_box.TakeSent());
        Assert.Equal(TestBox.SorterLink, link);
        var packet = Packet.ParsePacket(LinkLayers.Ethernet, frame);
        var (ip, icmp) = (packet.Extract<IPv4Packet>(), packet.Extract<IcmpV4Packet>());
        Assert.Equal((TestBox.DeviceGateway.ToString(), TestBox.Sorter.Address.ToString()), (ip.SourceAddress.ToString(), ip.DestinationAddress.ToString()));
        Assert.True(ip.ValidIPChecksum);
        Assert.True(IcmpView.TryParse(frame.AsSpan(34, ip.PayloadLength), out var view, out _));
        Assert.True(view.IsFragmentationNeeded);
        Assert.Equal(Small, view.NextHopMtuBytes);
        Assert.True(view.TryGetQuote(out var quote));
        Assert.Equal((4_070, 40_000, TestBox.DeviceGateway), (quote.SourcePort, quote.DestinationPort, quote.Destination));
        Assert.Equal(1ul, _box.Drops(TestBox.SorterLink, DropReason.PacketTooBig));
        // Control: one byte less passes.
        _box.Receive(TestBox.Sorter, TestBox.Udp(TestBox.Sorter, TestBox.DeviceGateway, 4_070, 40_000, new byte[Small - 28]));
        Assert.Equal(TestBox.UplinkLink, Assert.Single(_box.TakeSent()).Link);
        Assert.NotNull(icmp);
    }

    [Fact]
    public void A_sender_that_does_not_heed_it_is_told_a_few_times_a_second()
    {
        _box.Receive(TestBox.Peer, TestBox.Udp(TestBox.Peer, TestBox.SorterSegment, 40_000, 4_070, new byte[100]));
        _box.TakeSent();
        for (var i = 0; i < 100; i++)
            _box.Receive(TestBox.Sorter, TestBox.Udp(TestBox.Sorter, TestBox.DeviceGateway, 4_070, 40_000, new byte[1_400]));
        Assert.Equal(SegmentLimits.TooBigPerSecond, _box.TakeSent().Count);
    }

    private static ushort MaxSegment(byte[] frame)
    {
        var ip = Packet.ParsePacket(LinkLayers.Ethernet, frame).Extract<IPv4Packet>();
        Assert.True(TestBox.ParseTcp(frame).ValidTcpChecksum);
        Assert.True(TcpView.TryParse(frame.AsSpan(34, ip.PayloadLength), out var segment, out _));
        Assert.True(TcpOptions.TryParse(segment.Options, out var options, out _));
        return options.MaxSegmentBytes;
    }
}
