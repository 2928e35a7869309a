using Gateway.Dataplane.Tests.Wire;
using Gateway.Fuzz;

namespace Gateway.Dataplane.Tests.Fuzzing;

/// <summary>Fuzz targets by name, with what they are tried with: seeds, old crashes, and the vectors of the wire tests.</summary>
public static class Samples
{
    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(target => target.Name)];

    /// <summary>Those that run for every packet.</summary>
    public static TheoryData<string> PacketPathTargets => [.. FuzzTargets.All.Where(target => !target.Allocates).Select(target => target.Name)];

    /// <summary>Those of which a quick test tries a part only.</summary>
    public static TheoryData<string> SlowTargets => [.. FuzzTargets.All.Where(target => target.Runs < FuzzTarget.ManyRuns).Select(target => target.Name)];

    public static IReadOnlyList<(string Name, byte[] Bytes)> Of(FuzzTarget target) =>
    [
        .. SampleFolder.Read(SampleFolder.Seeds(target)),
        .. SampleFolder.Read(SampleFolder.Crashes(target)),
        .. Vectors(target.Name).Select(bytes => ("vector", bytes)),
    ];

    private static byte[][] Vectors(string target) => target switch
    {
        "Dhcp" => [DhcpTests.Discover, DhcpTests.Offer],
        "Dns" => [DnsTests.Announcement, DnsTests.Compressed],
        "Ethernet" => [EthernetTests.Header],
        "Arp" => [ArpTests.Request, ArpTests.Reply],
        "Icmp" => [IcmpTests.Echo, IcmpTests.EchoReply, IcmpTests.Unreachable],
        "Ipv4" => [Ipv4Tests.Packet],
        "Lldp" => [LldpTests.Unit],
        "Tcp" => [TcpTests.Syn],
        "TcpOptions" => [TcpOptionsTests.LinuxSyn],
        "Udp" => [UdpTests.Datagram],
        _ => [],
    };
}
