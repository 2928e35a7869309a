using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Identity;

namespace Gateway.Corridor.Client;

/// <summary>Whether what answers is a hub of our site: its certificate names <c>spiffe://SITE/hub/NAME</c>, is valid now, and comes
/// from the site's authority. Host names play no part; the address of a hub may change.</summary>
internal sealed class HubTrust(X509Certificate2Collection authorities, string? site, TimeProvider time)
{
    /// <summary>Why the last hub was not trusted; empty when it was.</summary>
    public string Refusal { get; private set; } = "";

    public SslClientAuthenticationOptions Options(StoredIdentity? identity)
    {
        var options = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = AuthorityChain.Policy(authorities),
            RemoteCertificateValidationCallback = (_, certificate, _, _) => Accept(certificate as X509Certificate2),
            EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls13,
            AllowTlsResume = false,
        };
        if (identity is not null)
            options.ClientCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, null, offline: true);
        return options;
    }

    private bool Accept(X509Certificate2? certificate)
    {
        Refusal = certificate is null ? "it showed no certificate" : Explain(certificate) ?? "";
        return Refusal.Length == 0;
    }

    private string? Explain(X509Certificate2 certificate)
    {
        var now = time.GetUtcNow();
        if (AuthorityChain.Explain(certificate, authorities, now) is { } untrusted)
            return $"its certificate is not from the site's authority ({untrusted})";
        if (Validity.Of(certificate).Explain(now) is { } invalid)
            return $"its certificate is not valid: {invalid}";
        try
        {
            var names = SubjectNames.Of(certificate);
            return names.Uris is [var uri] && SpiffeId.TryParse(uri, out var id, out _) && id.Kind == SpiffeKind.Hub && (site is null || id.Site == site)
                ? null
                : $"its certificate is for {(names.Uris.IsEmpty ? "no identity" : names.Uris[0])}, not for a hub of {site ?? "a site"}";
        }
        catch (CertificateRejectedException e)
        {
            return e.Message;
        }
    }
}
