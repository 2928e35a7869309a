using Gateway.Core.Control;
using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Dataplane.Pipeline;
using Gateway.Dataplane.Segments;
using Gateway.Dataplane.Wire;
using PacketDotNet;

namespace Gateway.Dataplane.Tests.Pipeline;

/// <summary>What passes and what does not, frame by frame. Each refusal is legal but for one fault, and stands beside a control.</summary>
public sealed class PacketPipelineTests : IDisposable
{
    private readonly TestBox _box = new();

    public void Dispose() => _box.Dispose();

    [Fact]
    public void A_granted_dial_to_a_service_is_translated_to_the_connectors_listener()
    {
        _box.Receive(TestBox.Plc, Dial());
        var (link, frame) = Assert.Single(_box.TakeSent());
        Assert.Equal(TestBox.HostLink, link);
        var ip = Packet.ParsePacket(LinkLayers.Ethernet, frame).Extract<IPv4Packet>();
        Assert.Equal(TestBox.PlcSegment.ToString(), ip.SourceAddress.ToString());
        Assert.Equal(TestBox.Host.Address.ToString(), ip.DestinationAddress.ToString());
        Assert.True(ip.ValidIPChecksum);
        var tcp = Assert.IsType<TcpPacket>(ip.PayloadPacket);
        Assert.Equal(TestBox.HistorianListener, tcp.DestinationPort);
        Assert.Equal(45_000, tcp.SourcePort);
        Assert.True(tcp.ValidTcpChecksum);
        Assert.Equal(64, ip.TimeToLive);
    }

    [Fact]
    public void An_uninspected_connection_passes_both_ways_with_its_own_numbers()
    {
        _box.Receive(TestBox.Plc, Dial());
        _box.TakeSent();
        var host = TestBox.Host with { };
        _box.Receive(host, TestBox.Tcp(host, TestBox.PlcSegment, TestBox.HistorianListener, 45_000, 9_000, 1_001, TcpFlags.Syn | TcpFlags.Ack));
        var answer = TestBox.ParseTcp(Assert.Single(_box.TakeSent()).Frame);
        Assert.Equal(9_000u, answer.SequenceNumber);
        Assert.Equal(8_086, answer.SourcePort);
        _box.Receive(TestBox.Plc, TestBox.Tcp(TestBox.Plc, TestBox.Historian, 45_000, 8_086, 1_001, 9_001, TcpFlags.Ack));
        _box.Receive(TestBox.Plc, TestBox.Tcp(TestBox.Plc, TestBox.Historian, 45_000, 8_086, 1_001, 9_001, TcpFlags.Psh | TcpFlags.Ack, "value 7"u8));
        var sent = _box.TakeSent();
        Assert.Equal(2, sent.Count);
        Assert.Equal("value 7"u8.ToArray(), TestBox.ParseTcp(sent[1].Frame).PayloadData);
    }

    public static TheoryData<string, DropReason> Refusals => new()
    {
        { "other port", DropReason.NoGrant },
        { "other address", DropReason.NoGrant },
        { "udp instead of tcp", DropReason.NoGrant },
        { "tagged", DropReason.TaggedFrame },
        { "cut by the ring", DropReason.FrameCut },
        { "source MAC of another", DropReason.SourceMacNotBound },
        { "source MAC multicast", DropReason.SourceMacIllegal },
        { "source MAC zero", DropReason.SourceMacIllegal },
        { "source MAC ours", DropReason.SourceMacIllegal },
        { "destination MAC broadcast", DropReason.BroadcastNotRelayed },
        { "destination MAC of another device", DropReason.DestinationMacNotOurs },
        { "source IP of another", DropReason.SourceAddressNotBound },
        { "source IP equals destination", DropReason.SourceAddressIllegal },
        { "source IP loopback", DropReason.SourceAddressIllegal },
        { "source IP multicast", DropReason.SourceAddressIllegal },
        { "TTL 1", DropReason.Ipv4TtlTooLow },
        { "TTL 0", DropReason.Ipv4TtlTooLow },
        { "header checksum", DropReason.Ipv4Checksum },
        { "reserved flag", DropReason.Ipv4ReservedFlag },
        { "more fragments", DropReason.Ipv4Fragment },
        { "fragment offset", DropReason.Ipv4Fragment },
        { "record route option", DropReason.Ipv4Options },
        { "version 6", DropReason.Ipv4Malformed },
        { "total length past the frame", DropReason.Ipv4Malformed },
        { "LLC", DropReason.LlcFrame },
        { "IPv6", DropReason.Ipv6NotEnrolled },
        { "PROFINET", DropReason.EthertypeNotAllowed },
        { "runt", DropReason.FrameTooShort },
        { "GRE", DropReason.ProtocolNotGranted },
        { "TCP checksum", DropReason.TcpChecksum },
        { "TCP data offset 4", DropReason.TcpMalformed },
        { "TCP reserved bits", DropReason.TcpReservedBits },
        { "SYN with data", DropReason.TcpSynWithData },
        { "SYN and FIN", DropReason.TcpFlagsIllegal },
        { "SYN and RST", DropReason.TcpFlagsIllegal },
        { "no flags", DropReason.TcpFlagsIllegal },
        { "FIN alone", DropReason.TcpFlagsIllegal },
        { "urgent", DropReason.TcpUrgent },
        { "ACK without a flow", DropReason.TcpNoFlow },
        { "RST without a flow", DropReason.TcpNoFlow },
        { "SYN-ACK without a flow", DropReason.TcpNoFlow },
        { "unknown TCP option", DropReason.TcpOptionNotAllowed },
        { "echo to another", DropReason.IcmpNotAllowed },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_frame_with_one_fault_is_refused_for_that_fault(string fault, DropReason reason)
    {
        var frame = Faulty(fault);
        _box.Receive(TestBox.PlcLink, frame, tagged: fault == "tagged", cut: fault == "cut by the ring");
        Assert.DoesNotContain(_box.TakeSent(), s => s.Link != TestBox.PlcLink);
        Assert.Equal(1ul, _box.Drops(TestBox.PlcLink, reason));
        // Control: the same frame without the fault passes.
        _box.Receive(TestBox.Plc, Dial());
        Assert.Contains(_box.TakeSent(), s => s.Link == TestBox.HostLink);
    }

    [Fact]
    public void Bytes_behind_the_declared_length_do_not_leave()
    {
        var frame = Dial();
        byte[] longer = [.. frame, .. "covert"u8];
        _box.Receive(TestBox.Plc, longer);
        var sent = Assert.Single(_box.TakeSent()).Frame;
        Assert.Equal(60, sent.Length);
        Assert.All(sent[58..], b => Assert.Equal(0, b));
    }

    [Fact]
    public void Arp_is_answered_for_what_is_granted_and_for_nothing_else()
    {
        _box.Receive(TestBox.Sorter, TestBox.ArpRequest(TestBox.Sorter, TestBox.Plc.Address));
        var reply = Packet.ParsePacket(LinkLayers.Ethernet, Assert.Single(_box.TakeSent()).Frame).Extract<ArpPacket>();
        Assert.Equal(TestBox.Plc.Address.ToString(), reply.SenderProtocolAddress.ToString());
        Assert.Equal("02000000FF01", reply.SenderHardwareAddress.ToString());
        for (var i = 2; i < 20; i++)
            _box.Receive(TestBox.Sorter, TestBox.ArpRequest(TestBox.Sorter, Ipv4Address.Parse($"192.168.10.{i}")));
        Assert.Empty(_box.TakeSent());
        Assert.Equal(18ul, _box.Drops(TestBox.SorterLink, DropReason.ArpTargetNotGranted));
    }

    [Fact]
    public void Arp_with_the_wrong_sender_is_refused()
    {
        var claimsPeer = TestBox.ArpRequest(TestBox.Plc with { Address = TestBox.Sorter.Address }, TestBox.DeviceGateway);
        _box.Receive(TestBox.Plc, claimsPeer);
        var claimsMac = TestBox.ArpRequest(TestBox.Plc, TestBox.DeviceGateway);
        claimsMac[22] ^= 1;
        _box.Receive(TestBox.Plc, claimsMac);
        Assert.Equal(2ul, _box.Drops(TestBox.PlcLink, DropReason.ArpSenderNotBound));
    }

    [Fact]
    public void The_host_stack_reaches_nothing_that_was_not_announced()
    {
        var syn = TestBox.Tcp(TestBox.Host, TestBox.PlcSegment, 40_000, 502, 1, 0, TcpFlags.Syn);
        _box.Receive(TestBox.Host, syn);
        Assert.Empty(_box.TakeSent());
        Assert.Equal(1ul, _box.Drops(TestBox.HostLink, DropReason.NoCallerIdentity));
        _box.Announce(40_000, TestBox.PlcSegment, 502);
        _box.Receive(TestBox.Host, syn);
        Assert.Equal(TestBox.PlcLink, Assert.Single(_box.TakeSent()).Link);
        // An announcement serves once.
        _box.Receive(TestBox.Host, TestBox.Tcp(TestBox.Host, TestBox.PlcSegment, 40_002, 502, 1, 0, TcpFlags.Syn));
        Assert.Empty(_box.TakeSent());
    }

    [Fact]
    public void An_announced_caller_without_a_grant_is_refused()
    {
        _box.Announce(40_000, TestBox.SorterSegment, 502);
        _box.Receive(TestBox.Host, TestBox.Tcp(TestBox.Host, TestBox.SorterSegment, 40_000, 502, 1, 0, TcpFlags.Syn));
        Assert.Empty(_box.TakeSent());
        Assert.Equal(1ul, _box.Drops(TestBox.HostLink, DropReason.NoGrant));
        Assert.Contains(_box.Records, r => r.Kind == LoopRecordKind.CallerDone);
    }

    [Fact]
    public void An_announcement_lapses()
    {
        _box.Announce(40_000, TestBox.PlcSegment, 502);
        _box.Pass(ControlProtocol.IntentLifetimeMs + 1_500);
        _box.TakeSent();
        _box.Receive(TestBox.Host, TestBox.Tcp(TestBox.Host, TestBox.PlcSegment, 40_000, 502, 1, 0, TcpFlags.Syn));
        Assert.DoesNotContain(_box.TakeSent(), s => s.Link == TestBox.PlcLink);
        Assert.Equal(1ul, _box.Drops(TestBox.HostLink, DropReason.NoCallerIdentity));
    }

    [Fact]
    public void A_device_reaches_another_device_by_the_address_it_knows()
    {
        _box.Receive(TestBox.Sorter, TestBox.Tcp(TestBox.Sorter, TestBox.Plc.Address, 50_000, 502, 1, 0, TcpFlags.Syn));
        var (link, frame) = Assert.Single(_box.TakeSent());
        Assert.Equal(TestBox.PlcLink, link);
        var ip = Packet.ParsePacket(LinkLayers.Ethernet, frame).Extract<IPv4Packet>();
        Assert.Equal(TestBox.DeviceGateway.ToString(), ip.SourceAddress.ToString());
        // The other way round nothing is granted.
        _box.Receive(TestBox.Plc, TestBox.Tcp(TestBox.Plc, TestBox.Sorter.Address, 50_000, 502, 1, 0, TcpFlags.Syn));
        Assert.Empty(_box.TakeSent());
    }

    [Fact]
    public void Two_sources_with_one_port_get_two_ports_at_the_target()
    {
        _box.Announce(50_000, TestBox.PlcSegment, 502);
        _box.Receive(TestBox.Host, TestBox.Tcp(TestBox.Host, TestBox.PlcSegment, 50_000, 502, 1, 0, TcpFlags.Syn));
        _box.Receive(TestBox.Sorter, TestBox.Tcp(TestBox.Sorter, TestBox.Plc.Address, 50_000, 502, 1, 0, TcpFlags.Syn));
        var ports = _box.TakeSent().Where(s => s.Link == TestBox.PlcLink).Select(s => TestBox.ParseTcp(s.Frame).SourcePort).ToList();
        Assert.Equal(2, ports.Distinct().Count());
        Assert.Contains((ushort)50_000, ports);
    }

    [Fact]
    public void Udp_passes_and_its_answers_come_back()
    {
        _box.Receive(TestBox.Peer, TestBox.Udp(TestBox.Peer, TestBox.SorterSegment, 6_000, 4_070, "who are you"u8));
        var there = Packet.ParsePacket(LinkLayers.Ethernet, Assert.Single(_box.TakeSent()).Frame).Extract<UdpPacket>();
        Assert.True(there.ValidUdpChecksum);
        _box.Receive(TestBox.Sorter, TestBox.Udp(TestBox.Sorter, TestBox.DeviceGateway, 4_070, 6_000, "sorter"u8));
        var back = Packet.ParsePacket(LinkLayers.Ethernet, Assert.Single(_box.TakeSent()).Frame).Extract<IPv4Packet>();
        Assert.Equal(TestBox.SorterSegment.ToString(), back.SourceAddress.ToString());
        Assert.Equal(TestBox.Peer.Address.ToString(), back.DestinationAddress.ToString());
        Assert.Equal("sorter"u8.ToArray(), back.Extract<UdpPacket>().PayloadData);
    }

    [Fact]
    public void A_stranger_on_the_uplink_is_not_even_answered()
    {
        var stranger = TestBox.Peer with { Address = Ipv4Address.Parse("10.77.0.66") };
        _box.Receive(stranger, TestBox.ArpRequest(stranger, TestBox.Uplink));
        _box.Receive(stranger, TestBox.Udp(stranger, TestBox.SorterSegment, 6_000, 4_070, "x"u8));
        Assert.Empty(_box.TakeSent());
        Assert.Equal(2ul, _box.Drops(TestBox.UplinkLink, DropReason.UnknownPeer));
    }

    [Fact]
    public void A_device_has_no_more_flows_than_its_bound()
    {
        for (ushort i = 0; i < 100; i++)
            _box.Receive(TestBox.Plc, TestBox.Tcp(TestBox.Plc, TestBox.Historian, (ushort)(40_000 + i), 8_086, 1, 0, TcpFlags.Syn));
        Assert.Equal(16, _box.TakeSent().Count);
        Assert.Equal(84ul, _box.Drops(TestBox.PlcLink, DropReason.DeviceFlowLimit));
        // Half-open flows end by themselves, and then there is room again.
        _box.Pass(15_000);
        _box.TakeSent();
        _box.Receive(TestBox.Plc, Dial());
        Assert.Single(_box.TakeSent());
    }

    [Fact]
    public void An_echo_to_the_gateway_address_is_answered_by_the_gateway()
    {
        _box.Receive(TestBox.Plc, Echo(TestBox.DeviceGateway));
        var reply = Packet.ParsePacket(LinkLayers.Ethernet, Assert.Single(_box.TakeSent()).Frame);
        Assert.Equal(IcmpV4TypeCode.EchoReply, reply.Extract<IcmpV4Packet>().TypeCode);
        Assert.Equal("ping"u8.ToArray(), reply.Extract<IcmpV4Packet>().PayloadData);
    }

    [Fact]
    public void A_socket_without_a_device_lets_nothing_pass_but_copies_to_the_observers()
    {
        var stranger = new TestHost(TestBox.EmptyLink, MacAddress.Parse("00:40:8c:01:02:03"), Ipv4Address.Parse("192.168.10.21"));
        _box.Receive(stranger, TestBox.Tcp(stranger, TestBox.Historian, 45_000, 8_086, 1, 0, TcpFlags.Syn));
        _box.Receive(stranger, TestBox.ArpRequest(stranger, TestBox.DeviceGateway));
        Assert.Empty(_box.TakeSent());
        Assert.Equal(2, _box.Observed.Count(o => o.Link == TestBox.EmptyLink));
        Assert.Equal(2ul, _box.Drops(TestBox.EmptyLink, DropReason.UnknownDevice));
    }

    [Fact]
    public void A_storm_is_cut_off_at_the_gate_and_observers_are_spared()
    {
        for (var i = 0; i < 50_000; i++)
            _box.Receive(TestBox.Plc, TestBox.ArpRequest(TestBox.Plc, Ipv4Address.Parse("192.168.10.99")));
        Assert.True(_box.Drops(TestBox.PlcLink, DropReason.LinkRateLimit) > 25_000);
        Assert.True(_box.Observed.Count <= SegmentLimits.ObservedBurst + 1);
    }

    [Theory]
    [InlineData(Enforcement.CutOff, DropReason.DeviceCutOff)]
    [InlineData(Enforcement.Quarantine, DropReason.UnknownDevice)]
    public void A_device_that_is_not_approved_opens_nothing(Enforcement enforcement, DropReason reason)
    {
        var policy = TestBox.DefaultPolicy();
        _box.Install(policy with { Devices = policy.Devices.SetItem(0, policy.Devices[0] with { Enforcement = enforcement }) });
        _box.Settle();
        _box.Receive(TestBox.Plc, Dial());
        Assert.Empty(_box.TakeSent());
        Assert.True(_box.Drops(TestBox.PlcLink, reason) >= 1);
    }

    private static byte[] Dial() => TestBox.Tcp(TestBox.Plc, TestBox.Historian, 45_000, 8_086, 1_000, 0, TcpFlags.Syn, mss: 1_460);

    private static byte[] Echo(Ipv4Address to)
    {
        var icmp = new IcmpV4Packet(new PacketDotNet.Utils.ByteArraySegment(new byte[12])) { TypeCode = IcmpV4TypeCode.EchoRequest, Id = 1, Sequence = 1 };
        icmp.PayloadData = "ping"u8.ToArray();
        icmp.UpdateIcmpChecksum();
        var body = icmp.Bytes;
        var frame = new byte[60];
        body.CopyTo(frame, 34);
        TestBox.Head(frame, TestBox.Plc, to, IpProtocol.Icmp, body.Length);
        return frame;
    }

    internal static byte[] Faulty(string fault) => Faults.Make(fault, Dial, Echo);
}
