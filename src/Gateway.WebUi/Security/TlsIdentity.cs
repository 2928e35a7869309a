using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Core.Identity;

namespace Gateway.WebUi.Security;

/// <summary>The key and certificate that browsers see: made here at the first start, self-signed, kept in one file, renewed with a new
/// key before its end. There is no other authority to ask: the box must be reachable before it is known to anybody.</summary>
public sealed class TlsIdentity
{
    /// <summary>A browser asks its user again at each renewal, so not often; a lost key must end some day, so not never.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(730);

    /// <summary>A box that is switched off for a month comes back with a valid certificate.</summary>
    public static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    /// <summary>The clock of a box without a battery may lag behind that of the browser's machine.</summary>
    private static readonly TimeSpan ClockSlack = TimeSpan.FromDays(1);

    private readonly string _path;
    private readonly IReadOnlyList<string> _names;
    private readonly TimeProvider _time;
    private volatile X509Certificate2 _current;

    private TlsIdentity(string path, IReadOnlyList<string> names, TimeProvider time, X509Certificate2? kept)
    {
        (_path, _names, _time) = (path, names, time);
        _current = kept is not null && IsGood(kept) ? kept : Renew();
    }

    public X509Certificate2 Current => _current;

    /// <summary>SHA-256 of the certificate as browsers show it: <c>AB:CD:…</c>.</summary>
    public string Fingerprint => FingerprintOf(_current);

    /// <summary>Takes the kept identity, or makes one when there is none, it cannot be read, it is near its end, or the names are others.</summary>
    public static TlsIdentity Open(string stateFolder, IEnumerable<string> names, TimeProvider time)
    {
        PrivateFile.MakeFolder(stateFolder);
        var path = PathIn(stateFolder);
        return new TlsIdentity(path, [.. names], time, Load(path));
    }

    /// <summary>Fingerprint of the kept certificate; null when there is none yet.</summary>
    public static string? KeptFingerprint(string stateFolder) => Load(PathIn(stateFolder)) is { } kept ? FingerprintOf(kept) : null;

    /// <summary>Makes a new one when the current one is near its end. Connections that are open keep the old one.</summary>
    /// <returns>Whether it was renewed.</returns>
    public bool RenewWhenDue()
    {
        if (IsGood(_current))
            return false;
        _current = Renew();
        return true;
    }

    private static string PathIn(string folder) => Path.Combine(folder, "tls.pem");

    private bool IsGood(X509Certificate2 certificate)
    {
        var now = _time.GetUtcNow();
        return certificate.NotAfter.ToUniversalTime() - RenewBefore > now && certificate.NotBefore.ToUniversalTime() <= now
            && certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault() is { } names
            && names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(a => a.ToString())).ToHashSet().SetEquals(_names);
    }

    private X509Certificate2 Renew()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Gateway", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in _names)
        {
            if (IPAddress.TryParse(name, out var address))
                names.AddIpAddress(address);
            else
                names.AddDnsName(name);
        }
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], false));
        var now = _time.GetUtcNow();
        using var made = request.CreateSelfSigned(now - ClockSlack, now + Lifetime);
        var pem = $"{key.ExportPkcs8PrivateKeyPem()}\n{made.ExportCertificatePem()}\n";
        PrivateFile.Write(_path, Encoding.ASCII.GetBytes(pem));
        return X509Certificate2.CreateFromPem(pem, pem);
    }

    private static X509Certificate2? Load(string path)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(path);
        }
        catch (Exception e) when (e is IOException or CryptographicException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string FingerprintOf(X509Certificate2 certificate) =>
        string.Join(':', certificate.GetCertHash(HashAlgorithmName.SHA256).Select(b => b.ToString("X2", null)));
}
