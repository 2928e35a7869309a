using Gateway.Core.Discovery;
using Gateway.Core.Net;
using Gateway.Dataplane.Observers;
using Gateway.Dataplane.Wire;
using static Gateway.Dataplane.Tests.Observers.Observing;

namespace Gateway.Dataplane.Tests.Observers;

public sealed class FrameObserverTests
{
    [Fact]
    public void Any_frame_tells_that_its_sender_is_there()
    {
        var observation = Assert.Single(All(Frame(Ethertype.Profinet, [1, 2, 3])));
        Assert.Equal(new Observation(At, "socket-3", Device, ObservationSource.Ethernet, EvidenceAttribute.Presence, ""), observation);
    }

    [Theory]
    [InlineData("01:00:5e:00:00:01")]
    [InlineData("ff:ff:ff:ff:ff:ff")]
    [InlineData("00:00:00:00:00:00")]
    public void A_group_address_or_zero_is_no_sender(string mac)
    {
        var observer = new FrameObserver();
        Assert.Empty(All(Frame(Ethertype.Arp, new byte[46], MacAddress.Parse(mac)), observer));
        Assert.Equal((1, 1, 0), (observer.Frames, observer.IllegalSources, observer.Malformed));
    }

    [Fact]
    public void Malformed_frames_are_counted_and_tell_at_most_presence()
    {
        var observer = new FrameObserver();
        Assert.Empty(All(new byte[13], observer));
        Assert.Single(All(Frame(Ethertype.Arp, new byte[46]), observer));
        Assert.Single(All(Frame(Ethertype.Ipv4, new byte[46]), observer));
        Assert.Single(All(Frame(Ethertype.Lldp, new byte[46]), observer));
        Assert.Equal((4, 4), (observer.Frames, observer.Malformed));
    }

    [Fact]
    public void In_another_vlan_only_presence_is_told()
    {
        var frame = Tcp(TcpFlags.Syn, 502);
        Assert.NotEmpty(Told(frame));
        Assert.Empty(Told(frame, vlan: 10));
    }

    [Fact]
    public void An_arp_request_tells_the_own_address_and_the_one_asked_for()
    {
        var frame = new byte[60];
        ArpView.EmitRequest(frame, Device, DeviceAddress, GatewayAddress);
        Assert.Equal(["Arp Address 192.168.10.21", "Arp AsksFor 192.168.10.1"], Told(frame));
    }

    [Fact]
    public void An_arp_reply_tells_the_own_address()
    {
        var frame = new byte[60];
        ArpView.EmitReply(frame, Device, DeviceAddress, Peer, GatewayAddress);
        Assert.Equal(["Arp Address 192.168.10.21"], Told(frame));
    }

    [Fact]
    public void An_announcement_asks_for_no_one()
    {
        var frame = new byte[60];
        ArpView.EmitRequest(frame, Device, DeviceAddress, DeviceAddress);
        Assert.Equal(["Arp Address 192.168.10.21"], Told(frame));
    }

    [Fact]
    public void A_probe_tells_nothing_yet()
    {
        var frame = new byte[60];
        ArpView.EmitRequest(frame, Device, Ipv4Address.Any, DeviceAddress);
        Assert.Empty(Told(frame));
    }

    [Fact]
    public void A_claim_in_another_name_tells_nothing()
    {
        var frame = new byte[60];
        ArpView.EmitRequest(frame, Device, DeviceAddress, GatewayAddress);
        Peer.Write(frame.AsSpan(EthernetView.HeaderBytes + 8));
        Assert.Empty(Told(frame));
    }

    [Theory]
    [InlineData("224.0.0.1")]
    [InlineData("127.0.0.1")]
    [InlineData("255.255.255.255")]
    public void An_address_that_no_host_can_own_is_not_told(string address)
    {
        var frame = new byte[60];
        ArpView.EmitRequest(frame, Device, Ipv4Address.Parse(address), GatewayAddress);
        Assert.Equal(["Arp AsksFor 192.168.10.1"], Told(frame));
    }

    [Fact]
    public void Any_packet_tells_its_source_address() =>
        Assert.Equal(["Ipv4 Address 192.168.10.21"], Told(Packet(IpProtocol.Igmp, new byte[8])));

    [Fact]
    public void A_syn_tells_whom_the_device_dials() =>
        Assert.Equal(["Ipv4 Address 192.168.10.21", "Ipv4 Dials tcp/502 192.168.10.1"], Told(Tcp(TcpFlags.Syn, 502)));

    [Theory]
    [InlineData(TcpFlags.Syn | TcpFlags.Ack)]
    [InlineData(TcpFlags.Syn | TcpFlags.Rst)]
    [InlineData(TcpFlags.Syn | TcpFlags.Fin)]
    [InlineData(TcpFlags.Ack)]
    [InlineData(TcpFlags.None)]
    public void Another_segment_dials_no_one(TcpFlags flags) => Assert.Equal(["Ipv4 Address 192.168.10.21"], Told(Tcp(flags, 502)));

    [Fact]
    public void Port_zero_and_groups_are_not_dialled()
    {
        Assert.Equal(["Ipv4 Address 192.168.10.21"], Told(Tcp(TcpFlags.Syn, 0)));
        Assert.Equal(["Ipv4 Address 192.168.10.21"], Told(Tcp(TcpFlags.Syn, 502, Ipv4Address.Parse("239.1.2.3"))));
    }

    [Theory]
    [InlineData(40000, 4070, true)] // from an ephemeral port to a service
    [InlineData(123, 123, true)] // same port both ways, as NTP
    [InlineData(47808, 50000, false)] // an answer, as it seems
    public void A_datagram_to_a_port_not_above_its_own_dials(ushort from, ushort to, bool dials)
    {
        string[] expected = dials ? ["Ipv4 Address 192.168.10.21", $"Ipv4 Dials udp/{to} 192.168.10.1"] : ["Ipv4 Address 192.168.10.21"];
        Assert.Equal(expected, Told(Udp(from, to, [1])));
    }

    [Fact]
    public void A_fragment_tells_its_source_address_only()
    {
        var frame = Udp(40000, 4070, [1, 2, 3, 4, 5, 6, 7, 8]);
        frame[EthernetView.HeaderBytes + 6] = 0x20;
        Fuzz.Targets.Ipv4Target.MendChecksum(frame.AsSpan(EthernetView.HeaderBytes));
        Assert.Equal(["Ipv4 Address 192.168.10.21"], Told(frame));
    }
}
