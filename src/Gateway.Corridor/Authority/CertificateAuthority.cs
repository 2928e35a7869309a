using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Core.Identity;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Authority;

/// <summary>The site's small authority: one P-256 key, self-signed for ten years, made at the first start. It signs what the
/// <see cref="EnrolmentDesk"/> has decided, and takes nothing from a request but the key.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    public static readonly TimeSpan Life = TimeSpan.FromDays(3650);

    /// <summary>Certificates begin this long before they are issued, for clocks that are behind.</summary>
    public static readonly TimeSpan Backdated = TimeSpan.FromMinutes(5);

    private const int SerialBytes = 16;
    private const int MaxFileBytes = 64 << 10;

    private readonly ECDsa _key;
    private readonly TimeProvider _time;

    private CertificateAuthority(ECDsa key, X509Certificate2 certificate, TimeProvider time) =>
        (_key, Certificate, _time) = (key, certificate, time);

    /// <summary>The authority's certificate, without its key.</summary>
    public X509Certificate2 Certificate { get; }

    public string Fingerprint => StoredIdentity.FingerprintOf(Certificate);

    /// <exception cref="HubStartException">Its files are damaged or readable by others.</exception>
    public static CertificateAuthority Open(string folder, string site, TimeProvider time)
    {
        var (keyPath, certificatePath) = (Path.Combine(folder, "ca.key"), Path.Combine(folder, "ca.crt"));
        try
        {
            var key = File.Exists(keyPath) ? ReadKey(keyPath) : MakeKey(keyPath);
            if (!File.Exists(certificatePath))
            {
                using var made = SelfSign(key, site, time.GetUtcNow());
                PrivateFile.Write(certificatePath, Encoding.ASCII.GetBytes(made.ExportCertificatePem()));
            }
            var certificate = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(PrivateFile.Read(certificatePath, MaxFileBytes)));
            return new CertificateAuthority(key, certificate, time);
        }
        catch (Exception e) when (e is CryptographicException or IOException or ArgumentException)
        {
            throw new HubStartException($"the authority in {folder} cannot be used: {e.Message}; restore ca.key and ca.crt from a backup", e);
        }
    }

    /// <summary>Signs a certificate.</summary>
    /// <param name="id">Identity it names: the caller has decided that.</param>
    /// <param name="key">Key it is for.</param>
    /// <param name="life">How long it is valid.</param>
    /// <param name="dnsNames">Further names, for a hub only.</param>
    /// <param name="addresses">Further addresses, for a hub only.</param>
    public X509Certificate2 Issue(SpiffeId id, PublicKey key, TimeSpan life, IEnumerable<string> dnsNames, IEnumerable<IPAddress> addresses)
    {
        var now = _time.GetUtcNow();
        var request = new CertificateRequest(SigningRequest.Subject(id), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(SigningRequest.KeyUsages());
        request.CertificateExtensions.Add(SubjectNames.Build(id, dnsNames, addresses));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(key, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));
        return request.Create(Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), now - Backdated, now + life, NewSerial());
    }

    public void Dispose()
    {
        _key.Dispose();
        Certificate.Dispose();
    }

    /// <summary>Random and positive (RFC 5280, section 4.1.2.2).</summary>
    private static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(SerialBytes);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        return serial;
    }

    private static X509Certificate2 SelfSign(ECDsa key, string site, DateTimeOffset now)
    {
        var id = SpiffeId.ForSite(site);
        var request = new CertificateRequest(new X500DistinguishedName($"CN=Corridor authority of {site}"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(SubjectNames.Build(id, [], []));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(now - TimeSpan.FromHours(1), now + Life);
    }

    private static ECDsa MakeKey(string path)
    {
        var key = ECDsa.Create(SigningRequest.Curve);
        PrivateFile.Write(path, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        return key;
    }

    private static ECDsa ReadKey(string path)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(Encoding.ASCII.GetString(PrivateFile.Read(path, MaxFileBytes)));
        return key;
    }
}
