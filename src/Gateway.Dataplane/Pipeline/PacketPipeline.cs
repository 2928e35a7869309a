using System.Runtime.CompilerServices;
using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Dataplane.Filter;
using Gateway.Dataplane.Flows;
using Gateway.Dataplane.Links;
using Gateway.Dataplane.Segments;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Pipeline;

/// <summary>A received frame with what the ring says of it.</summary>
internal readonly ref struct InputFrame(ReadOnlySpan<byte> bytes, bool isCut, bool isTagged)
{
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public bool IsCut { get; } = isCut;

    /// <summary>True when it bore a tag that is not its link's.</summary>
    public bool IsTagged { get; } = isTagged;
}

/// <summary>
/// The way of a packet, in order:
/// 1 gate of the link, 2 frame, 3 who sent it (binding), 4 a copy for the observers, 5 ARP, 6 IPv4, 7 ICMP, TCP or UDP, 8 flow.
/// A step that refuses returns its reason; there is one place that counts it. Default is to refuse.
/// </summary>
internal sealed partial class PacketPipeline
{
    private readonly BoxState _box;
    private readonly LoopOutput _output;
    private readonly Emitter _emitter;
    private readonly ArpResponder _arp;
    private readonly DhcpResponder _dhcp;
    private readonly SelfTest _selfTest;

    public PacketPipeline(BoxState box, FrameSink sink, LoopOutput output)
    {
        _box = box;
        _output = output;
        _emitter = new Emitter(box, sink);
        _selfTest = new SelfTest(box, sink);
        Guard = new BindingGuard(box, sink, output, _selfTest);
        _arp = new ArpResponder(box, sink, Guard, _selfTest);
        _dhcp = new DhcpResponder(box, sink);
        Flows = new FlowEngine(box, _emitter, output);
        Guard.Broke = device => Flows.EndOf(box.Policy.Devices[device].Slot, caller: null, DropReason.BindingBroken);
    }

    public BindingGuard Guard { get; }

    public FlowEngine Flows { get; }

    /// <summary>Takes a policy into force between two batches: no packet sees half of it, and every open flow is put to it.</summary>
    public void Enter(PolicyImage image, Neighbor[] neighbors)
    {
        var before = _box.Policy;
        _box.Enter(image, neighbors);
        foreach (ref readonly var device in image.Devices.AsSpan())
        {
            if (IsBoundAnew(before, device))
                BindingGuard.Reset(_box.DeviceBySlot(device.Slot));
        }
        Flows.PolicyChanged();
    }

    /// <summary>Takes one frame. Neither allocates nor throws, whatever the bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Process(int link, in InputFrame frame)
    {
        _box.Links[link].FramesIn++;
        if (Judge(_box.Links[link], frame) is { } reason)
            _box.Links[link].CountDrop(reason);
    }

    /// <summary>Timers of bindings, neighbors and flows. Once a batch.</summary>
    /// <returns>When it wants to be called again, at the latest.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long Advance()
    {
        var bindingsWait = Guard.Advance();
        _arp.Advance();
        _selfTest.Advance();
        Flows.Advance();
        var due = bindingsWait ? _box.NowMs + SegmentLimits.TickMs : _box.NowMs + SegmentLimits.NeighborAskMs;
        return Math.Min(due, Flows.NextDueMs);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private DropReason? Judge(LinkState link, in InputFrame frame)
    {
        // 1 Gate: a storm is cut off before anything is parsed.
        if (!link.AdmitsFrame(_box.NowMs))
            return DropReason.LinkRateLimit;
        if (frame.IsCut)
            return DropReason.FrameCut;

        // 2 Frame. The kernel keeps the tag apart from the bytes: who does not look forwards it untagged.
        if (frame.IsTagged)
            return DropReason.TaggedFrame;
        if (!EthernetView.TryParse(frame.Bytes, out var ethernet))
            return DropReason.FrameTooShort;
        if (ethernet.Source.IsMulticast || ethernet.Source.IsZero || ethernet.Source.Value == link.Mac)
            return DropReason.SourceMacIllegal;

        return link.Role == LinkRole.Downlink ? FromDownlink(link, ethernet, frame.Bytes) : FromOther(link, ethernet);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private DropReason? FromDownlink(LinkState link, in EthernetView frame, ReadOnlySpan<byte> bytes)
    {
        var index = _box.Policy.DeviceByLink[link.Index];
        if (index < 0)
        {
            _selfTest.HearStranger(link.Index, bound: null, frame.Source.Value);
            Observe(link, bytes);
            return DropReason.UnknownDevice;
        }

        // 3 Binding. Neighbourhood protocols (LLDP and the like) come from addresses of single ports, so they break nothing.
        ref readonly var device = ref _box.Policy.Devices[index];
        var runtime = _box.Runtime(index);
        if (IsLinkLocal(frame.Destination))
        {
            Observe(link, bytes);
            return frame.IsLength ? DropReason.LlcFrame : DropReason.EthertypeNotAllowed;
        }
        if (Guard.CheckMac(device, runtime, frame.Source.Value) is { } unbound)
        {
            Observe(link, bytes);
            return unbound;
        }

        // 4 Observers.
        if (device.Enforcement != Enforcement.Enforce || TellsOfItself(frame))
            Observe(link, bytes);
        if (device.Enforcement == Enforcement.CutOff)
            return DropReason.DeviceCutOff;

        // 5 to 8.
        return frame.Type switch
        {
            _ when frame.IsLength => DropReason.LlcFrame,
            Ethertype.Arp => _arp.FromDevice(device, runtime, frame),
            Ethertype.Ipv4 => FromDevice(link, index, runtime, frame),
            Ethertype.Ipv6 => DropReason.Ipv6NotEnrolled,
            _ => DropReason.EthertypeNotAllowed,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private DropReason? FromOther(LinkState link, in EthernetView frame)
    {
        if (frame.IsLength)
            return DropReason.LlcFrame;
        if (frame.Type == Ethertype.Arp)
            return _arp.FromOther(link.Index, frame);
        if (frame.Type != Ethertype.Ipv4)
            return frame.Type == Ethertype.Ipv6 ? DropReason.Ipv6NotEnrolled : DropReason.EthertypeNotAllowed;
        if (frame.Destination.Value != link.Mac)
            return DropReason.DestinationMacNotOurs;
        if (ParseIpv4(frame, out var packet) is { } refused)
            return refused;
        if (link.Role == LinkRole.Host)
        {
            var isHost = _box.HostNeighbor >= 0 && packet.Source.Value == _box.Neighbors[_box.HostNeighbor].Address;
            return isHost ? Transport(new Sender(link.Index, -1, -1), packet) : DropReason.SourceAddressNotBound;
        }
        var peer = _box.Policy.PeerByAddress(link.Index, packet.Source.Value);
        return peer >= 0 ? Transport(new Sender(link.Index, -1, peer), packet) : DropReason.UnknownPeer;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private DropReason? FromDevice(LinkState link, int index, DeviceRuntime runtime, in EthernetView frame)
    {
        ref readonly var device = ref _box.Policy.Devices[index];
        if (ParseIpv4(frame, out var packet) is { } refused)
            return refused;
        if (packet.Protocol == IpProtocol.Udp && (packet.Source.IsAny || packet.Source.Value == device.Address)
            && UdpView.TryParse(packet.Payload, out var datagram, out _) && DhcpResponder.IsForServer(datagram))
            return Dhcp(link, index, frame, packet, datagram);
        if (packet.Source.Value != device.Address)
        {
            // A device that looks for an address has none yet: refused, but no change of its binding.
            return packet.Source.IsAny ? DropReason.SourceAddressIllegal : Guard.CheckAddress(device, runtime, packet.Source.Value);
        }
        if (frame.Destination.Value != link.Mac)
            return frame.Destination.IsMulticast ? DropReason.BroadcastNotRelayed : DropReason.DestinationMacNotOurs;
        if (Guard.CheckAddress(device, runtime, packet.Source.Value) is { } changed)
            return changed;
        if (packet.Protocol == IpProtocol.Icmp)
            return Icmp(link, device.GatewayAddress, frame, packet);
        return Transport(new Sender(link.Index, index, -1), packet);
    }

    private static bool IsBoundAnew(PolicyImage? before, in DeviceEntry device)
    {
        var index = before?.DeviceOfSlot(device.Slot) ?? -1;
        if (index < 0)
            return true;
        ref readonly var old = ref before!.Devices[index];
        return old.Mac != device.Mac || old.Address != device.Address || old.Link != device.Link || old.Enforcement != device.Enforcement;
    }

    private void Observe(LinkState link, ReadOnlySpan<byte> bytes)
    {
        if (link.AdmitsObservation(_box.NowMs))
            _output.Observe(link.Index, 0, bytes);
    }

    /// <summary>01-80-C2-00-00-00 to 0F: never forwarded by any bridge (IEEE 802.1Q, table 8-1).</summary>
    private static bool IsLinkLocal(MacAddress destination) => (destination.Value & 0xFFFF_FFFF_FFF0) == 0x0180_C200_0000;

    /// <summary>Frames in which a device says who it is: all of it goes to everyone, and none of it is passed on.</summary>
    private static bool TellsOfItself(in EthernetView frame) => frame.Destination.IsMulticast;
}
