using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gateway.Core.Policy;
using Gateway.Dataplane.Inspectors;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Flows.Split;

/// <summary>Ends inspected TCP flows on both sides (docs/decisions/0003). A table of contents of a segment's way:
/// 1 state of the side, 2 acknowledgement, 3 data in order, 4 judgement both ways, 5 output both ways.
/// Used by the packet loop's thread alone; allocates only when it is made.</summary>
internal sealed unsafe partial class SplitEngine : IDisposable
{
    private const int BytesPerFlow = 2 * (SplitLimits.ReceiveBytes + SplitLimits.SendBytes);

    private readonly SplitHost _host;
    private readonly SplitFlow[] _flows;
    private readonly int[] _free;
    private readonly int[] _active;
    private readonly int[] _activeIndex;
    private readonly byte* _memory;
    private readonly byte[] _answer = new byte[SplitLimits.ReceiveBytes];
    private int _freeCount;
    private int _activeCount;
    private long _nextDueMs = long.MaxValue;

    /// <param name="host">Surroundings.</param>
    /// <param name="capacity">Most inspected flows at once.</param>
    /// <param name="stateBytes">Largest state of any inspector.</param>
    public SplitEngine(SplitHost host, int capacity, int stateBytes)
    {
        _host = host;
        _flows = new SplitFlow[capacity];
        _free = new int[capacity];
        _active = new int[capacity];
        _activeIndex = new int[capacity];
        // Pages are touched when a flow uses them, so an unused pool costs address space only.
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)(capacity * BytesPerFlow), 64);
        for (var i = 0; i < capacity; i++)
        {
            _flows[i] = new SplitFlow { Index = i, State = new byte[stateBytes] };
            _free[i] = capacity - 1 - i;
        }
        _freeCount = capacity;
    }

    public int OpenCount => _activeCount;

    /// <summary>When <see cref="Advance"/> has something to do; <see cref="long.MaxValue"/> when nothing waits.</summary>
    public long NextDueMs => _nextDueMs;

    /// <summary>Takes the opener's SYN, which policy has allowed, and calls the target.</summary>
    /// <param name="flow">Index in the flow table.</param>
    /// <param name="syn">The SYN.</param>
    /// <param name="inspector">Reads the flow.</param>
    /// <param name="nowMs">Time.</param>
    /// <returns>Index in the pool; -1 when it is full.</returns>
    public int Open(int flow, in TcpSegment syn, StreamInspector inspector, long nowMs)
    {
        if (_freeCount == 0)
            return -1;
        var index = _free[--_freeCount];
        var split = _flows[index];
        _activeIndex[index] = _activeCount;
        _active[_activeCount++] = index;
        split.Flow = flow;
        split.Inspector = inspector;
        split.State.AsSpan().Clear();
        split.Lingering = false;
        Prepare(ref split.Source, _memory + ((long)index * BytesPerFlow), nowMs);
        Prepare(ref split.Target, _memory + ((long)index * BytesPerFlow) + (BytesPerFlow / 2), nowMs);
        split.Source.State = SideState.Waiting;
        split.Source.Receive.Next = syn.Sequence + 1;
        split.Source.PeerSegmentBytes = syn.MaxSegmentBytes;
        split.Source.PeerWindow = syn.Window;
        split.Target.State = SideState.SynSent;
        split.EndAtMs = nowMs + FlowLimits.TcpOpeningMs;
        SendSyn(split, toSource: false, nowMs);
        Due(split.EndAtMs);
        return index;
    }

    /// <summary>Takes a segment of an open flow.</summary>
    /// <returns>Null when it was used; else why it was refused, for the counters.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public DropReason? Segment(int index, bool fromSource, in TcpSegment segment, long nowMs)
    {
        var split = _flows[index];
        ref var side = ref split.Side(fromSource);
        var refused = side.State switch
        {
            SideState.Waiting => WhileWaiting(split, segment),
            SideState.SynSent => WhileSynSent(split, segment, nowMs),
            SideState.SynReceived or SideState.Open => WhileOpen(split, fromSource, segment, nowMs),
            _ => DropReason.TcpNoFlow,
        };
        if (split.Flow < 0)
            return refused;
        side.HeardAtMs = nowMs;
        side.KeepAlives = 0;
        Judge(split, fromSource: true);
        if (split.Flow >= 0)
            Judge(split, fromSource: false);
        if (split.Flow >= 0)
            Output(split, nowMs);
        return refused;
    }

    /// <summary>Ends a flow now: both sides get a reset, unless both have closed already.</summary>
    /// <param name="index">Index in the pool.</param>
    /// <param name="reason">Why, when by force.</param>
    public void End(int index, DropReason? reason)
    {
        var split = _flows[index];
        if (!split.Lingering)
        {
            SendReset(split, toSource: true);
            SendReset(split, toSource: false);
        }
        Free(split, reason);
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);

    private static void Prepare(ref SplitSide side, byte* memory, long nowMs)
    {
        side = default;
        uint initial;
        RandomNumberGenerator.Fill(new Span<byte>(&initial, sizeof(uint)));
        side.Send.Reset(memory, initial);
        side.Receive.Reset(memory + SplitLimits.SendBytes);
        side.HeardAtMs = nowMs;
    }

    // 1 State of the side.
    private DropReason? WhileWaiting(SplitFlow split, in TcpSegment segment)
    {
        ref var side = ref split.Source;
        if (segment.Has(TcpFlags.Rst))
        {
            if (segment.Sequence != side.Receive.Next)
                return DropReason.TcpResetSequence;
            Abort(split, fromSource: true);
            return null;
        }
        // The opener repeats its SYN until the target has answered.
        return segment.Has(TcpFlags.Syn) && segment.Sequence + 1 == side.Receive.Next ? null : DropReason.TcpOutOfWindow;
    }

    private DropReason? WhileSynSent(SplitFlow split, in TcpSegment segment, long nowMs)
    {
        ref var side = ref split.Target;
        if (!segment.Has(TcpFlags.Ack) || segment.Acknowledgement != side.Send.Next)
            return DropReason.TcpAckInvalid;
        if (segment.Has(TcpFlags.Rst))
        {
            Abort(split, fromSource: false);
            return null;
        }
        if (!segment.Has(TcpFlags.Syn))
            return DropReason.TcpFlagsIllegal;
        side.Receive.Next = segment.Sequence + 1;
        side.Send.Acknowledge(segment, nowMs);
        side.Send.Begin(segment.MaxSegmentBytes, _host.MtuOf(split.Flow, toSource: false), segment.Window, segment.Sequence, segment.Acknowledgement);
        side.State = SideState.Open;
        side.RetransmitAtMs = 0;
        SendAck(split, toSource: false);
        split.Source.State = SideState.SynReceived;
        split.EndAtMs = nowMs + FlowLimits.TcpOpeningMs;
        SendSyn(split, toSource: true, nowMs);
        return null;
    }

    private DropReason? WhileOpen(SplitFlow split, bool fromSource, in TcpSegment segment, long nowMs)
    {
        ref var side = ref split.Side(fromSource);
        if (segment.Has(TcpFlags.Rst))
            return TakeReset(split, fromSource, segment);
        if (segment.Has(TcpFlags.Syn))
            return TakeSynOnOpen(split, fromSource, segment, nowMs);
        if (!segment.Has(TcpFlags.Ack))
            return DropReason.TcpFlagsIllegal;
        if (unchecked((int)(segment.Sequence - side.Receive.Next)) > SplitLimits.ReceiveBytes)
        {
            SendAck(split, fromSource);
            return DropReason.TcpOutOfWindow;
        }
        if (Acknowledge(split, ref side, fromSource, segment, nowMs) is { } refused)
            return refused;
        return TakeData(split, fromSource, segment, nowMs);
    }

    private DropReason? TakeReset(SplitFlow split, bool fromSource, in TcpSegment segment)
    {
        ref var side = ref split.Side(fromSource);
        if (segment.Sequence != side.Receive.Next)
        {
            // RFC 5961, section 3.2: only the exact number resets; a near one is asked to repeat itself.
            SendAck(split, fromSource);
            return DropReason.TcpResetSequence;
        }
        Abort(split, fromSource);
        return null;
    }

    private DropReason? TakeSynOnOpen(SplitFlow split, bool fromSource, in TcpSegment segment, long nowMs)
    {
        ref var side = ref split.Side(fromSource);
        if (side.State == SideState.SynReceived && segment.Sequence + 1 == side.Receive.Next)
        {
            side.Send.Next = side.Send.Unacked;
            SendSyn(split, fromSource, nowMs);
            return null;
        }
        // RFC 5961, section 4.2.
        SendAck(split, fromSource);
        return DropReason.TcpSecondSyn;
    }

    // 2 Acknowledgement.
    private DropReason? Acknowledge(SplitFlow split, ref SplitSide side, bool fromSource, in TcpSegment segment, long nowMs)
    {
        var ack = segment.Acknowledgement;
        if (Sequence.Before(side.Send.Most, ack))
        {
            SendAck(split, fromSource);
            return DropReason.TcpAckInvalid;
        }
        if (Sequence.Before(ack, side.Send.Unacked))
            return null;
        if (side.State == SideState.SynReceived)
        {
            if (ack != side.Send.Next)
                return DropReason.TcpAckInvalid;
            side.State = SideState.Open;
            split.EndAtMs = 0;
            side.Send.Acknowledge(segment, nowMs);
            side.Send.Begin(side.PeerSegmentBytes, _host.MtuOf(split.Flow, toSource: fromSource), segment.Window, segment.Sequence, ack);
            side.RetransmitAtMs = 0;
            return null;
        }
        if (side.Send.Acknowledge(segment, nowMs))
            side.RetransmitAtMs = side.Send.HasOutstanding ? nowMs + side.Send.RetransmitMs : 0;
        else if (side.Send.IsBlocked)
            side.Send.Tries = 0;
        return null;
    }

    // 3 Data, strictly in order.
    private DropReason? TakeData(SplitFlow split, bool fromSource, in TcpSegment segment, long nowMs)
    {
        ref var side = ref split.Side(fromSource);
        var payload = segment.Payload;
        var finishes = segment.Has(TcpFlags.Fin);
        if (payload.IsEmpty && !finishes && segment.Sequence == side.Receive.Next)
            return null;
        var behind = unchecked((int)(side.Receive.Next - segment.Sequence));
        if (behind < 0)
        {
            // A hole before it: the duplicate acknowledgement makes the peer fill it.
            SendAck(split, fromSource);
            return DropReason.TcpOutOfWindow;
        }
        if (behind > payload.Length + (finishes ? 1 : 0) || (behind >= payload.Length && !finishes))
        {
            // All of it was taken before: a retransmission, or a keep-alive. First bytes win, whatever these are.
            SendAck(split, fromSource);
            return behind > SplitLimits.ReceiveBytes + SplitLimits.MaxSegmentBytes ? DropReason.TcpOutOfWindow : null;
        }
        if (side.Receive.Finished)
        {
            SendAck(split, fromSource);
            return null;
        }
        var fresh = payload[Math.Min(behind, payload.Length)..];
        var taken = side.Receive.Take(fresh);
        if (finishes && taken == fresh.Length)
        {
            side.Receive.Finished = true;
            side.Receive.Next++;
            split.EndAtMs = nowMs + SplitLimits.HalfClosedMs;
            Due(split.EndAtMs);
        }
        WantAck(ref side, finishes || taken < fresh.Length ? nowMs : nowMs + SplitLimits.DelayedAckMs);
        return null;
    }

    // 4 Judgement: whole units only, one after the other.
    private void Judge(SplitFlow split, bool fromSource)
    {
        ref var from = ref split.Side(fromSource);
        ref var to = ref split.Side(!fromSource);
        var inspector = split.Inspector!;
        while (!from.Receive.IsEmpty && to.State == SideState.Open)
        {
            // Back-pressure: without room for the longest unit either way nothing is judged, and the window shuts.
            if (to.Send.Free < inspector.MaxUnitBytes || from.Send.Free < inspector.MaxUnitBytes)
                return;
            var bytes = from.Receive.Unjudged;
            var judgement = fromSource
                ? inspector.JudgeRequest(bytes, split.State, _host.Grants(split.Flow), _answer)
                : inspector.JudgeResponse(bytes, split.State);
            if (judgement.Kind == JudgementKind.NeedMore)
            {
                if (!from.Receive.Finished)
                {
                    // Half a unit: acknowledge at once, or a sender that waits for it (Nagle) never sends the rest.
                    if (from.AckAtMs > 0)
                        WantAck(ref from, 1);
                    return;
                }
                judgement = new Judgement { Kind = JudgementKind.Reset, Reason = DropReason.ProtocolMalformed };
            }
            if (!Apply(split, ref from, ref to, bytes, judgement))
                return;
        }
        if (from.Receive is { Finished: true, IsEmpty: true })
            to.Send.Finishing = true;
    }

    private bool Apply(SplitFlow split, ref SplitSide from, ref SplitSide to, ReadOnlySpan<byte> bytes, in Judgement judgement)
    {
        if (judgement.Record || judgement.Reason != DropReason.NoGrant)
            _host.Record(split.Flow, judgement);
        switch (judgement.Kind)
        {
            case JudgementKind.Pass:
                to.Send.Append(bytes[..judgement.ConsumedBytes]);
                break;
            case JudgementKind.Answer:
                from.Send.Append(_answer.AsSpan(0, judgement.AnswerBytes));
                break;
            case JudgementKind.Discard:
                break;
            default:
                SendReset(split, toSource: true);
                SendReset(split, toSource: false);
                Free(split, judgement.Reason);
                return false;
        }
        from.Receive.Consume(judgement.ConsumedBytes);
        return true;
    }
}
