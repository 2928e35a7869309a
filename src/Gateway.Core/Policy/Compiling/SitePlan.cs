using System.Collections.Immutable;
using Gateway.Core.Net;

namespace Gateway.Core.Policy.Compiling;

/// <summary>A checked document with everything resolved that conduits are made of: ranks, addresses, listener ports.</summary>
internal sealed class SitePlan
{
    public SitePlan(SiteIndex site)
    {
        Site = site;
        Links = new(Document.Links, l => l.Name);
        Devices = new(Document.Devices, d => d.Name);
        Peers = new(Document.Peers, p => p.Name);
        Services = new(Document.Services, s => s.Name);
        Callers = new(Document.Callers, c => c.Name);
        Grants = new(Document.Grants, g => g.Name);
        var segments = SegmentPlan.Assign(site);
        CompiledDevices = [.. Enumerable.Range(0, Devices.Count).Select(rank => Compile(Devices[rank], segments[Devices.Place(rank)]))];
        var listeners = ListenerPlan.Assign(Services.Select(s => s.Name));
        CompiledServices = [.. Enumerable.Range(0, Services.Count).Select(rank => Compile(Services[rank], listeners[rank]))];
        PeerAddresses = Document.Peers.Select(p => (p.Link, p.Address)).ToHashSet();
    }

    public SiteIndex Site { get; }

    public SiteDocument Document => Site.Document;

    public Ranked<LinkSpec> Links { get; }

    public Ranked<DeviceSpec> Devices { get; }

    public Ranked<PeerSpec> Peers { get; }

    public Ranked<ServiceSpec> Services { get; }

    public Ranked<CallerSpec> Callers { get; }

    public Ranked<GrantSpec> Grants { get; }

    public ImmutableArray<CompiledDevice> CompiledDevices { get; }

    public ImmutableArray<CompiledService> CompiledServices { get; }

    /// <summary>Addresses that hosts of the plant own, by link.</summary>
    public IReadOnlySet<(string Link, Ipv4Address Address)> PeerAddresses { get; }

    /// <summary>The gateway's address on the uplink of a peer.</summary>
    public Ipv4Prefix UplinkOf(int peerRank) => Site.Link(Peers[peerRank].Link)!.Address!.Value;

    /// <summary>The thing at a place of its list in the document, by its rank.</summary>
    public EntityRef Ref(EntityKind kind, int place) => new(kind, kind switch
    {
        EntityKind.Device => Devices.Rank(place),
        EntityKind.Peer => Peers.Rank(place),
        EntityKind.Service => Services.Rank(place),
        EntityKind.Caller => Callers.Rank(place),
        _ => 0,
    });

    public string NameOf(EntityRef entity) => entity.Kind switch
    {
        EntityKind.Device => Devices[entity.Index].Name,
        EntityKind.Peer => Peers[entity.Index].Name,
        EntityKind.Service => Services[entity.Index].Name,
        EntityKind.Caller => Callers[entity.Index].Name,
        _ => "gateway",
    };

    private CompiledDevice Compile(DeviceSpec device, Ipv4Address segment) => new(
        device.EffectiveId, device.Name, Links.Rank(Site.Links[device.Link]), device.Mac, device.Address,
        device.EffectiveGatewayAddress, segment, device.Enforcement, device.MaxFlows);

    private static CompiledService Compile(ServiceSpec service, ushort listener) =>
        new(service.Name, service.Fabric, service.Remote, service.Port, listener);
}
