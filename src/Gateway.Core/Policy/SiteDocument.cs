using System.Collections.Immutable;
using Gateway.Core.Net;
using Gateway.Core.Operations;

namespace Gateway.Core.Policy;

/// <summary>A site as an engineer writes it: hardware, devices and what is allowed. There are only positive grants; what no grant
/// names is refused. <c>docs/policy.md</c> is the reference, <c>docs/site.schema.json</c> its JSON Schema.</summary>
public sealed record SiteDocument
{
    /// <summary>Version of the format that this program reads.</summary>
    public const int FormatVersion = 1;

    public required string Site { get; init; }

    public Ipv4Prefix Segments { get; init; } = new(new Ipv4Address(0x6440_0000), 16);

    public ImmutableArray<LinkSpec> Links { get; init; } = [];

    public ImmutableArray<FabricSpec> Fabrics { get; init; } = [];

    public ImmutableArray<DeviceSpec> Devices { get; init; } = [];

    public ImmutableArray<PeerSpec> Peers { get; init; } = [];

    public ImmutableArray<ServiceSpec> Services { get; init; } = [];

    public ImmutableArray<CallerSpec> Callers { get; init; } = [];

    public ImmutableArray<GrantSpec> Grants { get; init; } = [];

    public bool Equals(SiteDocument? other) => other is not null && Site == other.Site && Segments == other.Segments
        && Sequence.Same(Links, other.Links) && Sequence.Same(Fabrics, other.Fabrics) && Sequence.Same(Devices, other.Devices)
        && Sequence.Same(Peers, other.Peers) && Sequence.Same(Services, other.Services) && Sequence.Same(Callers, other.Callers)
        && Sequence.Same(Grants, other.Grants);

    public override int GetHashCode() => HashCode.Combine(Site, Segments, Links.Length, Devices.Length, Grants.Length);
}

/// <param name="Line">Line it stands on in the file, from 1; 0 when it came from elsewhere. Not part of equality by intent: messages only.</param>
public readonly record struct SourceLine(int Line)
{
    public bool Equals(SourceLine other) => true;

    public override int GetHashCode() => 0;
}

/// <summary>A network interface as the site file names it; see <see cref="CompiledLink"/>.</summary>
public sealed record LinkSpec(string Name, LinkRole Role, string Interface, byte Socket, Ipv4Prefix? Address, SourceLine At)
{
    /// <summary>VLAN of a trunk, 1 to 4094; 0 when the interface as a whole is the link.</summary>
    public ushort Vlan { get; init; }
}

/// <param name="Name">Name by which devices, callers and services refer to it.</param>
/// <param name="Kind">Kind of fabric: <c>corridor</c>.</param>
/// <param name="Hub">Host and port of the hub, for kinds that have one.</param>
/// <param name="Authority">File with the certificate of its authority, PEM; relative to the site file.</param>
/// <param name="Token">File with the one-time enrolment token; relative to the site file. Null once enrolled.</param>
/// <param name="Gateway">Name of this gateway in the fabric, which is also the segment in its devices' identities; empty: the site's name.</param>
/// <param name="At">Where it stands.</param>
public sealed record FabricSpec(string Name, string Kind, string Hub, string Authority, string? Token, string Gateway, SourceLine At);

/// <summary>A device with its binding, as the site file has it.</summary>
public sealed record DeviceSpec
{
    public required string Name { get; init; }

    /// <summary>Short code for life; empty: the name serves.</summary>
    public string Id { get; init; } = "";

    public ImmutableSortedDictionary<string, string> Labels { get; init; } = LabelSet.None;

    public required string Link { get; init; }

    public required MacAddress Mac { get; init; }

    public required Ipv4Prefix Address { get; init; }

    /// <summary>Address the gateway uses towards the device; null: the first host of its network that is not the device.</summary>
    public Ipv4Address? GatewayAddress { get; init; }

    /// <summary>Gateway-owned address; null: the next free one, in the order of the list.</summary>
    public Ipv4Address? SegmentAddress { get; init; }

    /// <summary>Fabric it appears in; empty for none.</summary>
    public string Fabric { get; init; } = "";

    public Enforcement Enforcement { get; init; } = Enforcement.Enforce;

    /// <summary>Most flows at once, 1 to 4096.</summary>
    public int MaxFlows { get; init; } = DefaultMaxFlows;

    public SourceLine At { get; init; }

    /// <summary>A PLC has 8 to 32 connections, a camera a few dozen; 256 stops a scan without touching either.</summary>
    public const int DefaultMaxFlows = 256;

    /// <summary>Id if it has one, else the name.</summary>
    public string EffectiveId => Id.Length > 0 ? Id : Name;

    /// <summary>The address given, else the first host of the device's network that is not the device.</summary>
    public Ipv4Address EffectiveGatewayAddress => GatewayAddress ?? Address.FirstHostBut(Address.Address);

    public bool Equals(DeviceSpec? other) => other is not null && Name == other.Name && Id == other.Id
        && LabelSet.Same(Labels, other.Labels) && Link == other.Link && Mac == other.Mac && Address == other.Address
        && GatewayAddress == other.GatewayAddress && SegmentAddress == other.SegmentAddress && Fabric == other.Fabric
        && Enforcement == other.Enforcement && MaxFlows == other.MaxFlows;

    public override int GetHashCode() => HashCode.Combine(Name, Link, Mac, Address);
}

/// <summary>Another host of the plant network.</summary>
public sealed record PeerSpec(
    string Name, string Link, Ipv4Address Address, ImmutableSortedDictionary<string, string> Labels, SourceLine At)
{
    public bool Equals(PeerSpec? other) => other is not null && Name == other.Name && Link == other.Link && Address == other.Address
        && LabelSet.Same(Labels, other.Labels);

    public override int GetHashCode() => HashCode.Combine(Name, Link, Address);
}

/// <param name="Name">Name in grants.</param>
/// <param name="Fabric">Fabric that offers it.</param>
/// <param name="Remote">Its name in the fabric; the same as Name when left out.</param>
/// <param name="Port">Transport and port at which devices dial it.</param>
/// <param name="Address">Address at which devices know it, unless a grant says otherwise; null: each grant must say.</param>
/// <param name="At">Where it stands.</param>
public sealed record ServiceSpec(string Name, string Fabric, string Remote, ServicePort Port, Ipv4Address? Address, SourceLine At);

/// <summary>Exactly one of <paramref name="Id"/> and <paramref name="Group"/> is set.</summary>
public sealed record CallerSpec(string Name, string Fabric, string? Id, string? Group, SourceLine At);

/// <summary>Who or what a grant speaks of: one by name, or all devices (or peers) that carry the labels.</summary>
/// <param name="Kind">Device, peer, service, caller, or the gateway itself.</param>
/// <param name="Name">Name, or empty when by labels or for the gateway.</param>
/// <param name="Labels">Labels that must all match; empty when by name.</param>
/// <param name="As">For a target: address at which the source knows it. For a source: address that the target sees. Null: the default of its kind.</param>
/// <param name="At">Where it stands.</param>
public sealed record Selector(
    EntityKind Kind, string Name, ImmutableSortedDictionary<string, string> Labels, Ipv4Address? As, SourceLine At)
{
    /// <summary>True when it names no one but describes devices or peers by their labels.</summary>
    public bool ByLabels => Name.Length == 0 && Kind is EntityKind.Device or EntityKind.Peer;

    public bool Equals(Selector? other) => other is not null && Kind == other.Kind && Name == other.Name && As == other.As
        && LabelSet.Same(Labels, other.Labels);

    public override int GetHashCode() => HashCode.Combine(Kind, Name, As, Labels.Count);
}

/// <param name="Port">Transport and port or ports.</param>
/// <param name="Inspector">Inspector that reads the flow.</param>
/// <param name="Operations">What is allowed inside; null without an inspector.</param>
/// <param name="Refuse">Answer to what is not.</param>
/// <param name="At">Where it stands.</param>
public sealed record AllowSpec(ServicePort Port, InspectorKind Inspector, OperationRule? Operations, RefuseMode Refuse, SourceLine At);

/// <summary>A positive rule: the source may open these ports at the target, and do these operations there.</summary>
/// <param name="Name">Unique name; stands in every record.</param>
/// <param name="From">Who opens flows.</param>
/// <param name="To">Who is reached.</param>
/// <param name="Allow">Ports and operations; for a service target empty, its own port counts.</param>
/// <param name="Comment">Why it exists, for people.</param>
/// <param name="At">Where it stands.</param>
public sealed record GrantSpec(string Name, Selector From, Selector To, ImmutableArray<AllowSpec> Allow, string Comment, SourceLine At)
{
    public bool Equals(GrantSpec? other) => other is not null && Name == other.Name && From == other.From && To == other.To
        && Sequence.Same(Allow, other.Allow) && Comment == other.Comment;

    public override int GetHashCode() => HashCode.Combine(Name, From, To);
}
