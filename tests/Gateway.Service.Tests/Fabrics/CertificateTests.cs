using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Corridor.Authority;
using Gateway.Corridor.Client;
using Gateway.Service.Fabrics.Corridor;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Service.Tests.Fabrics;

/// <summary>What comes back for a request is taken only when it is exactly what was asked for.</summary>
public sealed class CertificateTests : IDisposable
{
    private static readonly DeviceRef Plc = new("abc234", "plc-7");
    private static readonly SpiffeId Id = SpiffeId.ForDevice("plant-3", "gw-1", "plc-7");

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly CertificateAuthority _authority;
    private readonly CorridorFabric _fabric;

    public CertificateTests()
    {
        _authority = CertificateAuthority.Open(Directory.CreateDirectory(_folder.File("ca")).FullName, "plant-3", _time);
        var settings = new CorridorSettings("corridor", "plant-3", "gw-1", new CorridorEndpoint("127.0.0.1", 9), _folder.File("ca/ca.crt"), null);
        _fabric = new CorridorFabric(settings, _folder.File("fabric"), new CorridorClientOptions { Time = _time, ConnectTimeout = TimeSpan.FromSeconds(1) }, NullLoggerFactory.Instance);
    }

    public void Dispose()
    {
        _fabric.Dispose();
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_right_certificate_is_taken_as_far_as_the_hub_then_proves_it()
    {
        // The control of the refusals below: only the hub, which is not there, is missing.
        await Assert.ThrowsAsync<FabricAwayException>(() => CompleteAsync(Id));
    }

    [Fact]
    public async Task One_for_another_device_is_refused_by_its_name() =>
        Assert.Contains("plc-8", (await RefusedAsync(SpiffeId.ForDevice("plant-3", "gw-1", "plc-8"))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task One_for_another_gateways_device_of_the_same_name_is_refused() =>
        Assert.Contains("gw-2", (await RefusedAsync(SpiffeId.ForDevice("plant-3", "gw-2", "plc-7"))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task One_for_another_key_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Contains("key", (await RefusedAsync(Id, key: new PublicKey(other))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_has_expired_is_refused() =>
        Assert.Contains("has passed", (await RefusedAsync(Id, () => _time.Advance(TimeSpan.FromDays(2)))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task One_that_is_not_valid_yet_is_refused() =>
        Assert.Contains("to come", (await RefusedAsync(Id, () => _time.AdjustTime(_time.GetUtcNow().AddDays(-1)))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task One_that_nobody_asked_for_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Issue(Id, new PublicKey(key));
        var result = new EnrollmentResult(certificate.RawDataMemory, [_authority.Certificate.RawDataMemory]);
        await Assert.ThrowsAsync<CertificateRejectedException>(() => _fabric.CompleteAsync(Plc, result, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Each_request_is_for_a_new_key_and_names_the_device_and_no_other()
    {
        var first = await _fabric.PrepareAsync(Plc, TestContext.Current.CancellationToken);
        var second = await _fabric.PrepareAsync(Plc, TestContext.Current.CancellationToken);
        Assert.Equal(Id.ToString(), first.Subject);
        Assert.False(KeyOf(first).ExportSubjectPublicKeyInfo().SequenceEqual(KeyOf(second).ExportSubjectPublicKeyInfo()));
    }

    private async Task<CertificateRejectedException> RefusedAsync(SpiffeId id, Action? then = null, PublicKey? key = null)
    {
        var refusal = await Assert.ThrowsAsync<CertificateRejectedException>(() => CompleteAsync(id, then, key));
        Assert.Null(_fabric.CredentialOf(Plc));
        return refusal;
    }

    private async Task CompleteAsync(SpiffeId id, Action? then = null, PublicKey? key = null)
    {
        var cancel = TestContext.Current.CancellationToken;
        var request = await _fabric.PrepareAsync(Plc, cancel);
        using var certificate = Issue(id, key ?? KeyOf(request));
        then?.Invoke();
        await _fabric.CompleteAsync(Plc, new EnrollmentResult(certificate.RawDataMemory, [_authority.Certificate.RawDataMemory]), cancel);
    }

    private X509Certificate2 Issue(SpiffeId id, PublicKey key) => _authority.Issue(id, key, TimeSpan.FromHours(24), [], []);

    private static PublicKey KeyOf(EnrollmentRequest request) =>
        CertificateRequest.LoadSigningRequest(request.Request.ToArray(), HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions).PublicKey;
}
