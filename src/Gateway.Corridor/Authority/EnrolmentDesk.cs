using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Core.Identity;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Authority;

/// <summary>How long certificates live.</summary>
internal sealed record Lifetimes
{
    public static readonly TimeSpan Shortest = TimeSpan.FromHours(24);
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    public TimeSpan Devices { get; init; } = TimeSpan.FromDays(7);

    public TimeSpan Clients { get; init; } = TimeSpan.FromDays(7);

    public TimeSpan Gateways { get; init; } = TimeSpan.FromDays(7);

    public TimeSpan Hub { get; init; } = TimeSpan.FromDays(7);

    public TimeSpan Of(SpiffeKind kind) => kind switch
    {
        SpiffeKind.Device => Devices,
        SpiffeKind.Client => Clients,
        SpiffeKind.Gateway => Gateways,
        _ => Hub,
    };
}

/// <summary>No certificate; the message says whom it was asked for and why not.</summary>
internal sealed class EnrolmentRefusedException(int status, string message) : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;
}

/// <summary>Decides who gets which certificate. The requester's choice counts only where it is what was allowed anyway.</summary>
internal sealed class EnrolmentDesk(HubStore store, CertificateAuthority authority, Lifetimes lifetimes, HubLimits limits, TimeProvider time)
{
    /// <summary>By a one-time token, which names one identity.</summary>
    /// <exception cref="EnrolmentRefusedException">The token is wrong, used, expired or for someone else.</exception>
    public X509Certificate2 ByToken(RequestedCertificate request, string name, string token) => store.Change(state =>
    {
        var record = FindToken(state, name, token);
        if (record.Id != request.Id.ToString())
            throw Refuse(403, $"the token is for {record.Id}; the request asks for {request.Id}: send a request for {record.Id}");
        var used = record with { UsedAt = time.GetUtcNow() };
        var identity = (state.Identity(request.Id) ?? IdentityRecord.New(request.Id)) with { Groups = record.Groups };
        return Issue(state.With(identity) with { Tokens = state.Tokens.Replace(record, used) }, identity, request, "token");
    });

    /// <summary>By a gateway, for a device of its own segment.</summary>
    /// <exception cref="EnrolmentRefusedException">Not its segment, or the device's name belongs to another one.</exception>
    public X509Certificate2 ByGateway(RequestedCertificate request, SpiffeId gateway) => store.Change(state =>
    {
        var id = request.Id;
        if (gateway.Kind != SpiffeKind.Gateway)
            throw Refuse(403, $"{gateway} is a {gateway.Kind}; only a gateway enrols others, use simplereenroll to renew");
        if (id.Site != gateway.Site || id.Kind != SpiffeKind.Device || id.Segment != gateway.Name)
            throw Refuse(403, $"{gateway} asked for {id}; it may enrol spiffe://{gateway.Site}/ot/{gateway.Name}/DEVICE only");
        if (state.Device(id.Name) is { } holder && holder.Segment != id.Segment)
            throw Refuse(409, $"the name {id.Name} belongs to {holder.Id}; name the device otherwise, or have the operator release that one");
        if (state.Services.ContainsKey(id.Name))
            throw Refuse(409, $"the name {id.Name} belongs to a service; name the device otherwise");
        var identity = state.Identity(id) ?? IdentityRecord.New(id);
        var own = state.Identities.Values.Count(other => other.Kind == SpiffeKind.Device && other.Segment == id.Segment && other.Id != identity.Id);
        if (own >= limits.DevicesPerGateway)
            throw Refuse(429, $"{gateway} has {own} devices (DevicesPerGateway); have the operator release those that are gone");
        return Issue(state.With(identity), identity, request, gateway.ToString());
    });

    /// <summary>By its present certificate, for itself.</summary>
    /// <exception cref="EnrolmentRefusedException">The request is for someone else.</exception>
    public X509Certificate2 Again(RequestedCertificate request, SpiffeId self) => store.Change(state =>
    {
        if (request.Id != self)
            throw Refuse(403, $"{self} asked for {request.Id}; simplereenroll renews one's own certificate only");
        var identity = state.Identity(self) ?? throw Refuse(403, $"{self} is not on record");
        return Issue(state, identity, request, self.ToString());
    });

    /// <summary>Makes a token for a client or gateway.</summary>
    /// <exception cref="EnrolmentRefusedException">The identity is revoked, or there are too many tokens.</exception>
    public (string Token, DateTimeOffset ExpiresAt) NewToken(SpiffeId id, IEnumerable<string> groups, TimeSpan valid) => store.Change(state =>
    {
        var now = time.GetUtcNow();
        if (state.Identity(id)?.BarredAt is { } since)
            throw Refuse(409, $"{id} was revoked at {Validity.Text(since)}; corridor restore {id.Name} first");
        var left = state.Tokens.RemoveAll(token => token.ExpiresAt < now);
        if (left.Length >= limits.Tokens)
            throw Refuse(429, $"there are {left.Length} tokens; wait until some expire");
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        var record = new TokenRecord(Hash(token), id.ToString(), [.. groups.Distinct(StringComparer.Ordinal)], now + valid, null);
        return (state with { Tokens = left.Add(record) }, (token, record.ExpiresAt));
    });

    private TokenRecord FindToken(HubState state, string name, string token)
    {
        var hash = Encoding.ASCII.GetBytes(Hash(token));
        var found = state.Tokens.FirstOrDefault(record => CryptographicOperations.FixedTimeEquals(hash, Encoding.ASCII.GetBytes(record.Hash)))
            ?? throw Refuse(401, $"the token shown for {name} is not known here; ask the operator for one: corridor token new");
        if (found.UsedAt is { } used)
            throw Refuse(401, $"the token shown for {name} was used at {Validity.Text(used)}; ask the operator for a new one");
        if (found.ExpiresAt < time.GetUtcNow())
            throw Refuse(401, $"the token shown for {name} expired at {Validity.Text(found.ExpiresAt)}; ask the operator for a new one");
        return SpiffeId.Parse(found.Id).Name == name
            ? found
            : throw Refuse(403, $"the token is for {found.Id}, not for {name}; give the right --name");
    }

    private (HubState Next, X509Certificate2 Result) Issue(HubState state, IdentityRecord identity, RequestedCertificate request, string issuedFor)
    {
        var now = time.GetUtcNow();
        if (Standing.Barred(state, identity) is { } since)
            throw Refuse(403, $"{identity.Id} was revoked at {Validity.Text(since)}; the operator can restore it: corridor restore {identity.Name}");
        if (state.Identities.Count > limits.Identities)
            throw Refuse(429, $"this hub keeps {limits.Identities} identities; release some first");
        var good = state.Certificates.Values.Count(old => old.Id == identity.Id && old.RevokedAt is null && old.NotAfter > now);
        if (good >= limits.CertificatesPerIdentity)
            throw Refuse(429, $"{identity.Id} holds {good} good certificates (CertificatesPerIdentity); use one of them, or have the operator revoke some");
        var certificate = authority.Issue(request.Id, request.Key, lifetimes.Of(identity.Kind), [], []);
        var validity = Validity.Of(certificate);
        var record = new CertificateRecord(
            StoredIdentity.FingerprintOf(certificate), certificate.SerialNumber, identity.Id, validity.NotBefore, validity.NotAfter, issuedFor, null);
        var forgotten = state.Certificates.Values.Where(old => old.NotAfter + limits.CertificateRecords < now).Select(old => old.Fingerprint);
        return (state with { Certificates = state.Certificates.RemoveRange(forgotten).Add(record.Fingerprint, record) }, certificate);
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static EnrolmentRefusedException Refuse(int status, string message) => new(status, message);
}
