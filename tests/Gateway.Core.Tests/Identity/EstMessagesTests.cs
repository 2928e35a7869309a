using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Core.Identity;

namespace Gateway.Core.Tests.Identity;

public sealed class EstMessagesTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly ECDsa _key = ECDsa.Create(SigningRequest.Curve);

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void A_request_reads_back()
    {
        var der = SigningRequest.Create(_key, SpiffeId.ForClient("plant-3", "scada"));
        Assert.Equal(der, EstMessages.DecodeRequest(EstMessages.EncodeRequest(der)));
    }

    [Fact]
    public void Lines_are_at_most_76_letters_long() =>
        Assert.All(Encoding.ASCII.GetString(EstMessages.EncodeRequest(new byte[1000])).Split("\r\n"), line => Assert.True(line.Length <= 76));

    [Theory]
    [InlineData("AQID")]
    [InlineData("AQ\r\nID\r\n")]
    [InlineData(" AQ ID\n")]
    public void White_space_in_base64_is_skipped(string body) => Assert.Equal([1, 2, 3], EstMessages.DecodeRequest(Encoding.ASCII.GetBytes(body)));

    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("AQI")]
    [InlineData("AQ=D")]
    [InlineData("AQID;")]
    [InlineData("AQID==")]
    [InlineData("-----BEGIN CERTIFICATE REQUEST-----")]
    public void What_is_not_base64_is_refused(string body) =>
        Assert.Throws<InvalidDataException>(() => EstMessages.DecodeRequest(Encoding.ASCII.GetBytes(body)));

    [Fact]
    public void A_body_that_is_too_large_is_refused_and_one_of_the_largest_size_is_not()
    {
        Assert.NotEmpty(EstMessages.DecodeRequest(Encoding.ASCII.GetBytes(new string('A', EstMessages.MaxRequestBytes))));
        Assert.Throws<InvalidDataException>(() => EstMessages.DecodeRequest(new byte[EstMessages.MaxRequestBytes + 1]));
    }

    [Fact]
    public void Certificates_read_back()
    {
        using var leaf = _authority.Issue(_key, SpiffeId.ForClient("plant-3", "scada"));
        var read = EstMessages.DecodeCertificates(EstMessages.EncodeCertificates([leaf, _authority.Certificate]));
        Assert.Equal(
            new[] { leaf.Thumbprint, _authority.Certificate.Thumbprint }.Order(),
            read.Select(certificate => certificate.Thumbprint).Order());
    }

    [Fact]
    public void An_answer_of_openssl_reads()
    {
        Need.Command("openssl", "openssl");
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("ca.pem"), _authority.Certificate.ExportCertificatePem());
        var run = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(
            "openssl", ["crl2pkcs7", "-nocrl", "-certfile", folder.File("ca.pem"), "-outform", "DER", "-out", folder.File("ca.p7")]))!;
        run.WaitForExit();
        var body = EstMessages.EncodeRequest(File.ReadAllBytes(folder.File("ca.p7")));
        Assert.Equal(_authority.Certificate.Thumbprint, Assert.Single(EstMessages.DecodeCertificates(body)).Thumbprint);
    }

    [Fact]
    public void A_signed_message_is_not_taken_for_an_answer()
    {
        using var certificate = _authority.Issue(_key, SpiffeId.ForClient("plant-3", "scada"));
        using var signer = certificate.CopyWithPrivateKey(_key);
        var message = new SignedCms(new ContentInfo([1, 2, 3]));
        message.ComputeSignature(new CmsSigner(signer) { IncludeOption = X509IncludeOption.EndCertOnly });
        Assert.Contains("signed", RefusedAnswer(message.Encode()), StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_with_too_many_certificates_is_refused()
    {
        var many = new X509Certificate2Collection();
        for (var count = 0; count <= EstMessages.MaxCertificates; count++)
            many.Add(_authority.Issue(_key, SpiffeId.ForClient("plant-3", $"client-{count}")));
        Assert.Contains("9 certificates", RefusedAnswer(many.Export(X509ContentType.Pkcs7)!), StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_cut_at_any_byte_or_with_bytes_behind_it_is_refused()
    {
        var der = new X509Certificate2Collection(_authority.Certificate).Export(X509ContentType.Pkcs7)!;
        for (var length = 0; length < der.Length; length++)
            RefusedAnswer(der[..length]);
        RefusedAnswer([.. der, 0]);
        Assert.Single(EstMessages.DecodeCertificates(EstMessages.EncodeRequest(der)));
    }

    [Fact]
    public void Random_bytes_and_random_changes_never_escape_as_another_exception()
    {
        var der = new X509Certificate2Collection(_authority.Certificate).Export(X509ContentType.Pkcs7)!;
        var random = new Random(11);
        for (var round = 0; round < 2_000; round++)
        {
            var bytes = (byte[])der.Clone();
            if (round % 2 == 0)
                random.NextBytes(bytes);
            else
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                EstMessages.DecodeCertificates(EstMessages.EncodeRequest(bytes));
            }
            catch (InvalidDataException)
            {
                // What a bad answer must do.
            }
        }
    }

    private static string RefusedAnswer(byte[] der) =>
        Assert.Throws<InvalidDataException>(() => EstMessages.DecodeCertificates(EstMessages.EncodeRequest(der))).Message;
}
