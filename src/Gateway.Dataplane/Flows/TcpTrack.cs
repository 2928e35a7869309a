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

    /// <summary>Begins with the opener's SYN.</summary>
    public void Open(in TcpView syn, in TcpOptions options)
    {
        State = TcpState.SynSent;
        Source.End = syn.Sequence + 1;
        Source.MaxEnd = Source.End;
        Source.MaxWindow = Math.Max(1u, syn.Window);
        Source.Scale = options.HasWindowScale ? Math.Min(options.WindowScale, MaxScale) : NoScale;
        Target.Scale = NoScale;
    }

    /// <summary>Judges one more segment and moves on.</summary>
    /// <returns>Null when it may pass.</returns>
    public DropReason? Segment(bool fromSource, in TcpView segment, in TcpOptions options)
    {
        var flags = segment.Flags;
        if ((flags & TcpFlags.Syn) != 0)
            return TakeSyn(fromSource, segment, options);
        if ((flags & TcpFlags.Rst) != 0)
            return TakeReset(fromSource, segment);
        if ((flags & TcpFlags.Ack) == 0)
            return DropReason.TcpFlagsIllegal;
        if (State is TcpState.SynSent or TcpState.Closed)
            return State == TcpState.Closed ? DropReason.TcpNoFlow : DropReason.TcpAckInvalid;
        if (State == TcpState.SynReceived && fromSource && segment.Acknowledgment != Target.End)
            return DropReason.TcpAckInvalid;
        if (CheckWindow(fromSource, segment) is { } refused)
            return refused;
        Advance(fromSource, segment);
        return null;
    }

    private DropReason? TakeSyn(bool fromSource, in TcpView segment, in TcpOptions options)
    {
        var isReply = (segment.Flags & TcpFlags.Ack) != 0;
        if (fromSource)
        {
            // Repeated until it is answered.
            return State == TcpState.SynSent && !isReply && segment.Sequence + 1 == Source.End ? null : DropReason.TcpSecondSyn;
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
        Target.MaxWindow = Math.Max(1u, segment.Window);
        Target.MaxEnd = Target.End + Source.MaxWindow;
        Target.Acked = segment.Acknowledgment;
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

    private void Advance(bool fromSource, in TcpView segment)
    {
        ref var sender = ref fromSource ? ref Source : ref Target;
        ref var receiver = ref fromSource ? ref Target : ref Source;
        var end = segment.Sequence + segment.SequenceLength;
        if (After(end, sender.End))
            sender.End = end;
        if (After(segment.Acknowledgment, sender.Acked) || sender.Acked == 0)
            sender.Acked = segment.Acknowledgment;
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
            State = TcpState.Closing;
        }
        if (Source.Finished && Target.Finished && Source.Acked == Target.End && Target.Acked == Source.End)
            State = TcpState.Closed;
    }

    private static bool Before(uint left, uint right) => unchecked((int)(left - right)) < 0;

    private static bool After(uint left, uint right) => unchecked((int)(left - right)) > 0;
}
