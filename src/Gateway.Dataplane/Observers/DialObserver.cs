using Gateway.Core.Discovery;
using Gateway.Core.Net;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Observers;

/// <summary>Reads whom a device tries to reach.</summary>
internal static class DialObserver
{
    public static void ObserveTcp(Ipv4View ip, TcpView tcp, ref ObservationWriter writer)
    {
        const TcpFlags opening = TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst | TcpFlags.Fin;
        if ((tcp.Flags & opening) == TcpFlags.Syn)
            Tell(Transport.Tcp, tcp.DestinationPort, ip.Destination, ref writer);
    }

    /// <summary>A single datagram does not show who began. Services have the lower port nearly always, so one that goes to a higher
    /// port is taken for an answer.</summary>
    public static void ObserveUdp(Ipv4View ip, UdpView udp, ref ObservationWriter writer)
    {
        if (udp.DestinationPort <= udp.SourcePort)
            Tell(Transport.Udp, udp.DestinationPort, ip.Destination, ref writer);
    }

    private static void Tell(Transport transport, ushort port, Ipv4Address target, ref ObservationWriter writer)
    {
        if (port != 0 && target.IsUnicast)
            writer.Tell(ObservationSource.Ipv4, EvidenceAttribute.Dials, $"{new ServicePort(transport, new PortRange(port, port))} {target}");
    }
}
