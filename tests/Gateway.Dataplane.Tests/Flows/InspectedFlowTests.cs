using Gateway.Core.Policy;
using Gateway.Dataplane.Pipeline;
using Gateway.Dataplane.Tests.Inspectors;
using Gateway.Dataplane.Tests.Pipeline;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.Flows;

/// <summary>A caller reads and writes the PLC through the gateway: two TCP connections, judged PDU by PDU.</summary>
public sealed class InspectedFlowTests : IDisposable
{
    private readonly TestBox _box = new();
    private readonly TestPeer _client;
    private readonly TestPeer _plc;
    private readonly Wires _wires;

    public InspectedFlowTests()
    {
        _client = new TestPeer(_box, TestBox.Host, TestBox.PlcSegment, 40_001, 502, 0xFFFF_FF00);
        _plc = new TestPeer(_box, TestBox.Plc, TestBox.DeviceGateway, 502, 40_001, 5_000);
        _wires = new Wires(_box, _client, _plc);
    }

    public void Dispose() => _box.Dispose();

    [Fact]
    public void A_granted_read_reaches_the_device_and_its_answer_the_caller()
    {
        Open();
        _client.Write(Modbus.Read(1, 1, 3, 0, 10));
        _wires.Settle(20);
        Assert.Equal(Modbus.Read(1, 1, 3, 0, 10), _plc.Received);
        var answer = Modbus.Unit(1, 1, [3, 2, 0x12, 0x34]);
        _plc.Write(answer);
        _wires.Settle(20);
        Assert.Equal(answer, _client.Received);
    }

    [Fact]
    public void A_refused_write_gets_a_modbus_exception_and_never_reaches_the_device()
    {
        Open();
        _client.Write(Modbus.WriteRegister(7, 1, 10, 99));
        _wires.Settle(20);
        Assert.Empty(_plc.Received);
        Assert.Equal(Modbus.Unit(7, 1, [0x86, 1]), _client.Received);
        // The connection lives on: the next read passes.
        _client.Write(Modbus.Read(8, 1, 3, 0, 1));
        _wires.Settle(20);
        Assert.Equal(Modbus.Read(8, 1, 3, 0, 1), _plc.Received);
        var record = Assert.Single(_box.Records, r => r.Kind == LoopRecordKind.Operation);
        Assert.False(record.Allowed);
        Assert.Equal(10, record.Operation.Writes.First);
        Assert.Equal(99, record.Operation.FirstValue);
        Assert.Equal("scada-1", _box.Box.Callers[record.SourceSlot].Caller);
    }

    [Fact]
    public void Verdict_and_bytes_do_not_depend_on_how_the_stream_is_cut()
    {
        Open();
        byte[] stream =
        [
            .. Modbus.Read(1, 1, 3, 0, 10), .. Modbus.WriteRegister(2, 1, 5, 1), .. Modbus.Read(3, 1, 4, 100, 2), .. Modbus.WriteRegister(4, 1, 5, 2),
        ];
        byte[] passed = [.. Modbus.Read(1, 1, 3, 0, 10), .. Modbus.Read(3, 1, 4, 100, 2)];
        for (var size = 1; size <= stream.Length; size++)
        {
            _client.SegmentBytes = size;
            _client.Received.Clear();
            _plc.Received.Clear();
            _client.Write(stream);
            Assert.True(_wires.Until(() => _client.Received.Count >= 18 && _plc.Received.Count >= passed.Length));
            Assert.Equal(passed, _plc.Received);
            Assert.Equal([.. Modbus.Unit(2, 1, [0x86, 1]), .. Modbus.Unit(4, 1, [0x86, 1])], _client.Received);
        }
    }

    [Fact]
    public void Bytes_that_are_not_modbus_end_the_connection_and_none_reaches_the_device()
    {
        Open();
        _client.Write("SSH-2.0-OpenSSH_9.2\r\n"u8);
        _wires.Settle(20);
        Assert.Empty(_plc.Received);
        Assert.True(_client.WasReset);
        Assert.True(_plc.WasReset);
        Assert.Equal(1ul, _box.Drops(TestBox.HostLink, DropReason.ProtocolMalformed));
        Assert.Equal(0, _box.Pipeline.Flows.OpenFlows);
    }

    [Fact]
    public void An_answer_nobody_asked_for_does_not_reach_the_caller()
    {
        Open();
        _plc.Write(Modbus.Unit(1, 1, [3, 2, 0, 0]));
        _wires.Settle(20);
        Assert.Empty(_client.Received);
        Assert.Equal(1ul, _box.Drops(TestBox.HostLink, DropReason.ResponseUnsolicited));
    }

    [Fact]
    public void Both_sides_can_close_and_half_close()
    {
        Open();
        _client.Write(Modbus.Read(1, 1, 3, 0, 1));
        _client.Close();
        _wires.Settle(40);
        Assert.True(_plc.Finished);
        _plc.Write(Modbus.Unit(1, 1, [3, 2, 0, 1]));
        _plc.Close();
        Assert.True(_wires.Until(() => _client.Done && _plc.Done));
        Assert.Equal(Modbus.Unit(1, 1, [3, 2, 0, 1]), _client.Received);
        _wires.Settle(5);
        _box.Pass(10_000);
        Assert.Equal(0, _box.Pipeline.Flows.OpenFlows);
        Assert.Contains(_box.Records, r => r is { Kind: LoopRecordKind.FlowClosed, Allowed: true });
    }

    [Fact]
    public void A_target_that_refuses_looks_refused_to_the_caller()
    {
        _box.Announce(40_001, TestBox.PlcSegment, 502);
        _client.Connect();
        _box.Receive(TestBox.HostLink, _client.Outgoing.Dequeue());
        var syn = TestBox.ParseTcp(Assert.Single(_box.TakeSent()).Frame);
        _box.Receive(TestBox.Plc, TestBox.Tcp(TestBox.Plc, TestBox.DeviceGateway, 502, syn.SourcePort, 0, syn.SequenceNumber + 1, TcpFlags.Rst | TcpFlags.Ack));
        _wires.Settle(5);
        Assert.True(_client.WasReset);
        Assert.False(_client.Open);
        Assert.Equal(0, _box.Pipeline.Flows.OpenFlows);
    }

    [Fact]
    public void A_target_that_is_silent_is_asked_again_and_then_the_caller_is_told()
    {
        _box.Announce(40_001, TestBox.PlcSegment, 502);
        _client.Connect();
        _box.Receive(TestBox.HostLink, _client.Outgoing.Dequeue());
        _box.Pass(12_000);
        var sent = _box.TakeSent();
        Assert.InRange(sent.Count(s => s.Link == TestBox.PlcLink && TestBox.ParseTcp(s.Frame) is { Synchronize: true }), 2, 5);
        Assert.Contains(sent, s => s.Link == TestBox.HostLink && TestBox.ParseTcp(s.Frame) is { Reset: true });
        Assert.Equal(0, _box.Pipeline.Flows.OpenFlows);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(20)]
    public void Loss_repetition_and_disorder_change_neither_verdict_nor_bytes(int faultsPercent)
    {
        Open();
        _wires.FaultsPercent = faultsPercent;
        var expectedAtPlc = new List<byte>();
        var expectedAtClient = new List<byte>();
        for (ushort i = 0; i < 300; i++)
        {
            if (i % 3 == 0)
            {
                _client.Write(Modbus.WriteRegister(i, 1, i, i));
                expectedAtClient.AddRange(Modbus.Unit(i, 1, [0x86, 1]));
            }
            else
            {
                _client.Write(Modbus.Read(i, 1, 3, i, 4));
                expectedAtPlc.AddRange(Modbus.Read(i, 1, 3, i, 4));
            }
            Assert.True(_wires.Until(() => _plc.Received.Count == expectedAtPlc.Count && _client.Received.Count == expectedAtClient.Count), $"stuck at {i}");
        }
        Assert.Equal(expectedAtPlc, _plc.Received);
        Assert.Equal(expectedAtClient, _client.Received);
    }

    [Fact]
    public void A_device_that_answers_slower_than_it_is_asked_shuts_the_window_and_nothing_is_lost()
    {
        Open();
        // Many requests at once: more than the send buffer towards the device holds.
        var all = Enumerable.Range(0, 2_000).SelectMany(i => Modbus.Read((ushort)i, 1, 3, 0, 1)).ToArray();
        _client.Write(all);
        Assert.True(_wires.Until(() => _plc.Received.Count == all.Length, 20_000));
        Assert.Equal(all, _plc.Received);
    }

    [Fact]
    public void A_reset_with_a_wrong_number_changes_nothing()
    {
        Open();
        _client.Raw(_client.Next + 100, _client.Expected, TcpFlags.Rst, default);
        _client.Raw(_client.Next - 1, _client.Expected, TcpFlags.Rst, default);
        _wires.Settle(5);
        Assert.Equal(2ul, _box.Drops(TestBox.HostLink, DropReason.TcpResetSequence));
        _client.Write(Modbus.Read(1, 1, 3, 0, 1));
        _wires.Settle(10);
        Assert.Equal(12, _plc.Received.Count);
    }

    [Fact]
    public void A_retransmission_with_other_bytes_changes_nothing()
    {
        Open();
        var first = Modbus.Read(1, 1, 3, 0, 1);
        var at = _client.Next;
        _client.Write(first);
        _wires.Settle(10);
        _client.Raw(at, _client.Expected, TcpFlags.Psh | TcpFlags.Ack, Modbus.WriteRegister(1, 1, 0, 1));
        _wires.Settle(10);
        Assert.Equal(first, _plc.Received);
    }

    [Fact]
    public void A_quiet_connection_is_asked_whether_it_lives_and_a_dead_side_ends_both()
    {
        Open();
        _wires.Settle(5);
        _client.Outgoing.Clear();
        _box.TakeSent();
        _box.Pass(100_000);
        Assert.Equal(0, _box.Pipeline.Flows.OpenFlows);
        var sent = _box.TakeSent();
        Assert.Contains(sent, s => s.Link == TestBox.HostLink && TestBox.ParseTcp(s.Frame) is { Reset: true });
        Assert.Contains(sent, s => s.Link == TestBox.PlcLink && TestBox.ParseTcp(s.Frame) is { Reset: true });
    }

    [Fact]
    public void Removing_the_grant_resets_both_sides()
    {
        Open();
        _box.Install(TestBox.DefaultPolicy() with { Conduits = [.. TestBox.DefaultConduits().Where(c => c.From.Kind != EntityKind.Caller)] });
        _wires.Settle(20);
        Assert.True(_client.WasReset);
        Assert.True(_plc.WasReset);
        var closed = Assert.Single(_box.Records, r => r.Kind == LoopRecordKind.FlowClosed);
        Assert.Equal(DropReason.GrantRemoved, closed.Reason);
    }

    [Fact]
    public void A_changed_grant_applies_to_the_open_connection()
    {
        Open();
        var conduits = TestBox.DefaultConduits();
        _box.Install(TestBox.DefaultPolicy() with { Conduits = conduits.SetItem(4, conduits[4] with { Operations = Core.Operations.ModbusRule.Parse("6|10") }) });
        _wires.Settle(20);
        Assert.False(_client.WasReset);
        _client.Write(Modbus.Read(1, 1, 3, 0, 1));
        _client.Write(Modbus.WriteRegister(2, 1, 10, 5));
        _wires.Settle(20);
        Assert.Equal(Modbus.WriteRegister(2, 1, 10, 5), _plc.Received);
        Assert.Equal(Modbus.Unit(1, 1, [0x83, 1]), _client.Received);
    }

    private void Open()
    {
        _box.Announce(40_001, TestBox.PlcSegment, 502);
        _client.Connect();
        _wires.Settle(10);
        Assert.True(_client.Open);
        Assert.True(_plc.Open);
    }
}
