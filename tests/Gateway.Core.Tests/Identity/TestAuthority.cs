using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Identity;

namespace Gateway.Core.Tests.Identity;

/// <summary>An authority that signs whatever a test asks, right or wrong.</summary>
internal sealed class TestAuthority : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly ECDsa _key = ECDsa.Create(SigningRequest.Curve);
    private int _serial;

    public TestAuthority(string site = "plant-3")
    {
        var request = new CertificateRequest($"CN=authority of {site}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(SubjectNames.Build(SpiffeId.ForSite(site), [], []));
        Certificate = request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(9));
    }

    public X509Certificate2 Certificate { get; }

    public X509Certificate2Collection Authorities => new(X509CertificateLoader.LoadCertificate(Certificate.RawData));

    public X509Certificate2 Issue(ECDsa key, SpiffeId id, Action<Draft>? change = null)
    {
        var draft = new Draft { Names = [id.ToString()] };
        change?.Invoke(draft);
        var request = new CertificateRequest(SigningRequest.Subject(id), new PublicKey(key), HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(draft.IsAuthority, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(draft.KeyUsages, true));
        if (draft.Usages.Count > 0)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. draft.Usages.Select(usage => new Oid(usage))], false));
        if (draft.Names.Count + draft.DnsNames.Count > 0)
            request.CertificateExtensions.Add(Names(draft));
        var generator = X509SignatureGenerator.CreateForECDsa(_key);
        return request.Create(Certificate.SubjectName, generator, draft.NotBefore, draft.NotAfter, BitConverter.GetBytes(++_serial));
    }

    public void Dispose()
    {
        _key.Dispose();
        Certificate.Dispose();
    }

    private static X509Extension Names(Draft draft)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in draft.Names)
            builder.AddUri(new Uri(name));
        foreach (var name in draft.DnsNames)
            builder.AddDnsName(name);
        return builder.Build();
    }

    internal sealed class Draft
    {
        public List<string> Names { get; set; } = [];

        public List<string> DnsNames { get; } = [];

        public List<string> Usages { get; set; } = [SigningRequest.ClientAuthentication, SigningRequest.ServerAuthentication];

        public X509KeyUsageFlags KeyUsages { get; set; } = X509KeyUsageFlags.DigitalSignature;

        public bool IsAuthority { get; set; }

        public DateTimeOffset NotBefore { get; set; } = Now.AddMinutes(-5);

        public DateTimeOffset NotAfter { get; set; } = Now.AddDays(7);
    }
}
