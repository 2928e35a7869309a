using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Identity;

/// <summary>A request to certify a key (PKCS #10, RFC 2986) as this system writes and reads it: P-256, one URI name, nothing chosen
/// by the requester beyond that.</summary>
public static class SigningRequest
{
    /// <summary>The one curve in use; every fabric here and every TPM knows it.</summary>
    public static readonly ECCurve Curve = ECCurve.NamedCurves.nistP256;

    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private const string CurveOid = "1.2.840.10045.3.1.7";

    /// <summary>A request for the id, signed with its key.</summary>
    /// <returns>DER.</returns>
    public static byte[] Create(ECDsa key, SpiffeId id)
    {
        var request = new CertificateRequest(Subject(id), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(SubjectNames.Build(id, [], []));
        request.CertificateExtensions.Add(KeyUsages());
        return request.CreateSigningRequest();
    }

    /// <summary>CN is the short name, for people who look at certificates; nothing is decided by it.</summary>
    public static X500DistinguishedName Subject(SpiffeId id)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(id.Name.Length > 0 ? id.Name : id.Site);
        return builder.Build();
    }

    /// <summary>Both ends of every connection show a certificate, so each has both usages (X.509-SVID, section 4.4).</summary>
    public static X509EnhancedKeyUsageExtension KeyUsages() =>
        new([new Oid(ClientAuthentication), new Oid(ServerAuthentication)], critical: false);

    /// <summary>Reads a request, checks that its sender holds the key, and takes from it only the id and the key.</summary>
    /// <exception cref="CertificateRejectedException">Not a request, not signed by its own key, another kind of key, or not exactly one URI name.</exception>
    public static RequestedCertificate Read(ReadOnlySpan<byte> der)
    {
        var request = Load(der);
        CheckKey(request.PublicKey);
        var names = SubjectNames.Read(request.CertificateExtensions);
        if (names.Uris.Length != 1 || names.Others != 0)
        {
            throw new CertificateRejectedException(
                $"subjectAltName: {names.Uris.Length} URI names and {names.Others} others; a request has one URI name, spiffe://SITE/...");
        }
        if (!SpiffeId.TryParse(names.Uris[0], out var id, out var wrong))
            throw new CertificateRejectedException($"subjectAltName: {wrong}");
        return new RequestedCertificate(id, request.PublicKey);
    }

    private static CertificateRequest Load(ReadOnlySpan<byte> der)
    {
        try
        {
            // "Unsafe" means that extensions are kept as asked; the authority takes none of them over.
            var request = CertificateRequest.LoadSigningRequest(
                der, HashAlgorithmName.SHA256, out var consumed, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
            return consumed == der.Length
                ? request
                : throw new CertificateRejectedException($"request: {der.Length - consumed} bytes follow it; send the PKCS #10 request alone");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or NotSupportedException)
        {
            throw new CertificateRejectedException("request: is not a PKCS #10 request signed by its own key with SHA-256; make a new one", e);
        }
    }

    private static void CheckKey(PublicKey key)
    {
        using var elliptic = ReadKey(key);
        var curve = elliptic?.ExportParameters(includePrivateParameters: false).Curve;
        if (curve?.Oid.Value != CurveOid && curve?.Oid.FriendlyName is not ("nistP256" or "ECDSA_P256"))
            throw new CertificateRejectedException($"public key: algorithm {key.Oid.FriendlyName ?? key.Oid.Value}; only P-256 keys are certified");
    }

    private static ECDsa? ReadKey(PublicKey key)
    {
        try
        {
            return key.GetECDsaPublicKey();
        }
        catch (CryptographicException e)
        {
            throw new CertificateRejectedException("public key: is not a point of its curve; make a new key", e);
        }
    }
}

/// <param name="Id">Identity asked for.</param>
/// <param name="Key">Key to certify.</param>
public sealed record RequestedCertificate(SpiffeId Id, PublicKey Key);
