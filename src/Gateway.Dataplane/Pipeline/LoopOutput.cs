namespace Gateway.Dataplane.Pipeline;

/// <summary>What leaves the loop besides frames: records and copies of frames for observers. Bounded; what does not fit is counted.</summary>
internal abstract class LoopOutput
{
    public abstract void Record(in LoopRecord record);

    /// <summary>Offers a copy of a frame to the observers.</summary>
    /// <param name="link">Link it came in on.</param>
    /// <param name="vlan">Its VLAN; 0 when untagged.</param>
    /// <param name="frame">From its destination address on.</param>
    public abstract void Observe(int link, ushort vlan, ReadOnlySpan<byte> frame);
}
