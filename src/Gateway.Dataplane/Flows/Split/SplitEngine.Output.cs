using Gateway.Core.Policy;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Flows.Split;

/// <summary>5 Output, and the timers.</summary>
internal sealed unsafe partial class SplitEngine
{
    /// <summary>Does what is due: retransmissions, delayed acknowledgements, keep-alives, ends. Cheap when nothing is.</summary>
    public void Advance(long nowMs)
    {
        if (nowMs < _nextDueMs)
            return;
        _nextDueMs = long.MaxValue;
        for (var i = _activeCount - 1; i >= 0; i--)
        {
            var split = _flows[_active[i]];
            if (AdvanceFlow(split, nowMs))
                Due(EarliestOf(split));
        }
    }

    /// <summary>Both sides have closed; only a repeated FIN is still answered.</summary>
    public bool IsOver(int index) => _flows[index].Lingering;

    /// <returns>False when the flow ended.</returns>
    private bool AdvanceFlow(SplitFlow split, long nowMs)
    {
        if (split.EndAtMs != 0 && split.EndAtMs <= nowMs)
        {
            if (split.Lingering)
                Free(split, null);
            else
                End(split.Index, DropReason.FlowTimeout);
            return false;
        }
        return AdvanceSide(split, source: true, nowMs) && AdvanceSide(split, source: false, nowMs);
    }

    private bool AdvanceSide(SplitFlow split, bool source, long nowMs)
    {
        ref var side = ref split.Side(source);
        if (side.AckAtMs != 0 && side.AckAtMs <= nowMs)
            SendAck(split, source);
        if (side.RetransmitAtMs != 0 && side.RetransmitAtMs <= nowMs && !Retransmit(split, source, nowMs))
            return false;
        return side.State != SideState.Open || KeepAlive(split, source, nowMs);
    }

    private bool Retransmit(SplitFlow split, bool source, long nowMs)
    {
        ref var side = ref split.Side(source);
        if (side is { State: SideState.Open, Send: { HasOutstanding: false, IsBlocked: false } })
        {
            side.RetransmitAtMs = 0;
            return true;
        }
        var tries = side.State == SideState.Open ? SplitLimits.DataTries : SplitLimits.OpenTries;
        if (side.Send.Tries >= tries)
        {
            End(split.Index, DropReason.FlowTimeout);
            return false;
        }
        var blocked = side.Send.IsBlocked;
        side.Send.TimedOut();
        side.RetransmitAtMs = nowMs + side.Send.RetransmitMs;
        if (side.State != SideState.Open)
            SendSyn(split, source, nowMs);
        else if (blocked)
            SendData(split, source, 1, nowMs);
        else
            OutputSide(split, source, nowMs);
        return true;
    }

    private bool KeepAlive(SplitFlow split, bool source, long nowMs)
    {
        ref var side = ref split.Side(source);
        if (nowMs < KeepAliveDueMs(side))
            return true;
        if (side.KeepAlives >= SplitLimits.KeepAliveTries)
        {
            End(split.Index, DropReason.FlowTimeout);
            return false;
        }
        side.KeepAlives++;
        // One byte before what we sent last: the peer must acknowledge it (RFC 9293, section 3.8.4).
        _host.Send(split.Flow, source, Header(ref side, side.Send.Next - 1, TcpFlags.Ack), default, default);
        return true;
    }

    private static long KeepAliveDueMs(in SplitSide side) =>
        side.HeardAtMs + SplitLimits.KeepAliveAfterMs + (side.KeepAlives * (long)SplitLimits.KeepAliveEveryMs);

    private static long EarliestOf(SplitFlow split)
    {
        var due = split.EndAtMs == 0 ? long.MaxValue : split.EndAtMs;
        return Math.Min(due, Math.Min(EarliestOfSide(split.Source), EarliestOfSide(split.Target)));
    }

    private static long EarliestOfSide(in SplitSide side)
    {
        var due = side.State == SideState.Open ? KeepAliveDueMs(side) : long.MaxValue;
        if (side.RetransmitAtMs != 0)
            due = Math.Min(due, side.RetransmitAtMs);
        return side.AckAtMs != 0 ? Math.Min(due, side.AckAtMs) : due;
    }

    private void Output(SplitFlow split, long nowMs)
    {
        OutputSide(split, source: true, nowMs);
        OutputSide(split, source: false, nowMs);
        if (split.Lingering || !split.Source.Send.IsDone || !split.Target.Send.IsDone)
        {
            Due(EarliestOf(split));
            return;
        }
        split.Lingering = true;
        split.EndAtMs = nowMs + SplitLimits.LingerMs;
        Due(split.EndAtMs);
    }

    private void OutputSide(SplitFlow split, bool source, long nowMs)
    {
        ref var side = ref split.Side(source);
        if (side.State != SideState.Open)
            return;
        if (side.Send.TakeFastRetransmit())
            Resend(split, source);
        for (var count = side.Send.Sendable(); count > 0; count = side.Send.Sendable())
            SendData(split, source, count, nowMs);
        if (side.Send.MayFinish)
        {
            var header = Header(ref side, side.Send.Next, TcpFlags.Fin | TcpFlags.Ack);
            side.Send.Sent(1, nowMs);
            _host.Send(split.Flow, source, header, default, default);
        }
        if ((side.Send.HasOutstanding || side.Send.IsBlocked) && side.RetransmitAtMs == 0)
            side.RetransmitAtMs = nowMs + side.Send.RetransmitMs;
        if ((side.AckAtMs != 0 && side.AckAtMs <= nowMs) || side.Receive.WindowReopened)
            SendAck(split, source);
    }

    private void SendData(SplitFlow split, bool source, int count, long nowMs)
    {
        ref var side = ref split.Side(source);
        side.Send.Peek(side.Send.Next, count, out var first, out var second);
        var header = Header(ref side, side.Send.Next, TcpFlags.Psh | TcpFlags.Ack);
        side.Send.Sent((uint)count, nowMs);
        _host.Send(split.Flow, source, header, first, second);
    }

    private void Resend(SplitFlow split, bool source)
    {
        ref var side = ref split.Side(source);
        var count = (int)Math.Min(side.Send.SegmentBytes, side.Send.Most - side.Send.Unacked);
        count = Math.Min(count, SplitLimits.SendBytes - side.Send.Free);
        if (count == 0)
            return;
        side.Send.Peek(side.Send.Unacked, count, out var first, out var second);
        _host.Send(split.Flow, source, Header(ref side, side.Send.Unacked, TcpFlags.Psh | TcpFlags.Ack), first, second);
    }

    private void SendSyn(SplitFlow split, bool toSource, long nowMs)
    {
        ref var side = ref split.Side(toSource);
        var flags = toSource ? TcpFlags.Syn | TcpFlags.Ack : TcpFlags.Syn;
        var header = new SegmentHeader(
            side.Send.Next, toSource ? side.Receive.Next : 0, flags, side.Receive.Window(), SplitLimits.MaxSegmentBytes);
        side.Send.Sent(1, nowMs);
        side.RetransmitAtMs = nowMs + side.Send.RetransmitMs;
        _host.Send(split.Flow, toSource, header, default, default);
        Due(side.RetransmitAtMs);
    }

    private void SendAck(SplitFlow split, bool toSource)
    {
        ref var side = ref split.Side(toSource);
        _host.Send(split.Flow, toSource, Header(ref side, side.Send.Next, TcpFlags.Ack), default, default);
    }

    private void SendReset(SplitFlow split, bool toSource)
    {
        ref var side = ref split.Side(toSource);
        if (side.State == SideState.Closed)
            return;
        // RFC 9293, section 3.5.2: towards an opener without a SYN-ACK the reset acknowledges its SYN; without anything received there
        // is nothing to acknowledge.
        var header = side.State switch
        {
            SideState.Waiting => new SegmentHeader(0, side.Receive.Next, TcpFlags.Rst | TcpFlags.Ack, 0, 0),
            SideState.SynSent => new SegmentHeader(side.Send.Next, 0, TcpFlags.Rst, 0, 0),
            _ => new SegmentHeader(side.Send.Next, side.Receive.Next, TcpFlags.Rst | TcpFlags.Ack, 0, 0),
        };
        _host.Send(split.Flow, toSource, header, default, default);
        side.State = SideState.Closed;
    }

    /// <summary>One side reset or refused the connection: the other is told, the flow is over.</summary>
    private void Abort(SplitFlow split, bool fromSource)
    {
        split.Side(fromSource).State = SideState.Closed;
        SendReset(split, !fromSource);
        Free(split, null);
    }

    private static SegmentHeader Header(ref SplitSide side, uint sequence, TcpFlags flags)
    {
        // Every segment carries the acknowledgement, so none waits any more.
        side.AckAtMs = 0;
        return new SegmentHeader(sequence, side.Receive.Next, flags, side.Receive.Window(), 0);
    }

    private void WantAck(ref SplitSide side, long atMs)
    {
        side.AckAtMs = side.AckAtMs == 0 ? atMs : Math.Min(side.AckAtMs, atMs);
        Due(side.AckAtMs);
    }

    private void Due(long atMs) => _nextDueMs = Math.Min(_nextDueMs, atMs);

    private void Free(SplitFlow split, DropReason? reason)
    {
        var index = split.Index;
        var last = _active[--_activeCount];
        _active[_activeIndex[index]] = last;
        _activeIndex[last] = _activeIndex[index];
        _free[_freeCount++] = index;
        var flow = split.Flow;
        split.Flow = -1;
        split.EndAtMs = 0;
        split.Source.State = SideState.Closed;
        split.Target.State = SideState.Closed;
        _host.Closed(flow, reason);
    }
}
