using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Corridor.Admin;
using Gateway.Corridor.Client;
using Gateway.Corridor.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Corridor.Tests.Enrolment;

/// <summary>Who gets a certificate, and every way not to get one.</summary>
public sealed class EnrolmentTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private TestSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await TestSite.StartAsync(options => options with { Time = _time });

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task A_token_gives_the_certificate_it_is_for()
    {
        var scada = await _site.EnrolClientAsync("scada", "operators");
        Assert.Equal("spiffe://plant-3/client/scada", scada.Id.ToString());
        Assert.InRange(scada.Validity.NotAfter - _time.GetUtcNow(), TimeSpan.FromDays(6.9), TimeSpan.FromDays(7));
        Assert.Equal(_site.Hub.Fingerprint, StoredIdentity.FingerprintOf(Assert.Single(scada.Authorities)));
        var record = Assert.Single((await _site.DoAsync(new AskStatus())).Status!.Identities);
        Assert.Equal((scada.Id.ToString(), scada.Fingerprint), (record.Id, record.Fingerprint));
        Assert.Equal(["operators"], record.Groups);
    }

    [Fact]
    public async Task The_certificate_passes_every_check_of_the_client_side_and_is_short_in_names()
    {
        var scada = await _site.EnrolClientAsync("scada");
        var names = SubjectNames.Of(scada.Certificate);
        Assert.Equal((1, 0), (names.Uris.Length, names.Others));
        using var key = scada.Certificate.GetECDsaPrivateKey()!;
        new CertificateCheck(key, scada.Id, _site.Authorities).Accept(scada.Certificate, _time.GetUtcNow());
    }

    [Fact]
    public async Task A_gateway_enrols_a_device_of_its_segment()
    {
        var device = await _site.EnrolDeviceAsync(await _site.EnrolGatewayAsync("line-2"), "plc-7");
        Assert.Equal("spiffe://plant-3/ot/line-2/plc-7", device.Id.ToString());
    }

    [Fact]
    public async Task Everyone_renews_its_own_certificate()
    {
        var gateway = await _site.EnrolGatewayAsync("line-2");
        foreach (var identity in new[] { gateway, await _site.EnrolDeviceAsync(gateway, "plc-7"), await _site.EnrolClientAsync("scada") })
        {
            using var est = _site.Est(identity);
            using var key = ECDsa.Create(SigningRequest.Curve);
            using var next = await est.ReenrolAsync(SigningRequest.Create(key, identity.Id), TestSite.Cancel);
            new CertificateCheck(key, identity.Id, _site.Authorities).Accept(next, _time.GetUtcNow());
        }
    }

    [Fact]
    public async Task A_wrong_token_is_refused() => await RefusedAsync(401, "not known", SpiffeId.ForClient("plant-3", "scada"), "scada", new string('0', 40));

    [Fact]
    public async Task A_used_token_is_refused()
    {
        var token = await _site.TokenAsync(SpiffeKind.Client, "scada");
        using var est = _site.Est();
        using var key = ECDsa.Create(SigningRequest.Curve);
        var scada = SpiffeId.ForClient("plant-3", "scada");
        using (await est.EnrolAsync(SigningRequest.Create(key, scada), "scada", token, TestSite.Cancel))
            await RefusedAsync(401, "was used", scada, "scada", token);
    }

    [Fact]
    public async Task An_expired_token_is_refused()
    {
        var token = await _site.TokenAsync(SpiffeKind.Client, "scada");
        _time.Advance(TimeSpan.FromSeconds(601));
        await RefusedAsync(401, "expired", SpiffeId.ForClient("plant-3", "scada"), "scada", token);
    }

    [Theory]
    [InlineData("spiffe://plant-3/client/other")]
    [InlineData("spiffe://plant-3/gateway/scada")]
    [InlineData("spiffe://plant-3/ot/line-2/scada")]
    [InlineData("spiffe://plant-3/hub/hub")]
    [InlineData("spiffe://plant-3")]
    [InlineData("spiffe://plant-4/client/scada")]
    public async Task A_token_gives_no_other_identity_and_stays_good(string wanted)
    {
        var token = await _site.TokenAsync(SpiffeKind.Client, "scada");
        await RefusedAsync(403, "the token is for spiffe://plant-3/client/scada", SpiffeId.Parse(wanted), "scada", token);
        using var est = _site.Est();
        using var key = ECDsa.Create(SigningRequest.Curve);
        (await est.EnrolAsync(SigningRequest.Create(key, SpiffeId.ForClient("plant-3", "scada")), "scada", token, TestSite.Cancel)).Dispose();
    }

    [Fact]
    public async Task A_token_under_another_name_is_refused()
    {
        var token = await _site.TokenAsync(SpiffeKind.Client, "scada");
        await RefusedAsync(403, "not for other", SpiffeId.ForClient("plant-3", "scada"), "other", token);
    }

    [Theory]
    [InlineData("spiffe://plant-3/ot/line-3/plc-7", "line-2/DEVICE")]
    [InlineData("spiffe://plant-4/ot/line-2/plc-7", "line-2/DEVICE")]
    [InlineData("spiffe://plant-3/client/scada", "line-2/DEVICE")]
    [InlineData("spiffe://plant-3/gateway/line-2", "line-2/DEVICE")]
    public async Task A_gateway_enrols_nothing_outside_its_segment(string wanted, string part)
    {
        var gateway = await _site.EnrolGatewayAsync("line-2");
        using var est = _site.Est(gateway);
        await RefusedAsync(403, part, request => est.EnrolDeviceAsync(request, TestSite.Cancel), SpiffeId.Parse(wanted));
    }

    [Fact]
    public async Task A_device_or_client_enrols_nobody()
    {
        var gateway = await _site.EnrolGatewayAsync("line-2");
        var device = await _site.EnrolDeviceAsync(gateway, "plc-7");
        foreach (var identity in new[] { device, await _site.EnrolClientAsync("line-2") })
        {
            using var est = _site.Est(identity);
            await RefusedAsync(403, "only a gateway", request => est.EnrolDeviceAsync(request, TestSite.Cancel), SpiffeId.ForDevice("plant-3", "line-2", "plc-8"));
        }
    }

    [Fact]
    public async Task Nobody_renews_into_another_identity()
    {
        var gateway = await _site.EnrolGatewayAsync("line-2");
        using var est = _site.Est(await _site.EnrolDeviceAsync(gateway, "plc-7"));
        await RefusedAsync(403, "plc-8", request => est.ReenrolAsync(request, TestSite.Cancel), SpiffeId.ForDevice("plant-3", "line-2", "plc-8"));
    }

    [Fact]
    public async Task The_name_of_a_device_belongs_to_the_first_segment_that_enrolled_it_until_released()
    {
        var first = await _site.EnrolGatewayAsync("line-2");
        var second = await _site.EnrolGatewayAsync("line-3");
        await _site.EnrolDeviceAsync(first, "plc-7");
        using var est = _site.Est(second);
        await RefusedAsync(409, "belongs to spiffe://plant-3/ot/line-2/plc-7", request => est.EnrolDeviceAsync(request, TestSite.Cancel), SpiffeId.ForDevice("plant-3", "line-3", "plc-7"));
        Assert.Contains("not revoked", (await _site.AskAsync(new Release("plc-7"))).Error, StringComparison.Ordinal);
        await _site.DoAsync(new Revoke("plc-7"));
        await _site.DoAsync(new Release("plc-7"));
        Assert.Equal("line-3", (await _site.EnrolDeviceAsync(second, "plc-7")).Id.Segment);
    }

    [Fact]
    public async Task A_name_that_a_service_has_is_refused_to_a_device()
    {
        await _site.DoAsync(new AddService("historian", "127.0.0.1:1"));
        using var est = _site.Est(await _site.EnrolGatewayAsync("line-2"));
        await RefusedAsync(409, "service", request => est.EnrolDeviceAsync(request, TestSite.Cancel), SpiffeId.ForDevice("plant-3", "line-2", "historian"));
    }

    [Theory]
    [InlineData("AAAA", 400, "PKCS #10")]
    [InlineData("not base64!", 400, "base64")]
    [InlineData("", 400, "base64")]
    public async Task Garbage_is_refused(string body, int status, string part)
    {
        var token = await _site.TokenAsync(SpiffeKind.Client, "scada");
        var (answer, text) = await PostAsync(Encoding.ASCII.GetBytes(body), EstMessages.RequestType, $"scada:{token}");
        Assert.Equal(status, (int)answer);
        Assert.Contains(part, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_huge_body_is_refused_before_it_is_read()
    {
        var token = await _site.TokenAsync(SpiffeKind.Client, "scada");
        var (answer, text) = await PostAsync(new byte[50 << 20], EstMessages.RequestType, $"scada:{token}");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer);
        Assert.Contains("16384", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_content_type_is_refused() =>
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await PostAsync("AAAA"u8.ToArray(), "text/plain", "scada:x")).Status);

    [Theory]
    [InlineData(null)]
    [InlineData("scada")]
    [InlineData(":x")]
    public async Task Without_name_and_token_the_answer_is_unauthorized(string? credentials) =>
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync("AAAA"u8.ToArray(), EstMessages.RequestType, credentials)).Status);

    [Fact]
    public async Task Without_a_certificate_nothing_else_is_answered()
    {
        using var http = Http();
        foreach (var path in new[] { "/", CorridorWire.DirectoryPath, CorridorWire.EstReenrolPath, "/.well-known/est/csrattrs", "/corridor/v1/doors/plc-7" })
        {
            using var answer = await http.GetAsync(new Uri(_site.Endpoint.Base, path), TestSite.Cancel);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_token_is_not_stored_as_such()
    {
        var token = await _site.TokenAsync(SpiffeKind.Client, "scada");
        Assert.All(Directory.GetFiles(_site.HubFolder), file =>
        {
            if (!file.EndsWith(".sock", StringComparison.Ordinal) && !file.EndsWith(".lock", StringComparison.Ordinal))
                Assert.DoesNotContain(token, File.ReadAllText(file), StringComparison.Ordinal);
        });
    }

    private Task RefusedAsync(int status, string part, SpiffeId wanted, string name, string token)
    {
        var est = _site.Est();
        return RefusedAsync(status, part, request => est.EnrolAsync(request, name, token, TestSite.Cancel), wanted);
    }

    private static async Task RefusedAsync(int status, string part, Func<ReadOnlyMemory<byte>, Task<X509Certificate2>> submit, SpiffeId wanted)
    {
        using var key = ECDsa.Create(SigningRequest.Curve);
        var refusal = await Assert.ThrowsAsync<CorridorRefusedException>(() => submit(SigningRequest.Create(key, wanted)));
        Assert.Equal((CorridorProblems.EnrolmentRefused, status), (refusal.Problem.Kind, refusal.Problem.Status));
        Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, string Text)> PostAsync(byte[] body, string type, string? credentials)
    {
        using var http = Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_site.Endpoint.Base, CorridorWire.EstEnrolPath));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        request.Version = HttpVersion.Version20;
        if (credentials is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        using var answer = await http.SendAsync(request, TestSite.Cancel);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestSite.Cancel));
    }

    private HttpClient Http() => new(new SocketsHttpHandler { SslOptions = new HubTrust(_site.Authorities, null, _time).Options(null) });
}
