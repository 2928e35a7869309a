using Gateway.Core.Control;
using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Dataplane.FastPath;
using Gateway.Dataplane.Pipeline;
using Gateway.Dataplane.Tests.Pipeline;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.Flows;

/// <summary>When flows are handed over, when they are taken back, and how their connections go on. The kernel is played by the test.</summary>
public sealed class OffloadTests : IDisposable
{
    private readonly TestBox _box = new();
    private readonly PlayedKernel _kernel = new();

    public OffloadTests() => _box.Pipeline.Flows.Offload = _kernel;

    public void Dispose() => _box.Dispose();

    [Fact]
    public void A_connection_is_handed_over_with_the_last_packet_of_its_handshake()
    {
        FromPanel(TcpFlags.Syn, 99, 0);
        FromSorter(TcpFlags.Syn | TcpFlags.Ack, 499, 100);
        Assert.Empty(_kernel.Flows);
        FromPanel(TcpFlags.Ack, 100, 500);
        var (source, target) = Assert.Single(_kernel.Flows).Value;
        Assert.Equal(TestBox.Peer.Mac.Value, source.In.SourceMac);
        Assert.Equal(TestBox.Sorter.Mac.Value, source.Out.DestinationMac);
        Assert.Equal((TestBox.DeviceGateway.Value, TestBox.Sorter.Address.Value), (source.Out.Source, source.Out.Destination));
        Assert.Equal(source.Out.Interface, target.In.Interface);
        Assert.Equal((100u, 500u), (_kernel.Positions[(Handed, true)].End, _kernel.Positions[(Handed, false)].End));
        Assert.Equal(1, _box.Pipeline.Flows.OffloadedFlows);
    }

    [Fact]
    public void Datagrams_are_handed_over_once_answered_or_after_some_one_way()
    {
        Datagram();
        Assert.Empty(_kernel.Flows);
        _box.Receive(TestBox.Sorter, TestBox.Udp(TestBox.Sorter, TestBox.DeviceGateway, 4_070, 6_000, "me"u8));
        Assert.Single(_kernel.Flows);
        for (var i = 0; i < FastPathLimits.UdpPackets; i++)
            Datagram(6_001);
        Assert.Equal(2, _kernel.Flows.Count);
    }

    [Fact]
    public void What_an_inspector_reads_is_never_handed_over()
    {
        var sorter = new TestPeer(_box, TestBox.Sorter, TestBox.Plc.Address, 50_000, 502, 1);
        var plc = new TestPeer(_box, TestBox.Plc, TestBox.DeviceGateway, 502, 50_000, 5_000);
        sorter.Connect();
        new Wires(_box, sorter, plc).Settle(20);
        Assert.True(sorter.Open);
        Assert.Empty(_kernel.Flows);
    }

    [Fact]
    public void Without_the_kernel_nothing_changes()
    {
        _kernel.Interfaces = 0;
        Open();
        Assert.Empty(_kernel.Flows);
        FromPanel(TcpFlags.Ack | TcpFlags.Psh, 100, 500, "data"u8);
        Assert.Single(_box.TakeSent());
    }

    [Fact]
    public void A_kernel_that_refuses_is_not_asked_for_every_packet()
    {
        _kernel.Refuses = true;
        Open();
        for (uint i = 0; i < 10; i++)
            FromPanel(TcpFlags.Ack | TcpFlags.Psh, 100 + i, 500, "x"u8);
        Assert.Equal(1, _kernel.Asked);
        _box.Pass(FastPathLimits.OfferAgainMs + 10);
        FromPanel(TcpFlags.Ack | TcpFlags.Psh, 110, 500, "x"u8);
        Assert.Equal(2, _kernel.Asked);
    }

    [Theory]
    [InlineData(TcpFlags.Fin | TcpFlags.Ack)]
    [InlineData(TcpFlags.Rst | TcpFlags.Ack)]
    public void The_end_of_a_connection_takes_it_back_and_passes_where_the_connection_is(TcpFlags flags)
    {
        Open();
        // The kernel passed 3 MB, far beyond every window that the tracker has seen.
        _kernel.Saw(Handed, fromSource: true, 2_000, 3_080_000, new TcpPosition(3_000_100, 500, 8_000));
        _kernel.Saw(Handed, fromSource: false, 1_000, 40_000, new TcpPosition(500, 3_000_100, 8_000));
        FromPanel(flags, 3_000_100, 500);
        Assert.Single(_box.TakeSent());
        Assert.Empty(_kernel.Flows);
        Assert.Equal(0, _box.Pipeline.Flows.OffloadedFlows);
    }

    [Fact]
    public void An_end_that_the_kernel_passed_in_a_super_frame_takes_it_back_too()
    {
        Open();
        _kernel.Saw(Handed, fromSource: true, 3, 3_000, new TcpPosition(3_001, 500, 8_000, Finished: true));
        _box.Pass(1_100);
        Assert.Empty(_kernel.Flows);
        FromSorter(TcpFlags.Fin | TcpFlags.Ack, 500, 3_001);
        FromPanel(TcpFlags.Ack, 3_001, 501);
        Assert.Equal(2, _box.TakeSent().Count(s => s.Frame[12] == 8 && s.Frame[13] == 0));
        _box.Pass(40_000);
        Assert.Equal(DropReason.NoGrant, _box.Records.Single(r => r.Kind == LoopRecordKind.FlowClosed).Reason);
    }

    [Fact]
    public void A_reset_that_is_not_exactly_next_is_refused_and_takes_nothing_back()
    {
        Open();
        _kernel.Saw(Handed, fromSource: true, 10, 1_000, new TcpPosition(700, 500, 8_000));
        FromPanel(TcpFlags.Rst | TcpFlags.Ack, 650, 500);
        // Its sender is told where the connection is (RFC 5961), and the other side hears nothing.
        Assert.Equal(TestBox.UplinkLink, Assert.Single(_box.TakeSent()).Link);
        Assert.Single(_kernel.Flows);
        Assert.Equal(1ul, _box.Drops(TestBox.UplinkLink, DropReason.TcpResetSequence));
    }

    [Fact]
    public void Segments_that_come_up_pass_where_the_connection_is_and_nowhere_else()
    {
        Open();
        _kernel.Saw(Handed, fromSource: true, 1_000, 1_500_000, new TcpPosition(1_460_100, 500, 8_000));
        _kernel.Saw(Handed, fromSource: false, 500, 20_000, new TcpPosition(500, 1_460_100, 8_000));
        FromPanel(TcpFlags.Ack | TcpFlags.Psh, 1_460_100, 500, "here"u8);
        Assert.Single(_box.TakeSent());
        FromPanel(TcpFlags.Ack | TcpFlags.Psh, 1_480_100, 500, "beyond the window"u8);
        FromPanel(TcpFlags.Ack | TcpFlags.Psh, 1_460_104, 9_500, "acknowledges what was never sent"u8);
        Assert.Empty(_box.TakeSent());
        Assert.Single(_kernel.Flows);
        // What the loop passed itself is not forgotten when the kernel has seen less.
        _kernel.Saw(Handed, fromSource: false, 1, 40, new TcpPosition(500, 1_460_100, 8_000));
        FromSorter(TcpFlags.Ack, 500, 1_460_104);
        Assert.Single(_box.TakeSent());
    }

    [Fact]
    public void Sequence_numbers_that_have_gone_round_are_taken_as_they_are()
    {
        Open();
        var far = unchecked(100u + 3_000_000_000u);
        _kernel.Saw(Handed, fromSource: true, 2_000_000, 3_000_000_000, new TcpPosition(far, 500, 8_000));
        _kernel.Saw(Handed, fromSource: false, 1_000_000, 40_000_000, new TcpPosition(500, far, 8_000));
        FromPanel(TcpFlags.Fin | TcpFlags.Ack, far, 500);
        Assert.Single(_box.TakeSent());
    }

    [Fact]
    public void A_removed_grant_stops_the_kernel_and_then_ends_the_flow()
    {
        Open();
        var policy = TestBox.DefaultPolicy();
        _box.Install(policy with { Conduits = [.. policy.Conduits.Where(c => c.Grant != 3)] });
        Assert.Equal(1, _kernel.Stops);
        Assert.Empty(_kernel.Flows);
        Assert.Equal(0, _box.Pipeline.Flows.OpenFlows);
    }

    [Fact]
    public void A_policy_that_still_grants_it_lets_it_go_on_at_once()
    {
        Open();
        _box.Install(TestBox.DefaultPolicy());
        Assert.Equal(1, _kernel.Stops);
        Assert.Equal(1, _kernel.Kept);
        Assert.Single(_kernel.Flows);
    }

    [Fact]
    public void A_policy_that_inspects_it_from_now_on_takes_it_back()
    {
        Open();
        var policy = TestBox.DefaultPolicy();
        _box.Install(policy with
        {
            Conduits = [.. policy.Conduits.Select(c => c.Port.Ports.First == 8_080 ? c with { Inspector = InspectorKind.Modbus, Operations = Core.Operations.ModbusRule.Parse("read") } : c)],
        });
        Assert.Empty(_kernel.Flows);
    }

    [Fact]
    public void A_policy_that_cuts_the_device_off_takes_it_back()
    {
        Open();
        var policy = TestBox.DefaultPolicy();
        _box.Install(policy with { Devices = [policy.Devices[0], policy.Devices[1] with { Enforcement = Enforcement.CutOff }] });
        Assert.Empty(_kernel.Flows);
    }

    [Fact]
    public void A_neighbor_that_moves_to_another_hardware_address_takes_its_flows_back()
    {
        Open();
        var moved = TestBox.Peer with { Mac = MacAddress.Parse("02:00:00:00:00:06") };
        _box.Receive(moved, TestBox.ArpReply(moved, TestBox.Uplink));
        _box.Pipeline.Advance();
        Assert.Empty(_kernel.Flows);
        _box.Pass(FastPathLimits.OfferAgainMs + 10);
        FromPanel(TcpFlags.Ack | TcpFlags.Psh, 100, 500, "on"u8);
        Assert.Equal(moved.Mac.Value, Assert.Single(_kernel.Flows).Value.Source.In.SourceMac);
    }

    [Fact]
    public void A_neighbor_that_says_the_same_again_changes_nothing()
    {
        Open();
        _box.Pipeline.Advance();
        var kept = _kernel.Kept;
        _box.Receive(TestBox.Peer, TestBox.ArpReply(TestBox.Peer, TestBox.Uplink));
        _box.Pipeline.Advance();
        Assert.Equal(kept, _kernel.Kept);
        Assert.Single(_kernel.Flows);
    }

    [Fact]
    public void A_pulled_cable_takes_the_flows_of_its_device_back()
    {
        Open();
        _box.Pipeline.Guard.LinkDown(1);
        _box.Pipeline.Advance();
        Assert.Empty(_kernel.Flows);
        Assert.Equal(1, _box.Pipeline.Flows.OpenFlows);
    }

    [Fact]
    public void A_broken_binding_ends_them()
    {
        Open();
        var stranger = TestBox.Sorter with { Mac = MacAddress.Parse("02:00:00:00:00:66") };
        _box.Receive(stranger, TestBox.ArpRequest(stranger, TestBox.DeviceGateway));
        _box.Pass(1_000);
        Assert.Empty(_kernel.Flows);
        Assert.Equal(0, _box.Pipeline.Flows.OpenFlows);
    }

    [Fact]
    public void What_the_kernel_counted_stands_in_the_record_and_with_the_device()
    {
        Open();
        _kernel.Saw(Handed, fromSource: true, 10, 5_000, new TcpPosition(200, 500, 0));
        _kernel.Saw(Handed, fromSource: false, 4, 300, new TcpPosition(500, 200, 0));
        var (before, framesBefore) = (_box.Box.DeviceBySlot(1).BytesIn, _box.Box.Links[TestBox.UplinkLink].FramesIn);
        _box.Pass(3_000);
        Assert.Equal(before + 300, _box.Box.DeviceBySlot(1).BytesIn);
        Assert.Equal(framesBefore + 10, _box.Box.Links[TestBox.UplinkLink].FramesIn);
        _kernel.Saw(Handed, fromSource: true, 1, 40, new TcpPosition(200, 500, 0));
        _box.Pipeline.Flows.EndOf(1, null, DropReason.GrantRemoved);
        var closed = _box.Records.Single(r => r.Kind == LoopRecordKind.FlowClosed);
        // Three of the handshake, what the kernel passed, and a reset for each end.
        Assert.Equal((3ul + 15 + 2, (5 * 40ul) + 5_340), (closed.Packets, closed.Bytes));
    }

    [Fact]
    public void A_flow_lives_while_the_kernel_sees_it_and_ends_when_it_is_idle()
    {
        Datagram();
        _box.Receive(TestBox.Sorter, TestBox.Udp(TestBox.Sorter, TestBox.DeviceGateway, 4_070, 6_000, "me"u8));
        for (var minute = 0; minute < 5; minute++)
        {
            _box.Pass(60_000);
            _box.Receive(TestBox.Peer, TestBox.ArpReply(TestBox.Peer, TestBox.Uplink));
            _kernel.Saw(Handed, fromSource: false, 1, 40, default);
        }
        Assert.Equal(1, _box.Pipeline.Flows.OpenFlows);
        _box.Pass(200_000);
        Assert.Equal(0, _box.Pipeline.Flows.OpenFlows);
        Assert.Empty(_kernel.Flows);
    }

    [Fact]
    public void The_lease_is_renewed_while_there_is_something_to_forward()
    {
        _box.Pass(2_000);
        Assert.Equal(0, _kernel.Renewals);
        Open();
        _box.Pass(2_000);
        Assert.InRange(_kernel.Renewals, 7, 9);
    }

    private int Handed => _kernel.Flows.Keys.Single();

    private void Open()
    {
        FromPanel(TcpFlags.Syn, 99, 0);
        FromSorter(TcpFlags.Syn | TcpFlags.Ack, 499, 100);
        FromPanel(TcpFlags.Ack, 100, 500);
        Assert.Equal(3, _box.TakeSent().Count);
    }

    private void Datagram(ushort port = 6_000) => _box.Receive(TestBox.Peer, TestBox.Udp(TestBox.Peer, TestBox.SorterSegment, port, 4_070, "who"u8));

    private void FromPanel(TcpFlags flags, uint sequence, uint ack, ReadOnlySpan<byte> payload = default) =>
        _box.Receive(TestBox.Peer, TestBox.Tcp(TestBox.Peer, TestBox.SorterSegment, 40_000, 8_080, sequence, ack, flags, payload));

    private void FromSorter(TcpFlags flags, uint sequence, uint ack) =>
        _box.Receive(TestBox.Sorter, TestBox.Tcp(TestBox.Sorter, TestBox.DeviceGateway, 8_080, 40_000, sequence, ack, flags));
}
