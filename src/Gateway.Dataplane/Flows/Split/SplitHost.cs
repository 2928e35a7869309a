using Gateway.Core.Policy;
using Gateway.Dataplane.Inspectors;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Flows.Split;

/// <summary>What the split engine needs of its surroundings: addresses, grants, records.</summary>
internal abstract class SplitHost
{
    /// <summary>Sends one segment to one side of a flow.</summary>
    /// <param name="flow">Flow it belongs to.</param>
    /// <param name="toSource">To the opener of the flow, else to its target.</param>
    /// <param name="header">Numbers and flags.</param>
    /// <param name="first">First part of the data; it may lie around the end of a ring buffer.</param>
    /// <param name="second">Rest of the data.</param>
    public abstract void Send(int flow, bool toSource, in SegmentHeader header, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second);

    /// <summary>Largest packet that the link of one side of a flow carries, in bytes.</summary>
    public abstract int MtuOf(int flow, bool toSource);

    /// <summary>Conduits under which the flow was allowed, in the policy now in force.</summary>
    public abstract OperationGrants Grants(int flow);

    /// <summary>Told of every judgement that asks for a record.</summary>
    public abstract void Record(int flow, in Judgement judgement);

    /// <summary>Told once when the flow is over; its numbers may be used again.</summary>
    /// <param name="flow">Flow.</param>
    /// <param name="reason">Why, when it was ended by force; null when both sides closed or one reset it.</param>
    public abstract void Closed(int flow, DropReason? reason);
}

/// <summary>Numbers of a segment to send.</summary>
internal readonly record struct SegmentHeader(
    uint Sequence, uint Acknowledgement, TcpFlags Flags, ushort Window, ushort MaxSegmentBytes);
