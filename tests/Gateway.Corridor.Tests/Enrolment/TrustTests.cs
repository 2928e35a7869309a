using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Corridor.Authority;
using Gateway.Corridor.Client;
using Gateway.Corridor.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Corridor.Tests.Enrolment;

/// <summary>Hub and client each know the other by certificate, at the right time, of the right authority.</summary>
public sealed class TrustTests : IAsyncLifetime
{
    private static readonly SpiffeId Scada = SpiffeId.ForClient("plant-3", "scada");

    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private TestSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await TestSite.StartAsync(options => options with { Time = _time });

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task A_certificate_past_its_end_is_refused_by_name()
    {
        var scada = _site.Connect(await _site.EnrolClientAsync("scada"));
        Assert.Equal("plant-3", (await scada.DirectoryAsync(TestSite.Cancel)).Site);
        _time.SetUtcNow(scada.Identity.Validity.NotAfter.AddSeconds(1));
        await RefusedAsync(_site.Connect(scada.Identity), "has passed");
    }

    [Fact]
    public async Task A_certificate_that_is_not_yet_valid_is_refused_by_name()
    {
        var start = _time.GetUtcNow();
        var ahead = new FakeTimeProvider(start.AddMinutes(30));
        // Issued by the same authority under a clock that is ahead.
        using var authority = CertificateAuthority.Open(_site.HubFolder, "plant-3", ahead);
        var early = await IssueAsync(authority);
        await RefusedAsync(_site.Connect(early), "is still to come");
    }

    [Fact]
    public async Task A_certificate_of_the_authority_that_is_not_on_record_is_refused()
    {
        await _site.EnrolClientAsync("scada");
        using var authority = CertificateAuthority.Open(_site.HubFolder, "plant-3", _time);
        await RefusedAsync(_site.Connect(await IssueAsync(authority, record: false)), "not on record");
    }

    [Fact]
    public async Task A_certificate_of_another_authority_ends_the_handshake()
    {
        using var folder = new TempFolder();
        using var other = CertificateAuthority.Open(folder.Path, "plant-3", _time);
        using var foreign = Issue(other);
        // It trusts our hub and shows a foreign certificate.
        using var mixed = new StoredIdentity(foreign.Certificate, _site.Authorities);
        await Assert.ThrowsAsync<CorridorUnreachableException>(() => _site.Connect(mixed).DirectoryAsync(TestSite.Cancel));
        await Eventually.TrueAsync(() => _site.Logs.Lines.Any(line => line.Contains("not of this authority", StringComparison.Ordinal)), "the hub says why");
    }

    [Fact]
    public async Task The_authoritys_own_certificate_is_no_identity()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(Path.Combine(_site.HubFolder, "ca.key"), TestSite.Cancel));
        using var own = new StoredIdentity(_site.Authorities[0].CopyWithPrivateKey(key), _site.Authorities);
        await Assert.ThrowsAnyAsync<Exception>(() => _site.Connect(own).DirectoryAsync(TestSite.Cancel));
    }

    [Fact]
    public async Task A_client_does_not_talk_to_a_hub_of_another_authority()
    {
        var scada = await _site.EnrolClientAsync("scada");
        await using var other = await TestSite.StartAsync();
        using var connection = new CorridorConnection(other.Endpoint, scada, _site.ClientOptions);
        var refusal = await Assert.ThrowsAsync<CorridorUnreachableException>(() => connection.DirectoryAsync(TestSite.Cancel));
        Assert.Contains("not trusted", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_does_not_take_another_client_for_a_hub()
    {
        // A server that shows a good certificate of the right authority, but that of a client.
        var scada = await _site.EnrolClientAsync("scada");
        await using var impostor = new TestDevice(async (stream, cancel) =>
        {
            await using var tls = new System.Net.Security.SslStream(stream);
            await tls.AuthenticateAsServerAsync(new System.Net.Security.SslServerAuthenticationOptions
            {
                ServerCertificate = scada.Certificate,
                ApplicationProtocols = [System.Net.Security.SslApplicationProtocol.Http2],
            }, cancel);
        });
        using var connection = new CorridorConnection(new CorridorEndpoint("127.0.0.1", (ushort)impostor.Port), scada, _site.ClientOptions);
        var refusal = await Assert.ThrowsAsync<CorridorUnreachableException>(() => connection.DirectoryAsync(TestSite.Cancel));
        Assert.Contains("spiffe://plant-3/client/scada, not for a hub", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task First_contact_by_fingerprint_gives_the_authority_and_refuses_another()
    {
        var authorities = await EstClient.FetchAuthoritiesAsync(_site.Endpoint, _site.Hub.Fingerprint.ToUpperInvariant(), _site.ClientOptions, TestSite.Cancel);
        Assert.Equal(_site.Hub.Fingerprint, StoredIdentity.FingerprintOf(Assert.Single(authorities)));
        var wrong = await Assert.ThrowsAsync<CorridorUnreachableException>(
            () => EstClient.FetchAuthoritiesAsync(_site.Endpoint, new string('0', 64), _site.ClientOptions, TestSite.Cancel));
        Assert.Contains(_site.Hub.Fingerprint, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hub_renews_its_own_certificate_before_it_ends()
    {
        var first = await HubCertificateAsync();
        Assert.Equal(first, await HubCertificateAsync());
        _time.Advance(TimeSpan.FromDays(6));
        Assert.NotEqual(first, await HubCertificateAsync());
    }

    [Fact]
    public async Task The_hubs_certificate_serves_ordinary_tls_clients_too()
    {
        await using var named = await TestSite.StartAsync(options => options with { DnsNames = ["localhost"] });
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = AuthorityChain.Policy(named.Authorities);
        using var http = new HttpClient(handler);
        foreach (var host in new[] { "localhost", "127.0.0.1" })
            Assert.NotEmpty(await http.GetStringAsync($"https://{host}:{named.Hub.Endpoint.Port}{CorridorWire.EstAuthoritiesPath}", TestSite.Cancel));
    }

    [Fact]
    public async Task The_authority_is_the_same_after_a_restart()
    {
        var before = _site.Hub.Fingerprint;
        await _site.RestartHubAsync();
        Assert.Equal(before, _site.Hub.Fingerprint);
    }

    private static async Task RefusedAsync(CorridorConnection connection, string part)
    {
        var refusal = await Assert.ThrowsAsync<CorridorRefusedException>(() => connection.DirectoryAsync(TestSite.Cancel));
        Assert.True(refusal.IsCredentialRefused);
        Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
    }

    private async Task<StoredIdentity> IssueAsync(CertificateAuthority authority, bool record = true)
    {
        await _site.EnrolClientAsync("scada");
        var identity = Issue(authority);
        if (record)
        {
            var entry = new State.CertificateRecord(
                identity.Fingerprint, identity.Certificate.SerialNumber, Scada.ToString(), identity.Validity.NotBefore, identity.Validity.NotAfter, "test", null);
            _site.Hub.Store.Change(state => (state with { Certificates = state.Certificates.Add(entry.Fingerprint, entry) }, true));
        }
        return identity;
    }

    private StoredIdentity Issue(CertificateAuthority authority)
    {
        using var key = ECDsa.Create(SigningRequest.Curve);
        using var certificate = authority.Issue(Scada, new PublicKey(key), TimeSpan.FromDays(1), [], []);
        return new StoredIdentity(certificate.CopyWithPrivateKey(key), _site.Authorities);
    }

    private async Task<string> HubCertificateAsync()
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync("127.0.0.1", _site.Hub.Endpoint.Port, TestSite.Cancel);
        await using var tls = new System.Net.Security.SslStream(client.GetStream(), false, (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync("hub");
        return tls.RemoteCertificate!.GetCertHashString();
    }
}
