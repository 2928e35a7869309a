using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Gateway.Core.Identity;

namespace Gateway.Corridor.State;

/// <summary>All that the hub knows and decides by. Immutable; a change is a new one, on disk before it counts.</summary>
internal sealed record HubState
{
    public const int FormatVersion = 1;

    public int Format { get; init; } = FormatVersion;

    public required string Site { get; init; }

    public required string Hub { get; init; }

    /// <summary>By SPIFFE id.</summary>
    public ImmutableSortedDictionary<string, IdentityRecord> Identities { get; init; } =
        ImmutableSortedDictionary.Create<string, IdentityRecord>(StringComparer.Ordinal);

    /// <summary>By fingerprint.</summary>
    public ImmutableDictionary<string, CertificateRecord> Certificates { get; init; } =
        ImmutableDictionary.Create<string, CertificateRecord>(StringComparer.Ordinal);

    public ImmutableArray<TokenRecord> Tokens { get; init; } = [];

    public ImmutableArray<Entitlement> Entitlements { get; init; } = [];

    /// <summary>By name.</summary>
    public ImmutableSortedDictionary<string, ServiceRecord> Services { get; init; } =
        ImmutableSortedDictionary.Create<string, ServiceRecord>(StringComparer.Ordinal);

    /// <summary>Devices by name, made when first asked for and gone with the state it was made of.</summary>
    private static readonly ConditionalWeakTable<HubState, Dictionary<string, IdentityRecord>> DevicesByName = [];

    /// <summary>The device of that name; names of devices are unique at a hub.</summary>
    public IdentityRecord? Device(string name) => DevicesByName.GetValue(this, static state => state.Identities.Values
        .Where(identity => identity.Kind == SpiffeKind.Device).ToDictionary(identity => identity.Name, StringComparer.Ordinal)).GetValueOrDefault(name);

    public IdentityRecord? Identity(SpiffeId id) => Identities.GetValueOrDefault(id.ToString());

    public HubState With(IdentityRecord identity) => this with { Identities = Identities.SetItem(identity.Id, identity) };
}

/// <param name="Id">SPIFFE id.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Segment">Segment of a device; empty for others.</param>
/// <param name="Name">Short name.</param>
/// <param name="Groups">Groups of a client given with its token.</param>
/// <param name="DeclaredGroups">Groups of a client from the configuration file.</param>
/// <param name="BarredAt">Since when it may hold no certificate; null when it may.</param>
internal sealed record IdentityRecord(
    string Id, SpiffeKind Kind, string Segment, string Name, ImmutableArray<string> Groups, ImmutableArray<string> DeclaredGroups,
    DateTimeOffset? BarredAt)
{
    public static IdentityRecord New(SpiffeId id) => new(id.ToString(), id.Kind, id.Segment, id.Name, [], [], null);

    /// <summary>All groups, each once, in order.</summary>
    public IEnumerable<string> AllGroups() => Groups.Concat(DeclaredGroups).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
}

/// <param name="Fingerprint">SHA-256 of the certificate.</param>
/// <param name="Serial">Serial number, hexadecimal.</param>
/// <param name="Id">Identity it is for.</param>
/// <param name="NotBefore">Begin.</param>
/// <param name="NotAfter">End.</param>
/// <param name="IssuedFor">Who asked: <c>token</c>, a gateway's id, or its own id for a renewal.</param>
/// <param name="RevokedAt">When revoked; null when good.</param>
internal sealed record CertificateRecord(
    string Fingerprint, string Serial, string Id, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string IssuedFor, DateTimeOffset? RevokedAt);

/// <param name="Hash">SHA-256 of the token: who reads the state file cannot enrol.</param>
/// <param name="Id">The one identity it is for.</param>
/// <param name="Groups">Groups the identity gets with it.</param>
/// <param name="ExpiresAt">End.</param>
/// <param name="UsedAt">When used; null when it still can be.</param>
internal sealed record TokenRecord(string Hash, string Id, ImmutableArray<string> Groups, DateTimeOffset ExpiresAt, DateTimeOffset? UsedAt);

/// <param name="Name">Name devices and clients dial.</param>
/// <param name="Host">Host name or address the hub connects to.</param>
/// <param name="Port">TCP port.</param>
/// <param name="Declared">From the configuration file.</param>
internal sealed record ServiceRecord(string Name, string Host, ushort Port, bool Declared);
