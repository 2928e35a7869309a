using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Identity;

/// <summary>A credential as it stands on disk: certificate with its key, and the authorities it is trusted by and trusts.</summary>
public sealed class StoredIdentity(X509Certificate2 certificate, X509Certificate2Collection authorities) : IDisposable
{
    /// <summary>The certificate with its private key.</summary>
    public X509Certificate2 Certificate { get; } = certificate;

    public X509Certificate2Collection Authorities { get; } = authorities;

    /// <summary>Identity the certificate names.</summary>
    public SpiffeId Id { get; } = SubjectNames.Of(certificate).Uris is [var uri] ? SpiffeId.Parse(uri)
        : throw new CertificateRejectedException("subjectAltName: the certificate names no single identity; enrol anew");

    public Validity Validity => Validity.Of(Certificate);

    /// <summary>SHA-256 of the certificate, lower-case hexadecimal: how records and people name one certificate.</summary>
    public string Fingerprint => FingerprintOf(Certificate);

    public static string FingerprintOf(X509Certificate2 certificate) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(certificate.RawDataMemory.Span));

    public void Dispose()
    {
        Certificate.Dispose();
        foreach (var authority in Authorities)
            authority.Dispose();
    }
}

/// <summary>What stands in an identity folder cannot be used; the message names the file and the cure.</summary>
public sealed class IdentityStoreException(string message, Exception? inner = null) : Exception(message, inner);
