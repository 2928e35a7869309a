using Gateway.Fuzz.Targets;

namespace Gateway.Fuzz;

/// <summary>All targets. A new one is a class in <c>Targets</c>, a line here, and a few seeds in <c>Seeds/NAME</c>.</summary>
public static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("Ethernet", EthernetTarget.Fuzz),
        new("Arp", ArpTarget.Fuzz),
        new("Ipv4", Ipv4Target.Fuzz),
        new("Icmp", IcmpTarget.Fuzz),
        new("Tcp", TcpTarget.Fuzz),
        new("TcpOptions", TcpOptionsTarget.Fuzz),
        new("Udp", UdpTarget.Fuzz),
        new("Dhcp", DhcpTarget.Fuzz),
        new("Lldp", LldpTarget.Fuzz),
        new("Dns", DnsTarget.Fuzz),
        new("FrameObserver", FrameObserverTarget.Fuzz, Allocates: true),
        new("ModbusFrame", ModbusFrameTarget.Fuzz),
        new("ModbusInspector", ModbusInspectorTarget.Fuzz),
        new("LinkMonitor", LinkMonitorTarget.Fuzz, Allocates: true),
        new("ControlCodec", ControlCodecTarget.Fuzz, Allocates: true),
        new("ControlFrameReader", ControlFrameReaderTarget.Fuzz, Allocates: true, Runs: 5_000),
        new("PolicyBlob", PolicyBlobTarget.Fuzz, Allocates: true, Runs: 5_000),
        new("Site", SiteTarget.Fuzz, Allocates: true, Runs: 500),
        new("RuleText", RuleTextTarget.Fuzz, Allocates: true),
        new("SpiffeId", SpiffeIdTarget.Fuzz, Allocates: true),
        new("SigningRequest", SigningRequestTarget.Fuzz, Allocates: true, Runs: 500),
        new("EstRequest", EstRequestTarget.Fuzz, Allocates: true, Runs: 500),
        new("EstCertificates", EstCertificatesTarget.Fuzz, Allocates: true, Runs: 500),
        new("CorridorPath", CorridorPathTarget.Fuzz, Allocates: true),
        new("Door", DoorTarget.Fuzz, Allocates: true, Runs: 5_000),
        new("Capsule", CapsuleTarget.Fuzz, Allocates: true, Runs: 5_000),
        new("Segment", SegmentTarget.Fuzz, Allocates: true, Runs: 5_000),
    ];

    /// <exception cref="ArgumentException">There is no such target.</exception>
    public static FuzzTarget Get(string name) =>
        All.FirstOrDefault(target => target.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"there is no target '{name}'; there are {string.Join(", ", All)}");
}
