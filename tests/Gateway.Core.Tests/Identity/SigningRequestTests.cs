using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Identity;

namespace Gateway.Core.Tests.Identity;

public sealed class SigningRequestTests : IDisposable
{
    private static readonly SpiffeId Plc = SpiffeId.ForDevice("plant-3", "line-2", "plc-7");

    private readonly ECDsa _key = ECDsa.Create(SigningRequest.Curve);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void A_request_names_one_identity_and_carries_its_key()
    {
        var read = SigningRequest.Read(SigningRequest.Create(_key, Plc));
        Assert.Equal(Plc, read.Id);
        Assert.Equal(_key.ExportSubjectPublicKeyInfo(), read.Key.ExportSubjectPublicKeyInfo());
    }

    [Fact]
    public void A_request_asks_for_client_and_server_use_and_has_the_short_name_as_subject()
    {
        var request = CertificateRequest.LoadSigningRequest(
            SigningRequest.Create(_key, Plc), HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        Assert.Equal("CN=plc-7", request.SubjectName.Name);
        var usages = Assert.Single(request.CertificateExtensions.OfType<X509EnhancedKeyUsageExtension>()).EnhancedKeyUsages;
        Assert.Equal([SigningRequest.ClientAuthentication, SigningRequest.ServerAuthentication], usages.Cast<Oid>().Select(oid => oid.Value));
    }

    [Fact]
    public void The_id_is_written_letter_for_letter()
    {
        // A library that takes it for a web address would put a slash behind a site.
        var extension = SubjectNames.Build(SpiffeId.ForSite("plant-3"), [], []);
        Assert.Equal(["spiffe://plant-3"], SubjectNames.Read([extension]).Uris);
    }

    [Fact]
    public void A_request_changed_after_signing_is_refused()
    {
        var der = SigningRequest.Create(_key, Plc);
        var at = der.AsSpan().IndexOf("plc-7"u8);
        der[at + 4] = (byte)'8';
        Refused("request", der);
    }

    [Fact]
    public void A_request_cut_at_any_byte_is_refused()
    {
        var der = SigningRequest.Create(_key, Plc);
        for (var length = 0; length < der.Length; length++)
            Refused("request", der[..length]);
    }

    [Fact]
    public void Bytes_behind_a_request_are_refused() => Refused("request", [.. SigningRequest.Create(_key, Plc), 0]);

    [Fact]
    public void Random_changes_never_escape_as_another_exception()
    {
        var der = SigningRequest.Create(_key, Plc);
        var random = new Random(7);
        for (var round = 0; round < 2_000; round++)
        {
            var changed = (byte[])der.Clone();
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            Assert.Throws<CertificateRejectedException>(() => SigningRequest.Read(changed));
        }
    }

    [Fact]
    public void Another_curve_is_refused()
    {
        using var wide = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Refused("public key", SigningRequest.Create(wide, Plc));
    }

    [Fact]
    public void An_rsa_key_is_refused()
    {
        using var rsa = RSA.Create(2048);
        var request = new CertificateRequest(SigningRequest.Subject(Plc), rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(SubjectNames.Build(Plc, [], []));
        Refused("", request.CreateSigningRequest());
    }

    [Fact]
    public void A_request_without_or_with_further_names_is_refused()
    {
        var none = new CertificateRequest(SigningRequest.Subject(Plc), _key, HashAlgorithmName.SHA256);
        Refused("subjectAltName", none.CreateSigningRequest());
        var two = new CertificateRequest(SigningRequest.Subject(Plc), _key, HashAlgorithmName.SHA256);
        two.CertificateExtensions.Add(SubjectNames.Build(Plc, ["plc-7.example"], []));
        Refused("subjectAltName", two.CreateSigningRequest());
    }

    [Fact]
    public void A_name_that_is_no_id_of_this_system_is_refused()
    {
        var request = new CertificateRequest(SigningRequest.Subject(Plc), _key, HashAlgorithmName.SHA256);
        var builder = new SubjectAlternativeNameBuilder();
        builder.AddUri(new Uri("spiffe://plant-3/admin/root"));
        request.CertificateExtensions.Add(builder.Build());
        Refused("subjectAltName", request.CreateSigningRequest());
    }

    private static void Refused(string field, byte[] der) =>
        Assert.StartsWith(field, Assert.Throws<CertificateRejectedException>(() => SigningRequest.Read(der)).Message, StringComparison.Ordinal);
}
