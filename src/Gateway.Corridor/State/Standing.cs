using Gateway.Core.Identity;

namespace Gateway.Corridor.State;

/// <summary>A certificate as a peer showed it.</summary>
/// <param name="Id">Identity it names.</param>
/// <param name="Fingerprint">SHA-256 of it.</param>
/// <param name="Validity">When it is valid.</param>
internal sealed record Credential(SpiffeId Id, string Fingerprint, Validity Validity);

/// <summary>Whether a certificate that our authority signed still counts.</summary>
internal static class Standing
{
    /// <summary>For something new: null when it counts, else why not.</summary>
    public static string? Explain(HubState state, Credential credential, DateTimeOffset now) =>
        Withdrawn(state, credential) ?? (credential.Validity.Explain(now) is { } wrong ? $"the certificate of {credential.Id} is not valid: {wrong}" : null);

    /// <summary>For a flow or connection that is open: it outlives its certificate when the identity holds a newer one.</summary>
    public static string? ExplainOpen(HubState state, Credential credential, DateTimeOffset now) =>
        Withdrawn(state, credential)
        ?? (now > credential.Validity.NotAfter && !HasGoodCertificate(state, credential.Id, now)
            ? $"the certificate of {credential.Id} has expired and was not renewed"
            : null);

    private static string? Withdrawn(HubState state, Credential credential)
    {
        if (state.Identity(credential.Id) is not { } identity || !state.Certificates.TryGetValue(credential.Fingerprint, out var certificate))
            return $"the certificate {credential.Fingerprint[..16]} of {credential.Id} is not on record here";
        if (Barred(state, identity) is { } since)
            return $"{credential.Id} was revoked at {Validity.Text(since)}";
        return certificate.RevokedAt is { } revoked
            ? $"the certificate {credential.Fingerprint[..16]} of {credential.Id} was revoked at {Validity.Text(revoked)}"
            : null;
    }

    /// <summary>Since when an identity is revoked, itself or through the gateway that holds its key; null when it is not.</summary>
    public static DateTimeOffset? Barred(HubState state, IdentityRecord identity) => identity.BarredAt
        ?? (identity.Kind == SpiffeKind.Device
            ? state.Identities.GetValueOrDefault(SpiffeId.ForGateway(state.Site, identity.Segment).ToString())?.BarredAt
            : null);

    private static bool HasGoodCertificate(HubState state, SpiffeId id, DateTimeOffset now)
    {
        var text = id.ToString();
        return state.Certificates.Values.Any(record => record.Id == text && record.RevokedAt is null && record.NotAfter > now);
    }
}
