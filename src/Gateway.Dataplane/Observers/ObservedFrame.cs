namespace Gateway.Dataplane.Observers;

/// <summary>A copy of a frame that came in on a link. The bytes are borrowed for the call.</summary>
public readonly ref struct ObservedFrame
{
    /// <summary>When it came in.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Name of the link; for a link that stands for one VLAN of a trunk, that link's name.</summary>
    public required string Link { get; init; }

    /// <summary>VLAN that the kernel took off the frame; 0 for none, for a priority tag, and for the link's own VLAN.</summary>
    public ushort Vlan { get; init; }

    /// <summary>From the destination address on, without a tag.</summary>
    public required ReadOnlySpan<byte> Bytes { get; init; }
}
