using Gateway.Core.Operations;
using Gateway.Core.Policy;

namespace Gateway.Dataplane.Filter;

/// <summary>A conduit in the form the packet path reads: plain numbers, next to each other.</summary>
internal struct ConduitEntry
{
    public ushort FirstPort;
    public ushort LastPort;
    public byte Transport;
    public InspectorKind Inspector;
    public RefuseMode Refuse;
    public EntityKind TargetKind;

    /// <summary>Index of the target in its kind's list.</summary>
    public int Target;

    /// <summary>Address that the target sees as the source.</summary>
    public uint ShownAs;

    /// <summary>Index of the grant.</summary>
    public int Grant;

    public OperationRule? Rule;
}
