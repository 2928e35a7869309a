using System.Runtime.CompilerServices;
using Gateway.Core.Control;
using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Dataplane.Flows;
using Gateway.Dataplane.Links;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Pipeline;

/// <summary>Builds frames that leave: every header is made new, and only declared bytes are copied.</summary>
internal sealed class Emitter(BoxState box, FrameSink sink)
{
    /// <summary>Headers of IPv4 and TCP without options (RFC 6691, section 2).</summary>
    private const int TcpHeadBytes = Ipv4View.HeaderBytes + TcpView.HeaderBytes;
    private const int HeadBytes = EthernetView.HeaderBytes + Ipv4View.HeaderBytes;

    /// <summary>Where to send what goes to one side of a flow.</summary>
    /// <param name="side">The side.</param>
    /// <param name="mac">Hardware address there.</param>
    /// <returns>Null when it can be sent.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public DropReason? Route(in FlowSide side, out ulong mac)
    {
        mac = 0;
        if (side.Device >= 0)
        {
            var device = box.Policy.DeviceOfSlot(side.Device);
            if (device < 0)
                return DropReason.UnknownDevice;
            mac = box.Policy.Devices[device].Mac;
            return box.DeviceBySlot(side.Device).Binding switch
            {
                BindingState.Verified => null,
                BindingState.Unverified => DropReason.BindingUnverified,
                _ => DropReason.BindingBroken,
            };
        }
        if (side.Neighbor < 0 || side.Neighbor >= box.Neighbors.Length || !box.Neighbors[side.Neighbor].Resolved)
            return DropReason.NeighborUnresolved;
        mac = box.Neighbors[side.Neighbor].Mac;
        return null;
    }

    /// <summary>Passes a TCP segment or UDP datagram on to the other side, addresses and ports translated.</summary>
    /// <param name="to">Side it goes to.</param>
    /// <param name="packet">The packet as it came.</param>
    /// <param name="transport">Its transport part, checked.</param>
    /// <param name="pathMtuBytes">For a segment with SYN: what both links carry, to which it is held in what it announces; else 0.</param>
    /// <returns>Null when it was sent.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public DropReason? Translate(ref FlowSide to, in Ipv4View packet, ReadOnlySpan<byte> transport, int pathMtuBytes = 0)
    {
        if (HeadBytes + transport.Length > LinkLimits.MaxFrameBytes)
            return DropReason.PacketTooBig;
        if (Route(to, out var mac) is { } refused)
            return refused;
        var frame = sink.Reserve(to.Link);
        var body = frame.Slice(HeadBytes, transport.Length);
        transport.CopyTo(body);
        TransportRewriter.Rewrite(
            body, packet.Protocol, new AddressPair(packet.Source.Value, packet.Destination.Value),
            new AddressPair(to.OtherAddress, to.Address), to.OtherPort, to.Port);
        if (pathMtuBytes != 0)
            TcpView.ClampMaxSegment(body, new Ipv4Address(to.OtherAddress), new Ipv4Address(to.Address), (ushort)(pathMtuBytes - TcpHeadBytes));
        Head(frame, to, mac, packet.Protocol, transport.Length);
        Commit(ref to, transport.Length);
        return null;
    }

    /// <summary>Tells a sender that its packet is too big for the link of the other side, which it learns to heed (RFC 1191).</summary>
    /// <param name="sender">Side it came from.</param>
    /// <param name="packet">The packet as it came.</param>
    /// <param name="mtuBytes">What would pass.</param>
    public void TooBig(ref FlowSide sender, in Ipv4View packet, int mtuBytes)
    {
        if (!box.Links[sender.Link].AdmitsTooBig(box.NowMs) || Route(sender, out var mac) is not null)
            return;
        var frame = sink.Reserve(sender.Link);
        var length = IcmpView.EmitFragmentationNeeded(frame[HeadBytes..], packet.Packet, (ushort)mtuBytes);
        Head(frame, sender, mac, IpProtocol.Icmp, length);
        Commit(ref sender, length);
    }

    /// <summary>Passes the header of a TCP segment on without its data, which the other side has long taken: it answers by saying so.</summary>
    /// <param name="to">Side it goes to.</param>
    /// <param name="header">Header of the segment, options included.</param>
    /// <returns>Null when it was sent.</returns>
    public DropReason? TranslateEmpty(ref FlowSide to, ReadOnlySpan<byte> header)
    {
        if (Route(to, out var mac) is { } refused)
            return refused;
        var frame = sink.Reserve(to.Link);
        var body = frame.Slice(HeadBytes, header.Length);
        header.CopyTo(body);
        TransportRewriter.Empty(body, new AddressPair(to.OtherAddress, to.Address), to.OtherPort, to.Port);
        Head(frame, to, mac, IpProtocol.Tcp, header.Length);
        Commit(ref to, header.Length);
        return null;
    }

    /// <summary>Sends a TCP segment of our own to one side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Segment(ref FlowSide to, in TcpHeader header, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (Route(to, out var mac) is { } refused)
        {
            box.Links[to.Link].CountDrop(refused);
            return;
        }
        var frame = sink.Reserve(to.Link);
        var length = header.LengthBytes + first.Length + second.Length;
        var body = frame.Slice(HeadBytes, length);
        first.CopyTo(body[header.LengthBytes..]);
        second.CopyTo(body[(header.LengthBytes + first.Length)..]);
        TcpView.Emit(body, new Ipv4Address(to.OtherAddress), new Ipv4Address(to.Address), header);
        Head(frame, to, mac, IpProtocol.Tcp, length);
        Commit(ref to, length);
    }

    /// <summary>Answers an echo request on the link it came from.</summary>
    public void EchoReply(int link, in EthernetView request, in Ipv4View packet, in IcmpView echo)
    {
        var length = packet.Payload.Length;
        if (HeadBytes + length > LinkLimits.MaxFrameBytes)
            return;
        var frame = sink.Reserve(link);
        IcmpView.EmitEchoReply(frame.Slice(HeadBytes, length), echo);
        EthernetView.Emit(frame, request.Source, MacAddress.FromValue(box.Links[link].Mac), Ethertype.Ipv4);
        Ipv4View.Emit(
            frame[EthernetView.HeaderBytes..], new Ipv4Header(packet.Destination, packet.Source, IpProtocol.Icmp, length));
        sink.Commit(link, Padded(frame, HeadBytes + length));
    }

    private void Head(Span<byte> frame, in FlowSide to, ulong mac, byte protocol, int payloadBytes)
    {
        EthernetView.Emit(frame, MacAddress.FromValue(mac), MacAddress.FromValue(box.Links[to.Link].Mac), Ethertype.Ipv4);
        var header = new Ipv4Header(new Ipv4Address(to.OtherAddress), new Ipv4Address(to.Address), protocol, payloadBytes);
        Ipv4View.Emit(frame[EthernetView.HeaderBytes..], header);
        Padded(frame, HeadBytes + payloadBytes);
    }

    private void Commit(ref FlowSide to, int payloadBytes)
    {
        to.Packets++;
        to.Bytes += (ulong)(Ipv4View.HeaderBytes + payloadBytes);
        if (to.Device >= 0)
            box.DeviceBySlot(to.Device).BytesOut += (ulong)(Ipv4View.HeaderBytes + payloadBytes);
        sink.Commit(to.Link, Math.Max(HeadBytes + payloadBytes, EthernetView.LeastFrameBytes));
    }

    /// <summary>Fills a short frame up to the least length with zeros: what lay in the buffer before must not leave.</summary>
    private static int Padded(Span<byte> frame, int lengthBytes)
    {
        if (lengthBytes >= EthernetView.LeastFrameBytes)
            return lengthBytes;
        frame[lengthBytes..EthernetView.LeastFrameBytes].Clear();
        return EthernetView.LeastFrameBytes;
    }
}
