namespace Gateway.Dataplane.Wire;

/// <summary>Values of the protocol field of IPv4 (IANA, "Assigned Internet Protocol Numbers"), as far as the gateway carries, answers
/// or names them.</summary>
public static class IpProtocol
{
    public const byte Icmp = 1;
    public const byte Igmp = 2;
    public const byte IpInIp = 4;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Ipv6InIp = 41;
    public const byte Gre = 47;
    public const byte Esp = 50;
    public const byte Ah = 51;
    public const byte Sctp = 132;
    public const byte UdpLite = 136;
}
