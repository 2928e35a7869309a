using System.Diagnostics.CodeAnalysis;
using Gateway.Core.Policy;
using Gateway.Dataplane.Filter;

namespace Gateway.Dataplane.Flows;

internal enum FlowMode : byte
{
    Free = 0,
    Udp = 1,

    /// <summary>TCP passed on packet by packet, its state tracked.</summary>
    Tracked = 2,

    /// <summary>TCP ended on both sides, for inspection.</summary>
    Split = 3,
}

/// <summary>A flow as one side sees it: its own end, the other end's address, and the link between.</summary>
internal struct FlowSide
{
    public int Link;

    /// <summary>Address and port of the host on this side.</summary>
    public uint Address;
    public ushort Port;

    /// <summary>Address and port under which this side sees the other.</summary>
    public uint OtherAddress;
    public ushort OtherPort;

    /// <summary>Device on this side, by slot; -1 when it is none.</summary>
    public int Device;

    /// <summary>Neighbor on this side where it is no device; -1 otherwise.</summary>
    public int Neighbor;

    public ulong Packets;
    public ulong Bytes;
}

/// <summary>A tracked conversation. Lives in the flow table's array; no references but by number.</summary>
internal struct Flow
{
    public FlowMode Mode;
    public byte Transport;
    public EntityKind SourceKind;
    public EntityKind TargetKind;

    /// <summary>The opener.</summary>
    public FlowSide Source;
    public FlowSide Target;

    /// <summary>Slot of the source, by its kind; the caller context for callers.</summary>
    public int SourceSlot;

    /// <summary>Slot of the target, or the index of a service in the policy of <see cref="PolicyVersion"/>.</summary>
    public int TargetSlot;

    /// <summary>Policy under which <see cref="Conduits"/> was found.</summary>
    public ulong PolicyVersion;
    public ConduitList Conduits;
    public byte ConduitCount;

    public long LastSeenMs;
    public bool Replied;

    /// <summary>Forwarded by <see cref="FlowEngine.Offload"/> now.</summary>
    public bool Offloaded;

    /// <summary>When it may be handed over at the earliest.</summary>
    public long OfferAtMs;

    /// <summary>State of a tracked TCP flow.</summary>
    public TcpTrack Tcp;

    /// <summary>Index in the split engine, for inspected flows.</summary>
    public int Split;

    [UnscopedRef]
    public ref FlowSide Side(bool source) => ref source ? ref Source : ref Target;
}
