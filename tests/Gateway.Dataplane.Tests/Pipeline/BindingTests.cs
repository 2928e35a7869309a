using Gateway.Core.Control;
using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Dataplane.Pipeline;
using Gateway.Dataplane.Segments;
using Gateway.Dataplane.Tests.Flows;
using Gateway.Dataplane.Wire;
using PacketDotNet;

namespace Gateway.Dataplane.Tests.Pipeline;

/// <summary>The binding: who speaks on a socket, and what happens when it is another.</summary>
public sealed class BindingTests : IDisposable
{
    private static readonly TestHost Intruder = TestBox.Plc with { Mac = MacAddress.Parse("00:0c:29:00:00:66") };

    private readonly TestBox _box = new();

    public void Dispose() => _box.Dispose();

    [Fact]
    public void Nothing_is_sent_to_a_device_that_has_not_shown_itself_but_the_question_who_is_there()
    {
        using var fresh = new TestBox(verified: false);
        fresh.Pass(50);
        fresh.Receive(TestBox.Host, TestBox.ArpReply(TestBox.Host, Ipv4Address.Any));
        var asked = fresh.TakeSent().Where(s => s.Link == TestBox.PlcLink).Select(s => Packet.ParsePacket(LinkLayers.Ethernet, s.Frame)).ToList();
        Assert.All(asked, p => Assert.NotNull(p.Extract<ArpPacket>()));
        Assert.NotEmpty(asked);
        fresh.Announce(40_000, TestBox.PlcSegment, 502);
        fresh.Receive(TestBox.Host, TestBox.Tcp(TestBox.Host, TestBox.PlcSegment, 40_000, 502, 1, 0, TcpFlags.Syn));
        Assert.DoesNotContain(fresh.TakeSent(), s => s.Link == TestBox.PlcLink && TestBox.ParseTcp(s.Frame) is not null);
        // It answers: the connection goes on by itself.
        fresh.Receive(TestBox.Plc, TestBox.ArpReply(TestBox.Plc, TestBox.DeviceGateway));
        fresh.Pass(1_500);
        Assert.Contains(fresh.TakeSent(), s => s.Link == TestBox.PlcLink && TestBox.ParseTcp(s.Frame) is { Synchronize: true });
    }

    [Fact]
    public void A_swapped_device_is_blocked_within_a_second_and_its_connections_end()
    {
        var (client, _) = OpenThroughPlc();
        _box.Receive(Intruder, TestBox.ArpRequest(Intruder, TestBox.DeviceGateway));
        _box.Pass(1_000);
        var broke = Assert.Single(_box.Records, r => r is { Kind: LoopRecordKind.Binding, Binding: BindingState.ForeignMac });
        Assert.Equal(Intruder.Mac.Value, broke.Mac);
        foreach (var (_, frame) in _box.TakeSent().Where(s => s.Link == TestBox.HostLink))
            client.Take(frame);
        Assert.True(client.WasReset);
        // Not even the true address passes now: a person decides.
        _box.Receive(TestBox.Plc, TestBox.Tcp(TestBox.Plc, TestBox.Historian, 45_000, 8_086, 1, 0, TcpFlags.Syn));
        Assert.DoesNotContain(_box.TakeSent(), s => s.Link == TestBox.HostLink);
        Assert.True(_box.Drops(TestBox.PlcLink, DropReason.BindingBroken) > 0);
    }

    [Fact]
    public void A_second_address_beside_a_living_device_is_told_but_stops_nothing()
    {
        var (client, plc) = OpenThroughPlc();
        _box.Receive(Intruder, TestBox.ArpRequest(Intruder, TestBox.DeviceGateway));
        _box.Pass(100);
        _box.Receive(TestBox.Plc, TestBox.ArpReply(TestBox.Plc, TestBox.DeviceGateway));
        _box.Pass(1_000);
        var told = Assert.Single(_box.Records, r => r.Kind == LoopRecordKind.SecondAddress);
        Assert.Equal(Intruder.Mac.Value, told.Mac);
        Assert.DoesNotContain(_box.Records, r => r is { Kind: LoopRecordKind.Binding, Binding: BindingState.ForeignMac });
        client.Write(Inspectors.Modbus.Read(1, 1, 3, 0, 1));
        new Wires(_box, client, plc).Settle(10);
        Assert.Equal(12, plc.Received.Count);
    }

    [Fact]
    public void A_device_that_changes_its_address_is_blocked()
    {
        var moved = TestBox.Plc with { Address = Ipv4Address.Parse("192.168.10.22") };
        _box.Receive(moved, TestBox.ArpRequest(moved, TestBox.DeviceGateway));
        _box.Pass(1_000);
        var broke = Assert.Single(_box.Records, r => r is { Kind: LoopRecordKind.Binding, Binding: BindingState.AddressChanged });
        Assert.Equal(moved.Address.Value, broke.SourceAddress);
    }

    [Fact]
    public void Neighbourhood_frames_of_single_ports_break_nothing()
    {
        var lldp = new byte[60];
        EthernetView.Emit(lldp, MacAddress.Parse("01:80:c2:00:00:0e"), MacAddress.Parse("28:63:36:aa:10:30"), Ethertype.Lldp);
        _box.Receive(TestBox.PlcLink, lldp);
        _box.Pass(2_000);
        Assert.DoesNotContain(_box.Records, r => r.Kind == LoopRecordKind.Binding);
        Assert.Single(_box.Observed, o => o.Link == TestBox.PlcLink);
    }

    [Fact]
    public void A_pulled_cable_means_that_the_device_must_show_itself_again()
    {
        var (client, plc) = OpenThroughPlc();
        _box.Box.Links[TestBox.PlcLink].Up = false;
        _box.Pipeline.Guard.LinkDown(0);
        client.Write(Inspectors.Modbus.Read(1, 1, 3, 0, 1));
        new Wires(_box, client).Settle(10);
        Assert.Empty(plc.Received);
        _box.Box.Links[TestBox.PlcLink].Up = true;
        _box.Pass(20);
        Assert.Contains(_box.TakeSent(), s => s.Link == TestBox.PlcLink && Packet.ParsePacket(LinkLayers.Ethernet, s.Frame).Extract<ArpPacket>() is not null);
        _box.Receive(TestBox.Plc, TestBox.ArpReply(TestBox.Plc, TestBox.DeviceGateway));
        // The short pause cost nothing: the request comes through after all.
        Assert.True(new Wires(_box, client, plc).Until(() => plc.Received.Count == 12));
    }

    [Fact]
    public void A_broken_binding_is_lifted_by_a_person_only()
    {
        _box.Receive(Intruder, TestBox.ArpRequest(Intruder, TestBox.DeviceGateway));
        _box.Pass(1_000);
        _box.Pass(600_000);
        Assert.Equal(BindingState.ForeignMac, _box.Box.Runtime(0).Binding);
        BindingGuard.Reset(_box.Box.Runtime(0));
        _box.Pass(20);
        _box.Receive(TestBox.Plc, TestBox.ArpReply(TestBox.Plc, TestBox.DeviceGateway));
        Assert.Equal(BindingState.Verified, _box.Box.Runtime(0).Binding);
    }

    [Fact]
    public void A_flood_of_addresses_makes_one_challenge_and_no_table_grows()
    {
        for (var i = 0; i < 256; i++)
        {
            var other = TestBox.Plc with { Mac = MacAddress.FromValue(0x0200_0000_1000UL + (ulong)i) };
            _box.Receive(other, TestBox.ArpRequest(other, TestBox.DeviceGateway));
        }
        Assert.Single(_box.TakeSent());
        Assert.Equal(256ul, _box.Drops(TestBox.PlcLink, DropReason.SourceMacNotBound));
    }

    private (TestPeer Client, TestPeer Plc) OpenThroughPlc()
    {
        var client = new TestPeer(_box, TestBox.Host, TestBox.PlcSegment, 40_001, 502, 1_000);
        var plc = new TestPeer(_box, TestBox.Plc, TestBox.DeviceGateway, 502, 40_001, 5_000);
        _box.Announce(40_001, TestBox.PlcSegment, 502);
        client.Connect();
        new Wires(_box, client, plc).Settle(10);
        Assert.True(client.Open);
        return (client, plc);
    }
}
