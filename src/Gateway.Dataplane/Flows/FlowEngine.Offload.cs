using Gateway.Core.Control;
using Gateway.Core.Policy;
using Gateway.Dataplane.FastPath;

namespace Gateway.Dataplane.Flows;

/// <summary>
/// Hand-over of established flows that nobody inspects, and taking them back. What opens or ends a connection always comes up here, and so
/// does what is not plain in shape; the position in the connection comes back with it, so that the tracker goes on where the connection
/// is. Changes of the policy, of a binding or of a neighbor stop or review what is handed over before the next packet is looked at.
/// </summary>
internal sealed partial class FlowEngine
{
    private FlowOffload _offload = FlowOffload.None;
    private uint _reviewedRoutes;
    private long _renewAtMs;

    /// <summary>Who takes established flows. Set before the loop runs.</summary>
    public FlowOffload Offload
    {
        get => _offload;
        set => _offload = value;
    }

    /// <summary>Flows that are handed over now.</summary>
    public int OffloadedFlows { get; private set; }

    private long NextRenewMs => OffloadedFlows > 0 ? _renewAtMs : long.MaxValue;

    /// <summary>Reviews every flow that is handed over. After a change of policy nothing is forwarded until its turn has come.</summary>
    private void ReviewOffloaded(bool stopFirst)
    {
        _reviewedRoutes = _box.RouteChanges;
        if (OffloadedFlows == 0)
            return;
        if (stopFirst)
            _offload.Stop();
        for (var i = 0; i < _table.Capacity; i++)
        {
            ref var flow = ref _table[i];
            if (flow.Mode == FlowMode.Free || !flow.Offloaded || Recheck(i, ref flow) is not null)
                continue;
            if (!MayBeOffloaded(flow) || !TryDirections(flow, out var fromSource, out var fromTarget)
                || !_offload.TryKeep(i, fromSource, fromTarget))
                Withdraw(i, ref flow);
        }
    }

    /// <summary>Renews the lease while there is something to forward, and reviews flows when a way to somebody has changed.</summary>
    private void AdvanceOffload()
    {
        if (_reviewedRoutes != _box.RouteChanges)
            ReviewOffloaded(stopFirst: false);
        if (OffloadedFlows == 0 || _box.NowMs < _renewAtMs)
            return;
        _offload.Renew();
        _renewAtMs = _box.NowMs + FastPathLimits.RenewEveryMs;
    }

    /// <summary>Hands a flow over once it is settled.</summary>
    private void Offer(int index, ref Flow flow)
    {
        if (flow.Offloaded || _offload.Tier == FastPathTier.Off || _box.NowMs < flow.OfferAtMs || !IsSettled(flow))
            return;
        flow.OfferAtMs = _box.NowMs + FastPathLimits.OfferAgainMs;
        if (!MayBeOffloaded(flow) || !TryDirections(flow, out var fromSource, out var fromTarget))
            return;
        if (flow.Mode == FlowMode.Tracked)
            Place(index, flow);
        if (!_offload.TryAdd(index, fromSource, fromTarget))
            return;
        flow.Offloaded = true;
        OffloadedFlows++;
    }

    /// <summary>Takes a flow back, with what was counted.</summary>
    private void Withdraw(int index, ref Flow flow)
    {
        if (!flow.Offloaded)
            return;
        _offload.Remove(index);
        Harvest(index, ref flow);
        flow.Offloaded = false;
        flow.OfferAtMs = _box.NowMs + FastPathLimits.OfferAgainMs;
        OffloadedFlows--;
    }

    /// <summary>Books what was forwarded of a flow since the last time.</summary>
    private void Harvest(int index, ref Flow flow)
    {
        var fromSource = _offload.Read(index, fromSource: true);
        var fromTarget = _offload.Read(index, fromSource: false);
        Book(ref flow, ref flow.Source, ref flow.Target, fromSource);
        Book(ref flow, ref flow.Target, ref flow.Source, fromTarget);
        flow.Replied |= fromTarget.Packets > 0;
        if (flow.Mode != FlowMode.Tracked)
            return;
        var (sourceFar, targetFar) = (fromSource.Bytes >= FastPathLimits.FarAheadBytes, fromTarget.Bytes >= FastPathLimits.FarAheadBytes);
        if (fromSource.Packets > 0)
            flow.Tcp.Resume(fromSource: true, fromSource.Tcp, sourceFar, targetFar);
        if (fromTarget.Packets > 0)
            flow.Tcp.Resume(fromSource: false, fromTarget.Tcp, targetFar, sourceFar);
    }

    private void Book(ref Flow flow, ref FlowSide from, ref FlowSide to, in OffloadReading reading)
    {
        if (reading.Packets == 0)
            return;
        flow.LastSeenMs = _box.NowMs;
        to.Packets += reading.Packets;
        to.Bytes += reading.Bytes;
        _box.Links[from.Link].FramesIn += reading.Packets;
        _box.Links[to.Link].FramesOut += reading.Packets;
        if (from.Device >= 0)
            _box.DeviceBySlot(from.Device).BytesIn += reading.Bytes;
        if (to.Device >= 0)
            _box.DeviceBySlot(to.Device).BytesOut += reading.Bytes;
    }

    /// <summary>A segment of a connection that is handed over came up: the tracker first learns where the connection is.</summary>
    private void CatchUp(int index, ref Flow flow)
    {
        if (flow.Offloaded)
            Harvest(index, ref flow);
    }

    /// <summary>After such a segment: a connection that is no longer plainly open comes back.</summary>
    private void Settle(int index, ref Flow flow)
    {
        if (flow.Mode == FlowMode.Tracked && flow.Tcp.State != TcpState.Established)
            Withdraw(index, ref flow);
    }

    private void Place(int index, in Flow flow)
    {
        _offload.Place(index, fromSource: true, flow.Tcp.PositionOf(fromSource: true));
        _offload.Place(index, fromSource: false, flow.Tcp.PositionOf(fromSource: false));
    }

    private static bool IsSettled(in Flow flow) => flow.Mode switch
    {
        FlowMode.Tracked => flow.Tcp.State == TcpState.Established,
        FlowMode.Udp => flow.Replied || flow.Target.Packets >= FastPathLimits.UdpPackets,
        _ => false,
    };

    /// <summary>No inspector reads it, no link on its way carries less than the kernel's check allows, and no device at its ends waits for a decision.</summary>
    private bool MayBeOffloaded(in Flow flow) =>
        flow.Mode != FlowMode.Split && PathMtu(flow) >= Links.LinkLimits.UsualMtuBytes && InspectorOf(flow) is null && IsEnforced(flow.Source) && IsEnforced(flow.Target);

    private bool IsEnforced(in FlowSide side) =>
        side.Device < 0 || (_box.Policy.DeviceOfSlot(side.Device) is >= 0 and var device && _box.Policy.Devices[device].Enforcement == Enforcement.Enforce);

    private bool TryDirections(in Flow flow, out OffloadedDirection fromSource, out OffloadedDirection fromTarget)
    {
        fromSource = fromTarget = default;
        var (source, target) = (_offload.InterfaceOf(SlotOf(flow.Source)), _offload.InterfaceOf(SlotOf(flow.Target)));
        if (source == 0 || target == 0 || _emitter.Route(flow.Source, out var sourceMac) is not null
            || _emitter.Route(flow.Target, out var targetMac) is not null)
            return false;
        fromSource = new OffloadedDirection(flow.Transport, Come(flow.Source, source, sourceMac), Leave(flow.Target, target, targetMac));
        fromTarget = new OffloadedDirection(flow.Transport, Come(flow.Target, target, targetMac), Leave(flow.Source, source, sourceMac));
        return true;
    }

    private int SlotOf(in FlowSide side) => _box.Links[side.Link].InterfaceSlot;

    private OffloadedEnd Come(in FlowSide side, int interfaceIndex, ulong mac) => new(
        SlotOf(side), interfaceIndex, _box.Links[side.Link].Vlan, mac, _box.Links[side.Link].Mac, side.Address, side.Port, side.OtherAddress, side.OtherPort);

    private OffloadedEnd Leave(in FlowSide side, int interfaceIndex, ulong mac) => new(
        SlotOf(side), interfaceIndex, _box.Links[side.Link].Vlan, _box.Links[side.Link].Mac, mac, side.OtherAddress, side.OtherPort, side.Address, side.Port);
}
