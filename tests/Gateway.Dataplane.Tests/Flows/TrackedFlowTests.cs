using Gateway.Core.Policy;
using Gateway.Dataplane.Pipeline;
using Gateway.Dataplane.Tests.Pipeline;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.Flows;

/// <summary>TCP that passes packet by packet (no inspection asked): only what belongs to the connection passes.</summary>
public sealed class TrackedFlowTests : IDisposable
{
    private const uint ClientStart = 0xFFFF_FFF0;
    private const uint ServerStart = 70_000;
    private readonly TestBox _box = new();

    public void Dispose() => _box.Dispose();

    [Fact]
    public void In_window_data_passes_both_ways_across_the_wrap_of_numbers()
    {
        Establish();
        Assert.True(FromPlc(TcpFlags.Psh | TcpFlags.Ack, 1, 1, new byte[100]));
        Assert.True(FromHost(TcpFlags.Ack, 1, 101));
        Assert.True(FromHost(TcpFlags.Psh | TcpFlags.Ack, 1, 101, new byte[200]));
        Assert.True(FromPlc(TcpFlags.Ack, 101, 201));
    }

    [Fact]
    public void Data_beyond_the_window_is_refused()
    {
        Establish();
        Assert.False(FromPlc(TcpFlags.Psh | TcpFlags.Ack, 9_000, 1, new byte[10]));
        Assert.False(FromPlc(TcpFlags.Psh | TcpFlags.Ack, 7_995, 1, new byte[10]));
        Assert.Equal(2ul, _box.Drops(TestBox.PlcLink, DropReason.TcpOutOfWindow));
        Assert.True(FromPlc(TcpFlags.Psh | TcpFlags.Ack, 1, 1, new byte[10]));
    }

    [Fact]
    public void An_acknowledgement_of_what_was_never_sent_is_refused()
    {
        Establish();
        Assert.False(FromPlc(TcpFlags.Ack, 1, 5_000));
        Assert.Equal(1ul, _box.Drops(TestBox.PlcLink, DropReason.TcpAckInvalid));
    }

    [Fact]
    public void A_reset_needs_the_exact_number()
    {
        Establish();
        Assert.False(FromPlc(TcpFlags.Rst, 500, 0));
        Assert.True(FromPlc(TcpFlags.Rst | TcpFlags.Ack, 1, 1));
        Assert.False(FromHost(TcpFlags.Psh | TcpFlags.Ack, 1, 1, new byte[1]));
    }

    [Fact]
    public void A_second_syn_on_an_open_connection_is_refused()
    {
        Establish();
        Assert.False(FromPlc(TcpFlags.Syn, 500, 0));
        Assert.Equal(1ul, _box.Drops(TestBox.PlcLink, DropReason.TcpSecondSyn));
    }

    [Fact]
    public void A_closed_connection_makes_room_for_the_next_with_the_same_ports()
    {
        Establish();
        Assert.True(FromPlc(TcpFlags.Fin | TcpFlags.Ack, 1, 1));
        Assert.True(FromHost(TcpFlags.Fin | TcpFlags.Ack, 1, 2));
        Assert.True(FromPlc(TcpFlags.Ack, 2, 2));
        Assert.True(FromPlc(TcpFlags.Syn, 50_000, 0));
        Assert.Equal(2, _box.Records.Count(r => r.Kind == LoopRecordKind.FlowOpened));
    }

    [Fact]
    public void An_answer_to_the_handshake_must_fit_it()
    {
        Assert.True(FromPlc(TcpFlags.Syn, 0, 0));
        Assert.False(FromHost(TcpFlags.Syn | TcpFlags.Ack, 0, 5));
        Assert.False(FromHost(TcpFlags.Ack, 1, 1));
        Assert.False(FromPlc(TcpFlags.Psh | TcpFlags.Ack, 1, 1, new byte[10]));
        Assert.True(FromHost(TcpFlags.Syn | TcpFlags.Ack, 0, 1));
    }

    [Fact]
    public void A_connection_whose_grant_is_removed_is_reset_on_both_sides()
    {
        Establish();
        _box.Install(TestBox.DefaultPolicy() with { Conduits = TestBox.DefaultConduits().RemoveAt(0) });
        _box.Pass(300);
        var resets = _box.TakeSent().Where(s => TestBox.ParseTcp(s.Frame) is { Reset: true }).Select(s => s.Link).ToList();
        Assert.Equal([TestBox.PlcLink, TestBox.HostLink], resets.Order());
        Assert.False(FromPlc(TcpFlags.Psh | TcpFlags.Ack, 1, 1, new byte[1]));
    }

    private void Establish()
    {
        Assert.True(FromPlc(TcpFlags.Syn, 0, 0));
        Assert.True(FromHost(TcpFlags.Syn | TcpFlags.Ack, 0, 1));
        Assert.True(FromPlc(TcpFlags.Ack, 1, 1));
    }

    /// <summary>Sends a segment from the PLC; numbers are relative to both sides' first ones. True when it came out at the other side.</summary>
    private bool FromPlc(TcpFlags flags, uint sequence, uint ack, byte[]? data = null)
    {
        var acknowledgement = (flags & TcpFlags.Ack) != 0 ? ServerStart + ack : 0;
        _box.Receive(TestBox.Plc, TestBox.Tcp(TestBox.Plc, TestBox.Historian, 45_000, 8_086, ClientStart + sequence, acknowledgement, flags, data));
        return _box.TakeSent().Any(s => s.Link == TestBox.HostLink);
    }

    private bool FromHost(TcpFlags flags, uint sequence, uint ack, byte[]? data = null)
    {
        _box.Receive(TestBox.Host, TestBox.Tcp(TestBox.Host, TestBox.PlcSegment, TestBox.HistorianListener, 45_000, ServerStart + sequence, ClientStart + ack, flags, data));
        return _box.TakeSent().Any(s => s.Link == TestBox.PlcLink);
    }
}
