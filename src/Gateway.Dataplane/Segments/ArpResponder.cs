using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Dataplane.Filter;
using Gateway.Dataplane.Links;
using Gateway.Dataplane.Pipeline;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Segments;

/// <summary>Answers ARP (RFC 826) for the addresses at which others may reach something, and asks for neighbors. No ARP message is ever
/// passed from one link to another.</summary>
internal sealed class ArpResponder(BoxState box, FrameSink sink, BindingGuard guard, SelfTest selfTest)
{
    /// <summary>Takes an ARP message from a device.</summary>
    /// <returns>Null when it was used or is harmless.</returns>
    public DropReason? FromDevice(in DeviceEntry device, DeviceRuntime runtime, in EthernetView frame)
    {
        if (Parse(frame, out var arp) is { } refused)
            return refused;
        if (arp.Operation == ArpOperation.Reply && selfTest.TakeAnswer(runtime, arp.SenderAddress.Value))
            return DropReason.ArpUnsolicited;
        if (!arp.SenderAddress.IsAny && guard.CheckAddress(device, runtime, arp.SenderAddress.Value) is not null)
            return DropReason.ArpSenderNotBound;
        if (arp.Operation == ArpOperation.Reply)
            return arp.TargetAddress.Value == device.GatewayAddress ? null : DropReason.ArpUnsolicited;
        // It looks whether its own address is free, or announces it (RFC 5227): nobody else hears that.
        if (arp.TargetAddress.Value == device.Address)
            return null;
        if (!MayResolve(device, arp))
            return DropReason.ArpTargetNotGranted;
        Answer(device.Link, arp);
        return null;
    }

    /// <summary>An approved device resolves what it is granted. One that waits for approval resolves everything: its first packets then
    /// come to us, are refused, and show whom it wants to reach; without an answer it would stay silent and nobody could tell what to
    /// allow. Only not when it asks whether an address is free (RFC 5227): an answer would make it give up its own.</summary>
    private bool MayResolve(in DeviceEntry device, in ArpView arp) => device.Enforcement switch
    {
        Enforcement.Enforce => box.Policy.AnswersFor(device.Link, arp.TargetAddress.Value),
        Enforcement.Quarantine => !arp.IsProbe && box.Links[device.Link].AdmitsQuestion(box.NowMs),
        _ => false,
    };

    /// <summary>Takes an ARP message from the host link or an uplink.</summary>
    public DropReason? FromOther(int link, in EthernetView frame)
    {
        if (Parse(frame, out var arp) is { } refused)
            return refused;
        var neighbor = box.NeighborOf(link, arp.SenderAddress.Value);
        if (neighbor < 0)
            return DropReason.UnknownPeer;
        if (arp.Operation == ArpOperation.Reply)
        {
            if (frame.Destination.Value != box.Links[link].Mac)
                return DropReason.ArpUnsolicited;
            if (box.Neighbors[neighbor].Confirm(arp.SenderMac.Value, box.NowMs))
                box.RouteChanges++;
            return null;
        }
        if (!box.Policy.AnswersFor(link, arp.TargetAddress.Value))
            return DropReason.ArpTargetNotGranted;
        Answer(link, arp);
        return null;
    }

    /// <summary>Asks the neighbors that are due.</summary>
    public void Advance()
    {
        foreach (var neighbor in box.Neighbors)
        {
            var wasResolved = neighbor.Resolved;
            if (!box.Links[neighbor.Link].Up || !neighbor.TakeAsk(box.NowMs))
                continue;
            if (wasResolved && !neighbor.Resolved)
                box.RouteChanges++;
            var mac = MacAddress.FromValue(box.Links[neighbor.Link].Mac);
            var own = new Ipv4Address(neighbor.OwnAddress);
            var frame = sink.Reserve(neighbor.Link);
            sink.Commit(neighbor.Link, ArpView.EmitRequest(frame, mac, own, new Ipv4Address(neighbor.Address)));
        }
    }

    private static DropReason? Parse(in EthernetView frame, out ArpView arp)
    {
        if (!ArpView.TryParse(frame.Payload, out arp, out _))
            return DropReason.ArpMalformed;
        return arp.SenderMac == frame.Source ? null : DropReason.ArpSenderNotBound;
    }

    private void Answer(int link, in ArpView request)
    {
        var mac = MacAddress.FromValue(box.Links[link].Mac);
        var frame = sink.Reserve(link);
        sink.Commit(link, ArpView.EmitReply(frame, mac, request.TargetAddress, request.SenderMac, request.SenderAddress));
    }
}
