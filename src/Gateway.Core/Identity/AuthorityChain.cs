using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Identity;

/// <summary>Whether a certificate was issued by one of the authorities that count here. Nothing is fetched: no list, no missing
/// certificate, no store of the machine.</summary>
public static class AuthorityChain
{
    /// <summary>Builds a chain to the authorities, judged at a time inside the certificate's own validity, so that "who signed it" and
    /// "is it valid now" stay two questions with two answers.</summary>
    /// <returns>Null when it leads to an authority, else what is wrong.</returns>
    public static string? Explain(X509Certificate2 certificate, X509Certificate2Collection authorities, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy = Policy(authorities);
        chain.ChainPolicy.VerificationTime = Inside(certificate, now).UtcDateTime;
        try
        {
            if (chain.Build(certificate))
                return null;
            return string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct());
        }
        catch (CryptographicException e)
        {
            return e.Message;
        }
        finally
        {
            foreach (var element in chain.ChainElements)
                element.Certificate.Dispose();
        }
    }

    /// <summary>How TLS and the checks here look at a peer's certificate.</summary>
    public static X509ChainPolicy Policy(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private static DateTimeOffset Inside(X509Certificate2 certificate, DateTimeOffset now)
    {
        // Chain building counts the last second of a certificate as past it.
        var (first, last) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime().AddSeconds(-1));
        return now > last ? last : now < first ? first : now;
    }
}
