using System.Runtime.CompilerServices;
using Gateway.Core.Policy;
using Gateway.Dataplane.Filter;
using Gateway.Dataplane.Flows.Split;
using Gateway.Dataplane.Inspectors;
using Gateway.Dataplane.Pipeline;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Flows;

/// <summary>Who sent a packet, as the pipeline has established it.</summary>
/// <param name="Link">Link it came in on.</param>
/// <param name="Device">Index of the sending device in the policy; -1 when it is none.</param>
/// <param name="Peer">Index of the sending peer; -1 when it is none.</param>
internal readonly record struct Sender(int Link, int Device, int Peer);

/// <summary>Flows: finds the one a packet belongs to, opens one where a grant allows it, passes the packet on, ends what is over.
/// Used by the packet loop's thread alone.</summary>
internal sealed partial class FlowEngine : SplitHost, IDisposable
{
    private readonly BoxState _box;
    private readonly Emitter _emitter;
    private readonly LoopOutput _output;
    private readonly FlowTable _table = new(FlowLimits.MaxFlows);
    private readonly PassedBytes _passed = new(FlowLimits.MaxFlows);
    private readonly SplitEngine _split;
    private readonly StreamInspector _modbus = new ModbusInspector();
    private readonly IntentTable _intents = new();
    private int _sweepAt;
    private int _sweepLeft;
    private long _nextSweepMs;

    public FlowEngine(BoxState box, Emitter emitter, LoopOutput output)
    {
        _box = box;
        _emitter = emitter;
        _output = output;
        _split = new SplitEngine(this, FlowLimits.MaxInspected, _modbus.StateBytes);
    }

    public int OpenFlows => _table.Count;

    /// <summary>When <see cref="Advance"/> has something to do.</summary>
    public long NextDueMs => Math.Min(
        Math.Min(_split.NextDueMs, NextRenewMs), _sweepLeft > 0 ? _box.NowMs : _table.Count > 0 ? _nextSweepMs : long.MaxValue);

    /// <summary>Takes a TCP segment whose shape is checked.</summary>
    /// <returns>Null when it was used.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public DropReason? Tcp(in Sender sender, in Ipv4View packet, in TcpView segment, in TcpOptions options)
    {
        var key = new FlowKey(
            sender.Link, IpProtocol.Tcp, packet.Source.Value, segment.SourcePort, packet.Destination.Value, segment.DestinationPort);
        var index = _table.Find(key, out var fromSource);
        var opens = (segment.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst | TcpFlags.Fin)) == TcpFlags.Syn;
        if (index >= 0 && opens && fromSource && IsOver(index))
        {
            // The opener uses its ports again: the old connection is done, even if we still linger for it.
            Close(index, null);
            index = -1;
        }
        if (index < 0)
            return opens ? OpenTcp(sender, packet, segment, options) : DropReason.TcpNoFlow;
        ref var flow = ref _table[index];
        if (Recheck(index, ref flow) is { } revoked)
            return revoked;
        if (flow.Mode == FlowMode.Split)
        {
            Count(ref flow, fromSource, packet.TotalLengthBytes);
            return _split.Segment(flow.Split, fromSource, ToSegment(segment, options), _box.NowMs);
        }
        if (IsTooBig(ref flow, fromSource, packet))
            return DropReason.PacketTooBig;
        CatchUp(index, ref flow);
        if (flow.Tcp.Segment(fromSource, segment, options, _passed.Of(index, fromSource), out var isTaken) is { } refused)
        {
            if (refused is DropReason.TcpSecondSyn or DropReason.TcpResetSequence && flow.Tcp.Challenges(fromSource, segment))
                Challenge(ref flow, fromSource);
            return refused;
        }
        // What is refused does not keep a flow alive.
        Count(ref flow, fromSource, packet.TotalLengthBytes);
        Settle(index, ref flow);
        ref var to = ref flow.Side(!fromSource);
        var unsent = isTaken
            ? _emitter.TranslateEmpty(ref to, packet.Payload[..segment.HeaderLengthBytes])
            : _emitter.Translate(ref to, packet, packet.Payload, (segment.Flags & TcpFlags.Syn) != 0 ? PathMtu(flow) : 0);
        if (flow.Tcp.State == TcpState.Closed)
            Close(index, null);
        else if (unsent is null)
            Offer(index, ref flow);
        return unsent;
    }

    /// <summary>Takes a UDP datagram whose shape is checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public DropReason? Udp(in Sender sender, in Ipv4View packet, in UdpView datagram)
    {
        var key = new FlowKey(
            sender.Link, IpProtocol.Udp, packet.Source.Value, datagram.SourcePort, packet.Destination.Value, datagram.DestinationPort);
        var index = _table.Find(key, out var fromSource);
        if (index < 0)
        {
            index = Open(sender, packet, IpProtocol.Udp, datagram.SourcePort, datagram.DestinationPort, out var refused);
            if (index < 0)
                return refused;
            fromSource = true;
            _table[index].Mode = FlowMode.Udp;
            TellOpened(index);
        }
        ref var flow = ref _table[index];
        if (Recheck(index, ref flow) is { } revoked)
            return revoked;
        Count(ref flow, fromSource, packet.TotalLengthBytes);
        flow.Replied |= !fromSource;
        if (IsTooBig(ref flow, fromSource, packet))
            return DropReason.PacketTooBig;
        return Pass(index, ref flow, fromSource, packet);
    }

    public void Dispose()
    {
        _split.Dispose();
        _passed.Dispose();
    }

    /// <summary>Passes a packet on; a flow that is settled needs us no more.</summary>
    private DropReason? Pass(int index, ref Flow flow, bool fromSource, in Ipv4View packet)
    {
        if (_emitter.Translate(ref flow.Side(!fromSource), packet, packet.Payload) is { } refused)
            return refused;
        Offer(index, ref flow);
        return null;
    }

    private static TcpSegment ToSegment(in TcpView segment, in TcpOptions options) => new(
        segment.Sequence, segment.Acknowledgment, segment.Flags, segment.Window,
        options.HasMaxSegment ? options.MaxSegmentBytes : (ushort)0, segment.Payload);

    private DropReason? OpenTcp(in Sender sender, in Ipv4View packet, in TcpView syn, in TcpOptions options)
    {
        var index = Open(sender, packet, IpProtocol.Tcp, syn.SourcePort, syn.DestinationPort, out var refused);
        if (index < 0)
            return refused;
        ref var flow = ref _table[index];
        Count(ref flow, fromSource: true, packet.TotalLengthBytes);
        if (InspectorOf(flow) is { } inspector)
        {
            flow.Mode = FlowMode.Split;
            flow.Split = _split.Open(index, ToSegment(syn, options), inspector, _box.NowMs);
            if (flow.Split < 0)
            {
                flow.Mode = FlowMode.Tracked;
                Close(index, DropReason.InspectionPoolFull);
                return DropReason.InspectionPoolFull;
            }
            TellOpened(index);
            return null;
        }
        flow.Mode = FlowMode.Tracked;
        flow.Tcp.Open(syn, options);
        TellOpened(index);
        return _emitter.Translate(ref flow.Target, packet, packet.Payload, PathMtu(flow));
    }

    /// <summary>Largest packet that both links of a flow carry.</summary>
    private int PathMtu(in Flow flow) => Math.Min(_box.Links[flow.Source.Link].MtuBytes, _box.Links[flow.Target.Link].MtuBytes);

    /// <summary>Whether a packet is larger than the other side's link carries; its sender is told.</summary>
    private bool IsTooBig(ref Flow flow, bool fromSource, in Ipv4View packet)
    {
        var mtu = _box.Links[flow.Side(!fromSource).Link].MtuBytes;
        if (packet.TotalLengthBytes <= mtu)
            return false;
        _emitter.TooBig(ref flow.Side(fromSource), packet, mtu);
        return true;
    }

    /// <summary>Asks the filter, finds a free port at the target, and enters the flow into the table.</summary>
    /// <returns>Its index; -1 when refused.</returns>
    private int Open(
        in Sender sender, in Ipv4View packet, byte transport, ushort sourcePort, ushort destinationPort, out DropReason refused)
    {
        var flow = new Flow
        {
            Transport = transport,
            LastSeenMs = _box.NowMs,
            PolicyVersion = _box.Policy.Version,
            Source = Side(sender.Link, packet.Source.Value, sourcePort, packet.Destination.Value, destinationPort),
            Split = -1,
        };
        var verdict = Identify(sender, ref flow) ?? Decide(ref flow) ?? Admit(flow);
        if (verdict is null)
        {
            SetTarget(ref flow);
            verdict = ChoosePort(ref flow);
        }
        var index = verdict is null ? _table.Take() : -1;
        refused = verdict ?? DropReason.FlowTableFull;
        if (index < 0)
        {
            TellRefused(flow, refused);
            FreeCallerOf(flow);
            return -1;
        }
        _table[index] = flow;
        _table.Link(index);
        CountOpen(flow, 1);
        return index;
    }

    private static FlowSide Side(int link, uint address, ushort port, uint otherAddress, ushort otherPort) => new()
    {
        Link = link,
        Address = address,
        Port = port,
        OtherAddress = otherAddress,
        OtherPort = otherPort,
        Device = -1,
        Neighbor = -1,
    };

    /// <summary>Names the source: a device, a peer, or the caller that a connector has announced.</summary>
    private DropReason? Identify(in Sender sender, ref Flow flow)
    {
        flow.TargetSlot = -1;
        if (sender.Device >= 0)
        {
            flow.SourceKind = EntityKind.Device;
            flow.SourceSlot = _box.Policy.Devices[sender.Device].Slot;
            flow.Source.Device = flow.SourceSlot;
            return null;
        }
        flow.Source.Neighbor = _box.NeighborOf(sender.Link, flow.Source.Address);
        if (sender.Peer >= 0)
        {
            flow.SourceKind = EntityKind.Peer;
            flow.SourceSlot = _box.Policy.Peers[sender.Peer].Slot;
            return null;
        }
        flow.SourceKind = EntityKind.Caller;
        if (flow.Transport == IpProtocol.Tcp
            && _intents.TryTake(flow.Source.Port, flow.Source.OtherAddress, flow.Source.OtherPort, out flow.SourceSlot))
            return null;
        flow.SourceSlot = -1;
        return DropReason.NoCallerIdentity;
    }

    /// <summary>Finds the conduits that cover the flow under the policy in force.</summary>
    private DropReason? Decide(ref Flow flow)
    {
        var policy = _box.Policy;
        var count = 0;
        flow.Conduits = default;
        if (flow.SourceKind == EntityKind.Caller)
        {
            foreach (var slot in _box.Callers[flow.SourceSlot].EntrySlots)
            {
                var facts = slot == CallerContext.GatewaySlot ? Facts(flow, EntityKind.Gateway, 0) : Facts(flow, EntityKind.Caller, policy.CallerOfSlot(slot));
                if (facts.Source >= 0)
                    FlowFilter.Match(policy, facts, ref flow.Conduits, ref count);
            }
        }
        else
        {
            var index = flow.SourceKind == EntityKind.Device ? policy.DeviceOfSlot(flow.SourceSlot) : policy.PeerOfSlot(flow.SourceSlot);
            if (index < 0 || (flow.SourceKind == EntityKind.Device && policy.Devices[index].Enforcement != Enforcement.Enforce))
                return DropReason.UnknownDevice;
            FlowFilter.Match(policy, Facts(flow, flow.SourceKind, index), ref flow.Conduits, ref count);
        }
        flow.ConduitCount = (byte)count;
        return count > 0 ? null : DropReason.NoGrant;
    }

    private static FlowFacts Facts(in Flow flow, EntityKind kind, int index) =>
        new(kind, index, flow.Source.OtherAddress, flow.Transport, flow.Source.OtherPort);

    /// <summary>Checks the bounds of the devices at both ends.</summary>
    private DropReason? Admit(in Flow flow)
    {
        ref readonly var conduit = ref _box.Policy.Conduits[flow.Conduits[0]];
        if (conduit.TargetKind == EntityKind.Device && IsFull(conduit.Target))
            return DropReason.DeviceFlowLimit;
        return flow.SourceKind == EntityKind.Device && IsFull(_box.Policy.DeviceOfSlot(flow.SourceSlot)) ? DropReason.DeviceFlowLimit : null;
    }

    private bool IsFull(int device) => _box.Runtime(device).OpenFlows >= _box.Policy.Devices[device].MaxFlows;

    private void SetTarget(ref Flow flow)
    {
        var policy = _box.Policy;
        ref readonly var conduit = ref policy.Conduits[flow.Conduits[0]];
        flow.TargetKind = conduit.TargetKind;
        flow.TargetSlot = conduit.Target;
        switch (conduit.TargetKind)
        {
            case EntityKind.Device:
                ref readonly var device = ref policy.Devices[conduit.Target];
                flow.Target = Side(device.Link, device.Address, flow.Source.OtherPort, conduit.ShownAs, flow.Source.Port);
                flow.TargetSlot = flow.Target.Device = device.Slot;
                break;
            case EntityKind.Peer:
                ref readonly var peer = ref policy.Peers[conduit.Target];
                flow.Target = Side(peer.Link, peer.Address, flow.Source.OtherPort, conduit.ShownAs, flow.Source.Port);
                flow.Target.Neighbor = _box.NeighborOf(peer.Link, peer.Address);
                flow.TargetSlot = peer.Slot;
                break;
            default:
                var host = policy.Policy.Links[_box.HostLink].Address!.Value.Address.Value;
                flow.Target = Side(_box.HostLink, host, policy.Services[conduit.Target].ListenerPort, conduit.ShownAs, flow.Source.Port);
                flow.Target.Neighbor = _box.HostNeighbor;
                break;
        }
    }

    /// <summary>Keeps the source's port where it is free at the target, else takes another.</summary>
    private DropReason? ChoosePort(ref Flow flow)
    {
        for (var attempt = 0; attempt < FlowLimits.PortTries; attempt++)
        {
            if (_table.Find(FlowTable.KeyOf(flow.Target, flow.Transport), out _) < 0)
                return null;
            var spread = unchecked((uint)((flow.Source.Port * 31) + (attempt * 7919)));
            flow.Target.OtherPort = (ushort)(FlowLimits.FirstDynamicPort + (spread % (65_536 - FlowLimits.FirstDynamicPort)));
        }
        return DropReason.PortsExhausted;
    }

    private StreamInspector? InspectorOf(in Flow flow)
    {
        for (var i = 0; i < flow.ConduitCount; i++)
        {
            if (_box.Policy.Conduits[flow.Conduits[i]].Inspector == InspectorKind.Modbus)
                return _modbus;
        }
        return null;
    }

    /// <summary>Puts a flow of an older policy to the policy in force.</summary>
    /// <returns>Null when it may go on.</returns>
    private DropReason? Recheck(int index, ref Flow flow)
    {
        if (flow.PolicyVersion == _box.Policy.Version)
            return null;
        var hadInspector = flow.Mode == FlowMode.Split;
        flow.PolicyVersion = _box.Policy.Version;
        if (Decide(ref flow) is null && LeadsToSameTarget(flow) && (InspectorOf(flow) is not null) == hadInspector)
            return null;
        Close(index, DropReason.GrantRemoved);
        return DropReason.GrantRemoved;
    }

    private bool LeadsToSameTarget(in Flow flow)
    {
        var copy = flow;
        SetTarget(ref copy);
        return copy.TargetKind == flow.TargetKind && copy.Target.Link == flow.Target.Link && copy.Target.Address == flow.Target.Address
            && copy.Target.Port == flow.Target.Port && copy.Target.OtherAddress == flow.Target.OtherAddress;
    }

    private bool IsOver(int index)
    {
        ref readonly var flow = ref _table[index];
        return flow.Mode == FlowMode.Tracked ? flow.Tcp.IsOver : _split.IsOver(flow.Split);
    }
}
