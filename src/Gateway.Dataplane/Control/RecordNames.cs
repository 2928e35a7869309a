using Gateway.Core.Control;
using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Dataplane.Filter;
using Gateway.Dataplane.Pipeline;

namespace Gateway.Dataplane.Control;

/// <summary>Turns the loop's records, which hold numbers, into messages, which hold names.</summary>
internal sealed class RecordNames(BoxState box, PolicyKeeper policies, EntitySlots slots, CallerContexts callers)
{
    public FlowRecord Flow(in LoopRecord record, DateTimeOffset at, uint count = 1) => new(
        at, EventOf(record), record.Reason, box.Links[record.Link].Name, Source(record), Target(record),
        record.Kind == LoopRecordKind.FlowRefused ? "" : Grant(record), record.Protocol, new Ipv4Address(record.SourceAddress),
        record.SourcePort, new Ipv4Address(record.DestinationAddress), record.DestinationPort, record.Packets, record.Bytes, count);

    public OperationRecord Operation(in LoopRecord record, DateTimeOffset at) =>
        new(at, Target(record), Source(record), record.Allowed ? Grant(record) : "", record.Allowed, record.Miss, record.Operation);

    public BindingChanged Binding(in LoopRecord record, DateTimeOffset at) =>
        new(at, slots.NameOf(record.SourceSlot), record.Binding, MacAddress.FromValue(record.Mac), new Ipv4Address(record.SourceAddress));

    /// <summary>The bound device answers, and another address speaks beside it.</summary>
    public BindingChanged SecondAddress(in LoopRecord record, DateTimeOffset at) =>
        Binding(record with { Binding = BindingState.Verified }, at);

    private static FlowEvent EventOf(in LoopRecord record) => record.Kind switch
    {
        LoopRecordKind.FlowOpened => FlowEvent.Opened,
        // Ended by force: not closed by its ends.
        LoopRecordKind.FlowClosed when !record.Allowed => FlowEvent.Refused,
        LoopRecordKind.FlowClosed => FlowEvent.Closed,
        _ => FlowEvent.Refused,
    };

    private string Source(in LoopRecord record) =>
        record.SourceKind == EntityKind.Caller ? callers.NameOf(record.SourceSlot) : slots.NameOf(record.SourceSlot);

    private string Target(in LoopRecord record)
    {
        if (record.TargetSlot < 0)
            return TargetOfRefused(record);
        if (record.TargetKind != EntityKind.Service)
            return slots.NameOf(record.TargetSlot);
        var services = policies.ImageOf(record.PolicyVersion).Policy.Services;
        return record.TargetSlot < services.Length ? services[record.TargetSlot].Name : "";
    }

    /// <summary>A refused flow has no target yet; an address that only one device has still names it.</summary>
    private string TargetOfRefused(in LoopRecord record)
    {
        var image = policies.ImageOf(record.PolicyVersion);
        var device = image.DeviceBySegment(record.DestinationAddress);
        return device >= 0 ? image.Policy.Devices[device].Id : "";
    }

    private string Grant(in LoopRecord record)
    {
        var policy = policies.ImageOf(record.PolicyVersion).Policy;
        return record.Conduit >= 0 && record.Conduit < policy.Conduits.Length ? policy.Grants[policy.Conduits[record.Conduit].Grant].Name : "";
    }
}
