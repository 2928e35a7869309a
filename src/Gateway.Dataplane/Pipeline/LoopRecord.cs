using Gateway.Core.Control;
using Gateway.Core.Operations;
using Gateway.Core.Policy;

namespace Gateway.Dataplane.Pipeline;

internal enum LoopRecordKind : byte
{
    FlowOpened = 0,
    FlowClosed = 1,
    FlowRefused = 2,
    Operation = 3,
    Binding = 4,

    /// <summary>The flow of a caller is over; its context may be used again.</summary>
    CallerDone = 5,

    /// <summary>A second hardware address speaks on a socket whose bound device still answers.</summary>
    SecondAddress = 6,
}

/// <summary>Something the loop tells the control side. A plain value in a ring; names are found by whoever reads it.</summary>
internal struct LoopRecord
{
    public LoopRecordKind Kind;
    public DropReason Reason;
    public byte Protocol;
    public EntityKind SourceKind;
    public EntityKind TargetKind;
    public BindingState Binding;
    public RuleMiss Miss;
    public bool Allowed;
    public int Link;

    /// <summary>Slot of the source, or the caller context; -1 when unknown.</summary>
    public int SourceSlot;

    /// <summary>Slot of the target, or index of the service; -1 when unknown.</summary>
    public int TargetSlot;

    /// <summary>Conduit in the policy of <see cref="PolicyVersion"/>; -1 for none.</summary>
    public int Conduit;
    public ulong PolicyVersion;
    public uint SourceAddress;
    public uint DestinationAddress;
    public ushort SourcePort;
    public ushort DestinationPort;
    public ulong Packets;
    public ulong Bytes;
    public ulong Mac;
    public Operation Operation;
}
