using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Identity;

namespace Gateway.Core.Tests.Identity;

/// <summary>Each case is a right certificate with one fault; the first test is the control.</summary>
public sealed class CertificateCheckTests : IDisposable
{
    private static readonly SpiffeId Plc = SpiffeId.ForDevice("plant-3", "line-2", "plc-7");

    private readonly TestAuthority _authority = new();
    private readonly ECDsa _key = ECDsa.Create(SigningRequest.Curve);

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void The_certificate_that_was_asked_for_is_accepted() => Check(_authority.Issue(_key, Plc));

    [Fact]
    public void An_expired_one_is_refused() =>
        Refused("notAfter", "2026-11-23T11:59:59Z", _authority.Issue(_key, Plc, draft => draft.NotAfter = TestAuthority.Now.AddSeconds(-1)));

    [Fact]
    public void One_that_begins_within_the_allowed_clock_skew_is_accepted() =>
        Check(_authority.Issue(_key, Plc, draft => draft.NotBefore = TestAuthority.Now + Validity.AllowedClockSkew));

    [Fact]
    public void One_that_is_not_yet_valid_is_refused() => Refused("notBefore", "clocks",
        _authority.Issue(_key, Plc, draft => draft.NotBefore = TestAuthority.Now + Validity.AllowedClockSkew + TimeSpan.FromSeconds(1)));

    [Fact]
    public void One_for_another_device_is_refused() =>
        Refused("subjectAltName", "plc-8", _authority.Issue(_key, SpiffeId.ForDevice("plant-3", "line-2", "plc-8")));

    [Fact]
    public void One_for_another_key_is_refused()
    {
        using var other = ECDsa.Create(SigningRequest.Curve);
        Refused("public key", "another key", _authority.Issue(other, Plc));
    }

    [Fact]
    public void One_of_another_authority_of_the_same_name_is_refused()
    {
        using var other = new TestAuthority();
        Refused("issuer", "authority of plant-3", other.Issue(_key, Plc));
    }

    [Fact]
    public void One_without_a_name_is_refused() =>
        Refused("subjectAltName", "0 URI names", _authority.Issue(_key, Plc, draft => draft.Names = []));

    [Fact]
    public void One_with_a_second_identity_is_refused() =>
        Refused("subjectAltName", "2 URI names", _authority.Issue(_key, Plc, draft => draft.Names.Add("spiffe://plant-3/client/scada")));

    [Fact]
    public void One_with_a_host_name_beside_the_identity_is_refused() =>
        Refused("subjectAltName", "1 others", _authority.Issue(_key, Plc, draft => draft.DnsNames.Add("plc-7.example")));

    [Fact]
    public void One_that_may_sign_others_is_refused() =>
        Refused("basicConstraints", "CA:TRUE", _authority.Issue(_key, Plc, draft => draft.IsAuthority = true));

    [Fact]
    public void One_whose_key_usage_allows_signing_others_is_refused() => Refused("keyUsage", "KeyCertSign",
        _authority.Issue(_key, Plc, draft => draft.KeyUsages = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign));

    [Fact]
    public void One_for_servers_only_is_refused() =>
        Refused("extendedKeyUsage", SigningRequest.ServerAuthentication, _authority.Issue(_key, Plc, draft => draft.Usages = [SigningRequest.ServerAuthentication]));

    [Fact]
    public void One_without_extended_key_usage_is_refused() =>
        Refused("extendedKeyUsage", "none", _authority.Issue(_key, Plc, draft => draft.Usages = []));

    [Fact]
    public void One_signed_by_a_certificate_that_may_not_sign_is_refused()
    {
        using var deviceKey = ECDsa.Create(SigningRequest.Curve);
        using var device = _authority.Issue(deviceKey, SpiffeId.ForDevice("plant-3", "line-2", "plc-8"));
        var request = new CertificateRequest(SigningRequest.Subject(Plc), new PublicKey(_key), HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(SubjectNames.Build(Plc, [], []));
        request.CertificateExtensions.Add(SigningRequest.KeyUsages());
        var forged = request.Create(
            device.SubjectName, X509SignatureGenerator.CreateForECDsa(deviceKey), TestAuthority.Now.AddMinutes(-1), TestAuthority.Now.AddDays(1), [1]);
        Refused("issuer", "plc-8", forged);
    }

    private void Check(X509Certificate2 certificate)
    {
        using (certificate)
            new CertificateCheck(_key, Plc, _authority.Authorities).Accept(certificate, TestAuthority.Now);
    }

    private void Refused(string field, string value, X509Certificate2 certificate)
    {
        var message = Assert.Throws<CertificateRejectedException>(() => Check(certificate)).Message;
        Assert.StartsWith(field, message, StringComparison.Ordinal);
        Assert.Contains(value, message, StringComparison.Ordinal);
    }
}
