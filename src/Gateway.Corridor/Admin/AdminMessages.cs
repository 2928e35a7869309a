using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Core.Identity;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Admin;

/// <summary>What an operator asks on the admin socket: one JSON object on one line, and one back.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "verb", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(NewToken), "token-new")]
[JsonDerivedType(typeof(ChangeEntitlements), "entitle")]
[JsonDerivedType(typeof(ListEntitlements), "entitlements")]
[JsonDerivedType(typeof(AddService), "service-add")]
[JsonDerivedType(typeof(RemoveService), "service-remove")]
[JsonDerivedType(typeof(ListServices), "services")]
[JsonDerivedType(typeof(Revoke), "revoke")]
[JsonDerivedType(typeof(Restore), "restore")]
[JsonDerivedType(typeof(Release), "release")]
[JsonDerivedType(typeof(AskStatus), "status")]
[JsonDerivedType(typeof(ListFlows), "flows")]
internal abstract record AdminRequest;

/// <param name="Kind">Client or gateway.</param>
/// <param name="Name">Its name.</param>
/// <param name="Groups">Groups of a client.</param>
/// <param name="ValidSeconds">How long the token can be used, 60 s to 7 days.</param>
internal sealed record NewToken(SpiffeKind Kind, string Name, IReadOnlyList<string> Groups, double ValidSeconds) : AdminRequest;

/// <param name="Add">Add, or remove.</param>
/// <param name="From">What the caller is named by.</param>
/// <param name="Caller">Its name.</param>
/// <param name="Targets">Targets as people write them.</param>
internal sealed record ChangeEntitlements(bool Add, CallerKind From, string Caller, IReadOnlyList<string> Targets) : AdminRequest;

internal sealed record ListEntitlements : AdminRequest;

/// <param name="Name">Name devices dial.</param>
/// <param name="Address">HOST:PORT the hub connects to.</param>
internal sealed record AddService(string Name, string Address) : AdminRequest;

internal sealed record RemoveService(string Name) : AdminRequest;

internal sealed record ListServices : AdminRequest;

/// <param name="What">Name, SPIFFE id, or fingerprint of one certificate.</param>
internal sealed record Revoke(string What) : AdminRequest;

/// <param name="What">Name or SPIFFE id.</param>
internal sealed record Restore(string What) : AdminRequest;

/// <param name="What">Name or SPIFFE id of something revoked, whose record goes and whose name is free again.</param>
internal sealed record Release(string What) : AdminRequest;

internal sealed record AskStatus : AdminRequest;

internal sealed record ListFlows : AdminRequest;

/// <summary>The answer: an error, or notes and what was asked for.</summary>
internal sealed record AdminReply
{
    /// <summary>What is wrong and what would be right; null when it was done.</summary>
    public string? Error { get; init; }

    /// <summary>What was done, for people.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    public TokenView? Token { get; init; }

    public IReadOnlyList<EntitlementView>? Entitlements { get; init; }

    public IReadOnlyList<ServiceView>? Services { get; init; }

    public IReadOnlyList<FlowView>? Flows { get; init; }

    public StatusView? Status { get; init; }
}

internal sealed record TokenView(string Id, string Token, DateTimeOffset ExpiresAt);

internal sealed record EntitlementView(string From, string Name, string Target, ushort? Port, bool Declared);

internal sealed record ServiceView(string Name, string Address, bool Declared);

internal sealed record FlowView(
    string Flow, string Caller, string Target, ushort Port, DateTimeOffset Since, long BytesToTarget, long BytesFromTarget);

/// <param name="Site">Site.</param>
/// <param name="Hub">Name.</param>
/// <param name="Endpoint">Where it listens.</param>
/// <param name="AuthorityFingerprint">SHA-256 of the authority's certificate, to pin at enrolment.</param>
/// <param name="StartedAt">Since when.</param>
/// <param name="Identities">Everyone on record.</param>
/// <param name="Counters">Counts since start; zero ones left out.</param>
internal sealed record StatusView(
    string Site, string Hub, string Endpoint, string AuthorityFingerprint, DateTimeOffset StartedAt,
    IReadOnlyList<IdentityView> Identities, IReadOnlyDictionary<string, long> Counters);

/// <param name="Id">SPIFFE id.</param>
/// <param name="Groups">Groups.</param>
/// <param name="State"><c>connected</c>, <c>away</c>, <c>not-enrolled</c>, <c>expired</c>, <c>revoked</c>.</param>
/// <param name="Fingerprint">Newest certificate; null before there is one.</param>
/// <param name="NotAfter">Its end.</param>
/// <param name="Connections">TLS connections now.</param>
/// <param name="Doors">Doors parked now.</param>
/// <param name="Flows">Flows from or to it now.</param>
internal sealed record IdentityView(
    string Id, IReadOnlyList<string> Groups, string State, string? Fingerprint, DateTimeOffset? NotAfter, int Connections, int Doors, int Flows);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(AdminRequest))]
[JsonSerializable(typeof(AdminReply))]
internal sealed partial class AdminJson : JsonSerializerContext;
