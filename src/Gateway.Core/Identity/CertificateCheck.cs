using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Identity;

/// <summary>Whether an issued certificate is the one that was asked for. Checked before it is used or stored as current, because it
/// may come from a file a person carried.</summary>
/// <param name="Key">Key that the certificate must belong to.</param>
/// <param name="Id">Identity it must name, and no other.</param>
/// <param name="Authorities">Authorities that may have signed it, known from before; never those that came with it.</param>
public sealed record CertificateCheck(ECDsa Key, SpiffeId Id, X509Certificate2Collection Authorities)
{
    /// <exception cref="CertificateRejectedException">Something does not fit; the message names the field, its value and the cure.</exception>
    public void Accept(X509Certificate2 certificate, DateTimeOffset now)
    {
        var wrong = CheckKey(certificate) ?? CheckIsNoAuthority(certificate) ?? CheckNames(certificate)
            ?? CheckUsages(certificate) ?? Validity.Of(certificate).Explain(now) ?? CheckIssuer(certificate, now);
        if (wrong is not null)
            throw new CertificateRejectedException(wrong);
    }

    private string? CheckKey(X509Certificate2 certificate) =>
        certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(Key.ExportSubjectPublicKeyInfo())
            ? null
            : $"public key: belongs to another key than the one made for {Id}; send the request again and take the certificate made from it";

    private static string? CheckIsNoAuthority(X509Certificate2 certificate)
    {
        foreach (var extension in certificate.Extensions)
        {
            if (extension is X509BasicConstraintsExtension { CertificateAuthority: true })
                return "basicConstraints: CA:TRUE; the certificate of a device never signs others, ask for one with CA:FALSE";
            if (extension is X509KeyUsageExtension usage && (usage.KeyUsages & (X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign)) != 0)
                return $"keyUsage: {usage.KeyUsages}; the certificate of a device never signs others, ask for digitalSignature only";
        }
        return null;
    }

    private string? CheckNames(X509Certificate2 certificate)
    {
        var names = SubjectNames.Of(certificate);
        if (names.Uris.Length != 1 || names.Others != 0)
            return $"subjectAltName: {names.Uris.Length} URI names and {names.Others} others; it must hold {Id} and nothing else";
        return names.Uris[0] == Id.ToString()
            ? null
            : $"subjectAltName: {names.Uris[0]}; the certificate is for another identity, {Id} is wanted";
    }

    private static string? CheckUsages(X509Certificate2 certificate)
    {
        var usages = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .SelectMany(extension => extension.EnhancedKeyUsages.Cast<Oid>())
            .Select(oid => oid.Value ?? "")
            .ToHashSet(StringComparer.Ordinal);
        return usages.Contains(SigningRequest.ClientAuthentication) && usages.Contains(SigningRequest.ServerAuthentication)
            ? null
            : $"extendedKeyUsage: {(usages.Count == 0 ? "none" : string.Join(", ", usages))}; it must hold clientAuth and serverAuth";
    }

    private string? CheckIssuer(X509Certificate2 certificate, DateTimeOffset now) =>
        AuthorityChain.Explain(certificate, Authorities, now) is { } wrong
            ? $"issuer: {certificate.Issuer} is none of the {Authorities.Count} authorities known here ({wrong}); take a certificate of the fabric's own authority"
            : null;
}
