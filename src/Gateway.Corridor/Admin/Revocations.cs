using Gateway.Core.Identity;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Admin;

/// <summary>Takes identities and certificates out of use, and identities back in.</summary>
internal sealed class Revocations(HubStore store, TimeProvider time)
{
    /// <summary>Fewest letters of a fingerprint that name a certificate.</summary>
    private const int LeastFingerprintLength = 16;

    /// <summary>Revokes one certificate, or an identity with all its certificates and unused tokens; a gateway's devices go with it,
    /// because the gateway holds their keys.</summary>
    /// <exception cref="AdminRefusedException">Nothing, or more than one thing, has that name.</exception>
    public IReadOnlyList<string> Revoke(string what) => store.Change(state =>
    {
        if (FindCertificate(state, what) is { } certificate)
            return (Revoke(state, [certificate]), Notes([$"revoked the certificate {certificate.Fingerprint} of {certificate.Id}; its flows and doors end now"]));
        var identity = Find(state, what);
        var hit = state.Identities.Values.Where(other => other.Id == identity.Id || IsBehind(identity, other)).ToList();
        var next = Revoke(state, state.Certificates.Values.Where(record => hit.Any(other => other.Id == record.Id)));
        next = next.With(identity with { BarredAt = identity.BarredAt ?? time.GetUtcNow() });
        next = next with { Tokens = next.Tokens.RemoveAll(token => token.Id == identity.Id && token.UsedAt is null) };
        return (next, Notes(hit.Select(other => $"revoked {other.Id}; its flows and doors end now")));
    });

    /// <summary>Lets an identity hold certificates again. Those that were revoked stay so: it enrols anew.</summary>
    /// <exception cref="AdminRefusedException">It is unknown or not revoked.</exception>
    public IReadOnlyList<string> Restore(string what) => store.Change(state =>
    {
        var identity = Barred(state, what);
        return (state.With(identity with { BarredAt = null }), Notes([$"{identity.Id} may enrol again"]));
    });

    /// <summary>Forgets a revoked identity, so that its name is free for another.</summary>
    /// <exception cref="AdminRefusedException">It is unknown or not revoked.</exception>
    public IReadOnlyList<string> Release(string what) => store.Change(state =>
    {
        var identity = Barred(state, what);
        return (state with { Identities = state.Identities.Remove(identity.Id) }, Notes([$"{identity.Id} is forgotten; the name {identity.Name} is free"]));
    });

    private HubState Revoke(HubState state, IEnumerable<CertificateRecord> certificates)
    {
        var now = time.GetUtcNow();
        var revoked = certificates.Where(record => record.RevokedAt is null).Select(record => record with { RevokedAt = now });
        return state with { Certificates = state.Certificates.SetItems(revoked.Select(record => KeyValuePair.Create(record.Fingerprint, record))) };
    }

    private static IdentityRecord Barred(HubState state, string what)
    {
        var identity = Find(state, what);
        if (identity.BarredAt is not null)
            return identity;
        throw new AdminRefusedException(Standing.Barred(state, identity) is null
            ? $"{identity.Id} is not revoked"
            : $"{identity.Id} is revoked through its gateway {identity.Segment}; restore that");
    }

    private static bool IsBehind(IdentityRecord gateway, IdentityRecord device) =>
        gateway.Kind == SpiffeKind.Gateway && device.Kind == SpiffeKind.Device && device.Segment == gateway.Name;

    private static CertificateRecord? FindCertificate(HubState state, string what)
    {
        if (what.Length < LeastFingerprintLength || !what.All(char.IsAsciiHexDigitLower))
            return null;
        var found = state.Certificates.Values.Where(record => record.Fingerprint.StartsWith(what, StringComparison.Ordinal)).ToList();
        return found.Count <= 1 ? found.SingleOrDefault() : throw new AdminRefusedException($"{found.Count} certificates begin with {what}; give more of the fingerprint");
    }

    private static IdentityRecord Find(HubState state, string what)
    {
        var found = state.Identities.Values.Where(identity => identity.Id == what || identity.Name == what).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw new AdminRefusedException($"{what} is no name, id or certificate on record here; corridor status shows who is"),
            _ => throw new AdminRefusedException($"{what} can be {string.Join(" or ", found.Select(identity => identity.Id))}; give the id"),
        };
    }

    private static IReadOnlyList<string> Notes(IEnumerable<string> notes) => [.. notes];
}
