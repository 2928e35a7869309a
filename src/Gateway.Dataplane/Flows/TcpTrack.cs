using Gateway.Core.Policy;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Flows;

internal enum TcpState : byte
{
    None = 0,
    SynSent = 1,
    SynReceived = 2,
    Established = 3,
    Closing = 4,
    Closed = 5,

    /// <summary>Both sides have sent and acknowledged their FIN; a lost acknowledgement may still be asked for.</summary>
    TimeWait = 6,
}

/// <summary>One direction of a tracked TCP flow.</summary>
internal struct TcpDirection
{
    /// <summary>Sequence number behind the last byte it sent.</summary>
    public uint End;

    /// <summary>Largest sequence number the other side has allowed it to send.</summary>
    public uint MaxEnd;

    /// <summary>Largest window it has announced, in bytes, at least 1.</summary>
    public uint MaxWindow;

    /// <summary>Highest acknowledgement it has sent: what it has surely taken.</summary>
    public uint Acked;

    /// <summary>Window scale it announced (RFC 7323); 255: none.</summary>
    public byte Scale;
    public bool Finished;

    /// <summary>Window of its last segment, as sent.</summary>
    public ushort Window;

    /// <summary>Which of its bytes have passed.</summary>
    public PassedRanges Passed;
}

/// <summary>Follows a TCP connection that passes by: handshake, windows, end. A segment outside what both sides have allowed each other
/// is refused. The window rules are those of Guido van Rooij, "Real Stateful TCP Packet Filtering in IP Filter" (2001), made stricter
/// where a segment must end inside the window.</summary>
internal partial struct TcpTrack
{
    private const byte NoScale = 255;
    private const byte MaxScale = 14;
    private const uint LeastAckWindow = 65_535;

    public TcpState State;
    public TcpDirection Source;
    public TcpDirection Target;

    /// <summary>Reset, or ended by both: the opener may use its ports again.</summary>
    public readonly bool IsOver => State is TcpState.Closed or TcpState.TimeWait;

    /// <summary>Begins with the opener's SYN.</summary>
    public void Open(in TcpView syn, in TcpOptions options)
    {
        State = TcpState.SynSent;
        Source.End = syn.Sequence + 1;
        Source.MaxEnd = Source.End;
        Source.Passed.Begin(Source.End);
        Source.MaxWindow = Math.Max(1u, syn.Window);
        Source.Scale = options.HasWindowScale ? Math.Min(options.WindowScale, MaxScale) : NoScale;
        Target.Scale = NoScale;
    }

    /// <summary>Judges one more segment and moves on.</summary>
    /// <param name="fromSource">Whether the opener sent it.</param>
    /// <param name="segment">The segment, of right shape.</param>
    /// <param name="options">Its options.</param>
    /// <param name="ring">Bytes that this direction has passed.</param>
    /// <param name="isTaken">True when the receiver has acknowledged all of its data, or will not read them: it may pass only without them.</param>
    /// <returns>Null when it may pass.</returns>
    public DropReason? Segment(bool fromSource, in TcpView segment, in TcpOptions options, Span<byte> ring, out bool isTaken)
    {
        isTaken = false;
        var flags = segment.Flags;
        if ((flags & TcpFlags.Syn) != 0)
            return TakeSyn(fromSource, segment, options);
        if ((flags & TcpFlags.Rst) != 0)
        {
            // Whoever is reset reads no data (RFC 9293, section 3.10.7.4).
            isTaken = !segment.Payload.IsEmpty;
            return TakeReset(fromSource, segment);
        }
        if ((flags & TcpFlags.Ack) == 0)
            return DropReason.TcpFlagsIllegal;
        if (State is TcpState.SynSent or TcpState.Closed)
            return State == TcpState.Closed ? DropReason.TcpNoFlow : DropReason.TcpAckInvalid;
        if (State == TcpState.SynReceived && fromSource && segment.Acknowledgment != Target.End)
            return DropReason.TcpAckInvalid;
        // Whoever was called speaks when the third step of the handshake has come.
        if (State == TcpState.SynReceived && !fromSource && !segment.Payload.IsEmpty)
            return DropReason.TcpSynWithData;
        if (CheckWindow(fromSource, segment) is { } refused)
            return refused;
        if (segment.SequenceLength > 0 && TakeData(fromSource, segment, ring, out isTaken) is { } differing)
            return differing;
        Advance(fromSource, segment);
        return null;
    }

    /// <summary>Whether a refused SYN or RST is to be answered by an acknowledgement (RFC 5961, sections 3.2 and 4.2): a host that lost
    /// the connection then resets it by the right number, and can open a new one from the same port.</summary>
    public readonly bool Challenges(bool fromSource, in TcpView segment)
    {
        if (State is not (TcpState.SynReceived or TcpState.Established or TcpState.Closing))
            return false;
        ref readonly var sender = ref fromSource ? ref Source : ref Target;
        ref readonly var receiver = ref fromSource ? ref Target : ref Source;
        return (segment.Flags & TcpFlags.Syn) != 0
            || !(Before(segment.Sequence, receiver.Acked) || After(segment.Sequence, sender.MaxEnd));
    }

    private DropReason? TakeSyn(bool fromSource, in TcpView segment, in TcpOptions options)
    {
        var isReply = (segment.Flags & TcpFlags.Ack) != 0;
        if (fromSource)
        {
            if (State != TcpState.SynSent || isReply)
                return DropReason.TcpSecondSyn;
            // Repeated until it is answered; with another number by a host that has started anew since.
            if (segment.Sequence + 1 != Source.End)
                Open(segment, options);
            return null;
        }
        if (!isReply)
            return DropReason.TcpFlagsIllegal;
        if (State == TcpState.SynReceived)
            return segment.Sequence + 1 == Target.End && segment.Acknowledgment == Source.End ? null : DropReason.TcpSecondSyn;
        if (State != TcpState.SynSent)
            return DropReason.TcpSecondSyn;
        if (segment.Acknowledgment != Source.End)
            return DropReason.TcpAckInvalid;
        State = TcpState.SynReceived;
        Target.End = segment.Sequence + 1;
        Target.Passed.Begin(Target.End);
        Target.Window = segment.Window;
        Target.MaxWindow = Math.Max(1u, segment.Window);
        Target.MaxEnd = Target.End + Source.MaxWindow;
        Target.Acked = segment.Acknowledgment;
        Source.Acked = Target.End;
        Source.MaxEnd = segment.Acknowledgment + Target.MaxWindow;
        // Scaling needs both sides (RFC 7323, section 2.2).
        if (Source.Scale != NoScale && options.HasWindowScale)
            Target.Scale = Math.Min(options.WindowScale, MaxScale);
        else
            Source.Scale = Target.Scale = NoScale;
        return null;
    }

    private DropReason? TakeReset(bool fromSource, in TcpView segment)
    {
        ref readonly var sender = ref fromSource ? ref Source : ref Target;
        ref readonly var receiver = ref fromSource ? ref Target : ref Source;
        if (State == TcpState.SynSent)
        {
            var refusesSyn = !fromSource && (segment.Flags & TcpFlags.Ack) != 0 && segment.Acknowledgment == Source.End;
            var withdraws = fromSource && segment.Sequence == Source.End;
            if (!refusesSyn && !withdraws)
                return DropReason.TcpResetSequence;
        }
        else if (segment.Sequence != receiver.Acked && segment.Sequence != sender.End)
        {
            // RFC 5961, section 3.2: exactly the next byte the receiver expects, as far as we can know it.
            return DropReason.TcpResetSequence;
        }
        State = TcpState.Closed;
        return null;
    }

    private readonly DropReason? CheckWindow(bool fromSource, in TcpView segment)
    {
        ref readonly var sender = ref fromSource ? ref Source : ref Target;
        ref readonly var receiver = ref fromSource ? ref Target : ref Source;
        var end = segment.Sequence + segment.SequenceLength;
        if (After(end, sender.MaxEnd) || Before(segment.Sequence, sender.End - receiver.MaxWindow - 1))
            return DropReason.TcpOutOfWindow;
        var ackWindow = Math.Max(sender.MaxWindow, LeastAckWindow);
        if (After(segment.Acknowledgment, receiver.End) || Before(segment.Acknowledgment, receiver.End - ackWindow))
            return DropReason.TcpAckInvalid;
        return null;
    }

    private DropReason? TakeData(bool fromSource, in TcpView segment, Span<byte> ring, out bool isTaken)
    {
        ref var sender = ref fromSource ? ref Source : ref Target;
        ref readonly var receiver = ref fromSource ? ref Target : ref Source;
        var payload = segment.Payload;
        var start = segment.Sequence;
        var end = start + segment.SequenceLength;
        isTaken = !payload.IsEmpty && !After(end, receiver.Acked);
        if (isTaken)
            return null;
        // A FIN has one place, and nothing is behind it.
        var finishes = (segment.Flags & TcpFlags.Fin) != 0;
        if (sender.Finished ? After(end, sender.End) || (finishes && end != sender.End) : finishes && !After(end, sender.End))
            return DropReason.TcpOutOfWindow;
        if (sender.Passed.Differs(start, payload, sender.End, ring))
            return DropReason.TcpOverlapDiffers;
        if (!sender.Passed.TryAdd(start, end))
            return DropReason.TcpOutOfWindow;
        sender.Passed.Keep(Before(sender.End, end) ? end : sender.End);
        // Older than the ring remembers: nothing of the newest bytes may be written over.
        var oldest = Before(sender.End, end) ? end - PassedBytes.BytesPerDirection : sender.End - PassedBytes.BytesPerDirection;
        var skipped = Before(start, oldest) ? Math.Min((int)(oldest - start), payload.Length) : 0;
        PassedBytes.Write(ring, start + (uint)skipped, payload[skipped..]);
        return null;
    }

    private void Advance(bool fromSource, in TcpView segment)
    {
        ref var sender = ref fromSource ? ref Source : ref Target;
        ref var receiver = ref fromSource ? ref Target : ref Source;
        var end = segment.Sequence + segment.SequenceLength;
        // An empty segment shows where its sender is, not that anything has passed up to there.
        if (segment.SequenceLength > 0 && After(end, sender.End))
            sender.End = end;
        if (After(segment.Acknowledgment, sender.Acked))
            sender.Acked = segment.Acknowledgment;
        sender.Window = segment.Window;
        var window = (uint)segment.Window << (sender.Scale == NoScale ? 0 : sender.Scale);
        sender.MaxWindow = Math.Max(sender.MaxWindow, Math.Max(1, window));
        var allowed = segment.Acknowledgment + Math.Max(1, window);
        if (After(allowed, receiver.MaxEnd))
            receiver.MaxEnd = allowed;
        if (State == TcpState.SynReceived && fromSource)
            State = TcpState.Established;
        if ((segment.Flags & TcpFlags.Fin) != 0)
        {
            sender.Finished = true;
            State = State == TcpState.TimeWait ? State : TcpState.Closing;
        }
        if (Source.Finished && Target.Finished && Source.Acked == Target.End && Target.Acked == Source.End)
            State = TcpState.TimeWait;
    }

    private static bool Before(uint left, uint right) => unchecked((int)(left - right)) < 0;

    private static bool After(uint left, uint right) => unchecked((int)(left - right)) > 0;
}
