namespace Gateway.Dataplane.Segments;

/// <summary>A host on an uplink or the gateway's own stack: its hardware address, asked for by ARP and asked again.</summary>
internal sealed class Neighbor(int link, uint address, uint ownAddress)
{
    public int Link { get; } = link;

    public uint Address { get; } = address;

    /// <summary>Address from which we ask.</summary>
    public uint OwnAddress { get; } = ownAddress;

    public ulong Mac { get; private set; }

    public bool Resolved { get; private set; }

    public long NextAskAtMs { get; set; }

    private long ConfirmedAtMs { get; set; }

    /// <summary>Takes an answer.</summary>
    /// <returns>Whether something about it is new.</returns>
    public bool Confirm(ulong mac, long nowMs)
    {
        var isNew = !Resolved || Mac != mac;
        Mac = mac;
        Resolved = true;
        ConfirmedAtMs = nowMs;
        NextAskAtMs = nowMs + SegmentLimits.NeighborRefreshMs;
        return isNew;
    }

    /// <summary>True when a question is due; plans the next one.</summary>
    public bool TakeAsk(long nowMs)
    {
        if (nowMs < NextAskAtMs)
            return false;
        if (Resolved && nowMs - ConfirmedAtMs > SegmentLimits.NeighborStaleMs)
            Resolved = false;
        NextAskAtMs = nowMs + SegmentLimits.NeighborAskMs;
        return true;
    }
}
