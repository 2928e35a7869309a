using Gateway.Dataplane.FastPath;

namespace Gateway.Dataplane.Flows;

/// <summary>Going on with a connection of which others passed segments in between. What they saw moves the tracker forward, never back:
/// so a segment that both sides have allowed is still allowed, and one that was refused before is refused still.</summary>
internal partial struct TcpTrack
{
    /// <summary>Where a direction stands, for those who go on from here.</summary>
    public readonly TcpPosition PositionOf(bool fromSource)
    {
        ref readonly var direction = ref fromSource ? ref Source : ref Target;
        return new TcpPosition(direction.End, direction.Acked, 0);
    }

    /// <summary>Takes over where a direction stands now.</summary>
    /// <param name="fromSource">Which one.</param>
    /// <param name="position">Behind its last byte, its highest acknowledgement, the largest window field it sent in between.</param>
    /// <param name="farAhead">Whether it sent so much that its sequence numbers cannot be compared with the old ones any more.</param>
    /// <param name="otherFarAhead">The same of the other direction, whose bytes it acknowledges.</param>
    public void Resume(bool fromSource, in TcpPosition position, bool farAhead, bool otherFarAhead)
    {
        ref var sender = ref fromSource ? ref Source : ref Target;
        ref var receiver = ref fromSource ? ref Target : ref Source;
        if (farAhead || After(position.End, sender.End))
        {
            sender.End = position.End;
            // What passed meanwhile was not kept.
            sender.Passed.Begin(sender.End);
        }
        if (otherFarAhead || After(position.Acked, sender.Acked))
            sender.Acked = position.Acked;
        sender.MaxWindow = Math.Max(sender.MaxWindow, position.Window << (sender.Scale == NoScale ? 0 : sender.Scale));
        var allowed = sender.Acked + sender.MaxWindow;
        if (otherFarAhead || After(allowed, receiver.MaxEnd))
            receiver.MaxEnd = allowed;
        if (!position.Finished || sender.Finished)
            return;
        sender.Finished = true;
        State = TcpState.Closing;
    }
}
