using System.Runtime.CompilerServices;
using Gateway.Core.Policy;
using Gateway.Dataplane.Flows;
using Gateway.Dataplane.Segments;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Pipeline;

/// <summary>6 IPv4 and 7 transport: everything that is not plainly right is refused.</summary>
internal sealed partial class PacketPipeline
{
    /// <summary>Below it a packet may be meant to die between us and the device, so that we and the device see different streams.</summary>
    internal const int LeastTimeToLive = 4;

    private const TcpFlags Opening = TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Rst;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static DropReason? ParseIpv4(in EthernetView frame, out Ipv4View packet)
    {
        if (!Ipv4View.TryParse(frame.Payload, out packet, out var error))
            return error == Ipv4Error.Checksum ? DropReason.Ipv4Checksum : DropReason.Ipv4Malformed;
        if (packet.HasOptions)
            return DropReason.Ipv4Options;
        if (packet.ReservedFlag)
            return DropReason.Ipv4ReservedFlag;
        if (packet.IsFragment)
            return DropReason.Ipv4Fragment;
        if (packet.TimeToLive < LeastTimeToLive)
            return DropReason.Ipv4TtlTooLow;
        var source = packet.Source;
        if ((!source.IsUnicast && !source.IsAny) || source == packet.Destination)
            return DropReason.SourceAddressIllegal;
        return null;
    }

    private DropReason? Icmp(LinkState link, uint gatewayAddress, in EthernetView frame, in Ipv4View packet)
    {
        // The gateway answers for itself, so that people can test a cable; nothing of ICMP is passed on.
        if (packet.Destination.Value != gatewayAddress || !IcmpView.TryParse(packet.Payload, out var icmp, out _)
            || icmp.Type != IcmpType.Echo || icmp.Code != 0 || !link.AdmitsEcho(_box.NowMs))
            return DropReason.IcmpNotAllowed;
        _emitter.EchoReply(link.Index, frame, packet, icmp);
        return null;
    }

    /// <summary>The gateway is the segment's DHCP server; what a device says to one goes nowhere else.</summary>
    private DropReason? Dhcp(LinkState link, int index, in EthernetView frame, in Ipv4View packet, in UdpView datagram)
    {
        if (frame.Destination.Value != link.Mac && !frame.Destination.IsBroadcast)
            return DropReason.DestinationMacNotOurs;
        if (datagram.SurplusBytes != 0)
            return DropReason.UdpMalformed;
        return datagram.ChecksumIsValid(packet.Source, packet.Destination) ? _dhcp.FromDevice(index, frame, datagram.Payload) : DropReason.UdpChecksum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private DropReason? Transport(in Sender sender, in Ipv4View packet)
    {
        if (!packet.Destination.IsUnicast)
            return packet.Destination.IsMulticast || packet.Destination.Value == uint.MaxValue
                ? DropReason.BroadcastNotRelayed
                : DropReason.DestinationAddressIllegal;
        return packet.Protocol switch
        {
            IpProtocol.Tcp => Tcp(sender, packet),
            IpProtocol.Udp => Udp(sender, packet),
            IpProtocol.Icmp => DropReason.IcmpNotAllowed,
            _ => DropReason.ProtocolNotGranted,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private DropReason? Tcp(in Sender sender, in Ipv4View packet)
    {
        if (!TcpView.TryParse(packet.Payload, out var segment, out _))
            return DropReason.TcpMalformed;
        if (!segment.ChecksumIsValid(packet.Source, packet.Destination))
            return DropReason.TcpChecksum;
        if (segment.ReservedBits != 0)
            return DropReason.TcpReservedBits;
        if (CheckFlags(segment) is { } illegal)
            return illegal;
        if (!TcpOptions.TryParse(segment.Options, out var options, out _))
            return DropReason.TcpOptionNotAllowed;
        return Flows.Tcp(sender, packet, segment, options);
    }

    private static DropReason? CheckFlags(in TcpView segment)
    {
        var flags = segment.Flags;
        if ((flags & TcpFlags.Urg) != 0)
            return DropReason.TcpUrgent;
        // SYN, FIN and RST exclude each other; everything after the first SYN acknowledges, but for a plain RST.
        var opening = flags & Opening;
        if ((opening & (opening - 1)) != 0 || (flags & (Opening | TcpFlags.Ack)) == 0 || (flags & (TcpFlags.Fin | TcpFlags.Ack)) == TcpFlags.Fin)
            return DropReason.TcpFlagsIllegal;
        if ((flags & TcpFlags.Syn) != 0 && !segment.Payload.IsEmpty)
            return DropReason.TcpSynWithData;
        return segment.SourcePort == 0 || segment.DestinationPort == 0 ? DropReason.TcpMalformed : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private DropReason? Udp(in Sender sender, in Ipv4View packet)
    {
        if (!UdpView.TryParse(packet.Payload, out var datagram, out _) || datagram.SurplusBytes != 0
            || datagram.SourcePort == 0 || datagram.DestinationPort == 0)
            return DropReason.UdpMalformed;
        return datagram.ChecksumIsValid(packet.Source, packet.Destination)
            ? Flows.Udp(sender, packet, datagram)
            : DropReason.UdpChecksum;
    }
}
