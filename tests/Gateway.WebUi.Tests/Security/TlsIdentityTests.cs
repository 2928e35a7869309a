using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Identity;
using Gateway.WebUi.Security;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.WebUi.Tests.Security;

public class TlsIdentityTests
{
    private static readonly string[] Names = ["localhost", "127.0.0.1", "gw-hall3.plant.local"];

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void The_first_start_makes_a_P256_key_and_a_certificate_for_the_names()
    {
        using var folder = new TempFolder();
        var certificate = TlsIdentity.Open(folder.File("state"), Names, _time).Current;
        using var key = certificate.GetECDsaPrivateKey()!;
        Assert.Equal(ECCurve.NamedCurves.nistP256.Oid.Value, key.ExportParameters(false).Curve.Oid.Value);
        Assert.True(certificate.MatchesHostname("localhost"));
        Assert.True(certificate.MatchesHostname("gw-hall3.plant.local"));
        Assert.True(certificate.MatchesHostname("127.0.0.1"));
        Assert.False(certificate.MatchesHostname("evil.example"));
        Assert.Equal(_time.GetUtcNow() + TlsIdentity.Lifetime, new DateTimeOffset(certificate.NotAfter), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void It_is_kept_and_only_its_owner_can_read_it()
    {
        using var folder = new TempFolder();
        var state = folder.File("state");
        var first = TlsIdentity.Open(state, Names, _time).Fingerprint;
        _time.Advance(TimeSpan.FromDays(365));
        Assert.Equal(first, TlsIdentity.Open(state, Names, _time).Fingerprint);
        Assert.Equal(first, TlsIdentity.KeptFingerprint(state));
        Assert.Equal(PrivateFile.OwnerOnly, File.GetUnixFileMode(Path.Combine(state, "tls.pem")));
        Assert.Equal(PrivateFile.OwnerFolder, File.GetUnixFileMode(state));
    }

    [Fact]
    public void The_fingerprint_is_the_SHA256_that_browsers_show()
    {
        using var folder = new TempFolder();
        var identity = TlsIdentity.Open(folder.File("state"), Names, _time);
        Assert.Matches("^([0-9A-F]{2}:){31}[0-9A-F]{2}$", identity.Fingerprint);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(identity.Current.RawData)), identity.Fingerprint.Replace(":", "", StringComparison.Ordinal));
    }

    [Fact]
    public void It_is_renewed_with_a_new_key_before_its_end_and_not_earlier()
    {
        using var folder = new TempFolder();
        var identity = TlsIdentity.Open(folder.File("state"), Names, _time);
        var first = identity.Fingerprint;
        _time.Advance(TlsIdentity.Lifetime - TlsIdentity.RenewBefore - TimeSpan.FromHours(1));
        Assert.False(identity.RenewWhenDue());
        _time.Advance(TimeSpan.FromHours(2));
        Assert.True(identity.RenewWhenDue());
        Assert.NotEqual(first, identity.Fingerprint);
        Assert.Equal(identity.Fingerprint, TlsIdentity.KeptFingerprint(folder.File("state")));
        Assert.False(identity.RenewWhenDue());
    }

    [Fact]
    public void Other_names_need_another_certificate()
    {
        using var folder = new TempFolder();
        var first = TlsIdentity.Open(folder.File("state"), Names, _time).Fingerprint;
        var second = TlsIdentity.Open(folder.File("state"), [.. Names, "10.0.0.5"], _time);
        Assert.NotEqual(first, second.Fingerprint);
        Assert.Contains(second.Current.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateIPAddresses(), a => a.Equals(IPAddress.Parse("10.0.0.5")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not PEM at all")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void A_file_that_cannot_be_read_is_replaced(string content)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("tls.pem"), content);
        var identity = TlsIdentity.Open(folder.Path, Names, _time);
        Assert.Equal(identity.Fingerprint, TlsIdentity.KeptFingerprint(folder.Path));
    }
}
