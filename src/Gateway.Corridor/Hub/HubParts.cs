using System.Net;
using Gateway.Core.Identity;
using Gateway.Corridor.Authority;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Hub;

/// <summary>What a hub is made of, put together in one place.</summary>
internal sealed class HubParts
{
    public HubParts(HubOptions options, ILogger log)
    {
        var (limits, time) = (options.Limits, options.Time);
        (Options, Log) = (options, log);
        Store = HubStore.Open(options.Folder, options.Site, options.Name);
        Authority = CertificateAuthority.Open(options.Folder, options.Site, time);
        Desk = new EnrolmentDesk(Store, Authority, options.Lifetimes, limits, time);
        Peers = new PeerTable(limits, Counters);
        Yard = new DoorYard(limits, Counters);
        Flows = new FlowTable(limits, Counters, time);
        Watchman = new Watchman(Store, Peers, Yard, Flows, limits, time);
        var leaf = new HubLeaf(
            Authority, SpiffeId.ForHub(options.Site, options.Name), options.DnsNames, Addresses(options.Listen.Address), options.Lifetimes.Hub, time);
        var refusals = new RefusalLog(log, limits, Counters, time);
        Tls = new TlsFront(Store, Authority, leaf, Peers, limits, Counters, time, refusals);
        Application = new HubApplication(
            Store,
            new EstEndpoint(Desk, Authority, limits, Counters, options.Name, refusals, log),
            new DialEndpoint(Store, Flows, Yard, Peers, limits, Counters, options.Name, refusals, log),
            new DoorEndpoint(Yard, limits, options.Name),
            new DirectoryEndpoint(Store, Peers),
            Counters, time, refusals, log);
    }

    public HubOptions Options { get; }

    public ILogger Log { get; }

    public HubStore Store { get; }

    public CertificateAuthority Authority { get; }

    public EnrolmentDesk Desk { get; }

    public HubCounters Counters { get; } = new();

    public PeerTable Peers { get; }

    public DoorYard Yard { get; }

    public FlowTable Flows { get; }

    public Watchman Watchman { get; }

    public TlsFront Tls { get; }

    public HubApplication Application { get; }

    private static IReadOnlyList<IPAddress> Addresses(IPAddress listen) =>
        listen.Equals(IPAddress.Any) || listen.Equals(IPAddress.IPv6Any) ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [listen];
}
