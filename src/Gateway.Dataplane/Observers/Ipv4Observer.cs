using Gateway.Core.Discovery;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Observers;

/// <summary>Reads the source address of a packet, and hands on what it carries.</summary>
internal static class Ipv4Observer
{
    /// <returns>False for a malformed packet or message.</returns>
    public static bool TryObserve(ReadOnlySpan<byte> payload, ref ObservationWriter writer)
    {
        if (!Ipv4View.TryParse(payload, out var ip, out _))
            return false;
        writer.Tell(ObservationSource.Ipv4, EvidenceAttribute.Address, ip.Source);
        if (ip.IsFragment)
            return true;
        return ip.Protocol switch
        {
            IpProtocol.Tcp => TryObserveTcp(ip, ref writer),
            IpProtocol.Udp => TryObserveUdp(ip, ref writer),
            _ => true,
        };
    }

    private static bool TryObserveTcp(Ipv4View ip, ref ObservationWriter writer)
    {
        if (!TcpView.TryParse(ip.Payload, out var tcp, out _))
            return false;
        DialObserver.ObserveTcp(ip, tcp, ref writer);
        return true;
    }

    private static bool TryObserveUdp(Ipv4View ip, ref ObservationWriter writer)
    {
        if (!UdpView.TryParse(ip.Payload, out var udp, out _))
            return false;
        DialObserver.ObserveUdp(ip, udp, ref writer);
        return udp.DestinationPort switch
        {
            DhcpView.ServerPort => DhcpObserver.TryObserve(udp.Payload, ref writer),
            DnsView.MulticastPort => MdnsObserver.TryObserve(udp.Payload, ref writer),
            _ => true,
        };
    }
}
