using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Dataplane.Filter;
using Gateway.Dataplane.Links;
using Gateway.Dataplane.Pipeline;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Segments;

/// <summary>The DHCP server of each segment (RFC 2131): one client, one address, the one its binding names. It holds no state, so a device
/// cannot use anything up, and after a restart every lease is still right. No DHCP message is ever passed on.</summary>
internal sealed class DhcpResponder(BoxState box, FrameSink sink)
{
    private const int HeadBytes = EthernetView.HeaderBytes + Ipv4View.HeaderBytes + UdpView.HeaderBytes;

    /// <summary>Whether a datagram is for a DHCP server, wherever it is sent to.</summary>
    public static bool IsForServer(in UdpView datagram) => datagram is { SourcePort: DhcpView.ClientPort, DestinationPort: DhcpView.ServerPort };

    /// <summary>Answers a message of the bound device.</summary>
    /// <returns>Null when it was answered, or rightly needs no answer.</returns>
    public DropReason? FromDevice(int index, in EthernetView frame, ReadOnlySpan<byte> payload)
    {
        ref readonly var device = ref box.Policy.Devices[index];
        if (!DhcpView.TryParse(payload, out var request, out _) || !request.IsRequest || !request.RelayAddress.IsAny
            || request.ClientMac.Value != device.Mac || frame.Source.Value != device.Mac || !box.Links[device.Link].AdmitsLease(box.NowMs))
            return DropReason.DhcpRefused;
        var own = new Ipv4Address(device.Address);
        var server = new Ipv4Address(device.GatewayAddress);
        var bits = box.Policy.Policy.Devices[index].Address.LengthBits;
        switch (request.MessageType)
        {
            case DhcpMessageType.Discover:
                Send(device, request, new DhcpAnswer(DhcpMessageType.Offer, own, default, server, bits, SegmentLimits.LeaseSeconds));
                return null;
            case DhcpMessageType.Request when !request.ServerId.IsAny && request.ServerId != server:
                // It took another server's offer; there is none, so it will come back.
                return null;
            case DhcpMessageType.Request when Wanted(request) == own:
                Send(device, request, new DhcpAnswer(DhcpMessageType.Ack, own, request.ClientAddress, server, bits, SegmentLimits.LeaseSeconds));
                return null;
            case DhcpMessageType.Request:
                Send(device, request, new DhcpAnswer(DhcpMessageType.Nak, default, default, server, bits, 0));
                return null;
            case DhcpMessageType.Inform when request.ClientAddress == own:
                Send(device, request, new DhcpAnswer(DhcpMessageType.Ack, default, own, server, bits, 0));
                return null;
            case DhcpMessageType.Release or DhcpMessageType.Decline:
                return null;
            default:
                return DropReason.DhcpRefused;
        }
    }

    /// <summary>The address a client asks for: in an option while it has none, in its own field when it renews (RFC 2131, table 4).</summary>
    private static Ipv4Address Wanted(in DhcpView request) => request.RequestedAddress.IsAny ? request.ClientAddress : request.RequestedAddress;

    private void Send(in DeviceEntry device, in DhcpView request, in DhcpAnswer answer)
    {
        // A client without an address that cannot take unicast, and one whose address is refused, hear only what goes to everyone.
        var toAll = answer.Type == DhcpMessageType.Nak || (answer.Client.IsAny && request.WantsBroadcast);
        var to = toAll ? Ipv4Address.LimitedBroadcast : answer.Your.IsAny ? answer.Client : answer.Your;
        var frame = sink.Reserve(device.Link);
        var length = DhcpReply.Emit(frame[HeadBytes..], request, answer);
        var datagram = frame.Slice(HeadBytes - UdpView.HeaderBytes, UdpView.HeaderBytes + length);
        UdpView.Emit(datagram, answer.Server, to, DhcpView.ServerPort, DhcpView.ClientPort);
        Ipv4View.Emit(frame[EthernetView.HeaderBytes..], new Ipv4Header(answer.Server, to, IpProtocol.Udp, datagram.Length));
        EthernetView.Emit(
            frame, toAll ? MacAddress.Broadcast : request.ClientMac, MacAddress.FromValue(box.Links[device.Link].Mac), Ethertype.Ipv4);
        sink.Commit(device.Link, HeadBytes + length);
    }
}
