using Gateway.Core.Discovery;
using Gateway.Core.Net;
using Gateway.Dataplane.Observers;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.Observers;

/// <summary>Frames of one made-up device, and what an observer tells of them.</summary>
internal static class Observing
{
    public static readonly DateTimeOffset At = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    public static readonly MacAddress Device = MacAddress.Parse("02:47:57:00:00:21");
    public static readonly MacAddress Peer = MacAddress.Parse("02:47:57:00:00:01");
    public static readonly Ipv4Address DeviceAddress = Ipv4Address.Parse("192.168.10.21");
    public static readonly Ipv4Address GatewayAddress = Ipv4Address.Parse("192.168.10.1");

    /// <summary>Everything the frame tells, presence first.</summary>
    public static List<Observation> All(ReadOnlySpan<byte> frame, FrameObserver? observer = null, ushort vlan = 0)
    {
        var told = new List<Observation>();
        (observer ?? new FrameObserver()).Observe(new ObservedFrame { At = At, Link = "socket-3", Vlan = vlan, Bytes = frame }, told.Add);
        return told;
    }

    /// <summary>What the frame tells besides presence: source, attribute, value.</summary>
    public static string[] Told(ReadOnlySpan<byte> frame, ushort vlan = 0) =>
        [.. All(frame, vlan: vlan).Skip(1).Select(observation => $"{observation.Source} {observation.Attribute} {observation.Value}")];

    public static byte[] Frame(ushort type, ReadOnlySpan<byte> payload, MacAddress? source = null)
    {
        var frame = new byte[EthernetView.HeaderBytes + payload.Length];
        EthernetView.Emit(frame, Peer, source ?? Device, type);
        payload.CopyTo(frame.AsSpan(EthernetView.HeaderBytes));
        return frame;
    }

    public static byte[] Packet(byte protocol, ReadOnlySpan<byte> transport, Ipv4Address? source = null, Ipv4Address? destination = null)
    {
        var packet = new byte[Ipv4View.HeaderBytes + transport.Length];
        Ipv4View.Emit(packet, new Ipv4Header(source ?? DeviceAddress, destination ?? GatewayAddress, protocol, transport.Length));
        transport.CopyTo(packet.AsSpan(Ipv4View.HeaderBytes));
        return Frame(Ethertype.Ipv4, packet);
    }

    public static byte[] Tcp(TcpFlags flags, ushort port, Ipv4Address? destination = null)
    {
        var segment = new byte[TcpView.HeaderBytes];
        TcpView.Emit(segment, DeviceAddress, destination ?? GatewayAddress,
            new TcpHeader { SourcePort = 40001, DestinationPort = port, Flags = flags });
        return Packet(IpProtocol.Tcp, segment, destination: destination);
    }

    public static byte[] Udp(ushort sourcePort, ushort destinationPort, ReadOnlySpan<byte> payload, Ipv4Address? destination = null)
    {
        var datagram = new byte[UdpView.HeaderBytes + payload.Length];
        payload.CopyTo(datagram.AsSpan(UdpView.HeaderBytes));
        UdpView.Emit(datagram, DeviceAddress, destination ?? GatewayAddress, sourcePort, destinationPort);
        return Packet(IpProtocol.Udp, datagram, destination: destination);
    }

    /// <summary>An mDNS message as the device multicasts it.</summary>
    public static byte[] Mdns(ReadOnlySpan<byte> message) =>
        Udp(DnsView.MulticastPort, DnsView.MulticastPort, message, Ipv4Address.Parse("224.0.0.251"));
}
