using Gateway.Core.Identity;
using Gateway.Corridor.Client;
using Gateway.Corridor.State;
using Gateway.Corridor.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Corridor.Tests.Enrolment;

/// <summary>A certificate is renewed by itself, with a new key, while flows go on.</summary>
[Trait("Category", "Slow")]
public sealed class RenewalTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private TestSite _site = null!;
    private string _folder = "";
    private TestDevice _plc = null!;
    private KeyStore _store = null!;
    private StoredIdentity _scada = null!;
    private IdentityRenewal _renewal = null!;

    public async ValueTask InitializeAsync()
    {
        _site = await TestSite.StartAsync(options => options with { Time = _time });
        _plc = TestDevice.Echo();
        _folder = _site.NewFolder();
        _store = KeyStore.Open(_folder);
        var token = await _site.TokenAsync(SpiffeKind.Client, "scada");
        using var est = _site.Est();
        var cycle = new CredentialCycle(_store, _site.Endpoint, Options);
        _scada = await cycle.RunAsync(
            SpiffeId.ForClient("plant-3", "scada"), _site.Authorities, (request, cancel) => est.EnrolAsync(request, "scada", token, cancel), TestSite.Cancel);
        _renewal = new IdentityRenewal(_store, _site.Endpoint, Options);
    }

    public async ValueTask DisposeAsync()
    {
        await _plc.DisposeAsync();
        await _site.DisposeAsync();
    }

    private CorridorClientOptions Options => _site.ClientOptions;

    [Fact]
    public async Task At_two_thirds_of_its_life_a_certificate_is_renewed_with_a_new_key()
    {
        var renewed = new TaskCompletionSource<StoredIdentity>();
        _renewal.Renewed += identity => renewed.TrySetResult(identity);
        using var stop = new CancellationTokenSource();
        var running = _renewal.RunAsync(stop.Token);
        await AdvanceAsync(TimeSpan.FromDays(4));
        Assert.False(renewed.Task.IsCompleted);
        await AdvanceUntilAsync(TimeSpan.FromHours(1), () => renewed.Task.IsCompleted);
        using var next = await Eventually.AsTrueAsync(renewed.Task);
        Assert.Equal(_scada.Id, next.Id);
        Assert.NotEqual(_scada.Certificate.GetPublicKeyString(), next.Certificate.GetPublicKeyString());
        using (var stored = _store.LoadCurrent())
            Assert.Equal(next.Fingerprint, stored!.Fingerprint);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_renewal_that_fails_leaves_the_old_certificate_and_is_tried_again()
    {
        var failures = 0;
        var renewed = new TaskCompletionSource<StoredIdentity>();
        _renewal.Failed += _ => failures++;
        _renewal.Renewed += identity => renewed.TrySetResult(identity);
        await _site.Hub.DisposeAsync();
        using var stop = new CancellationTokenSource();
        var running = _renewal.RunAsync(stop.Token);
        await AdvanceAsync(TimeSpan.FromDays(4));
        await AdvanceUntilAsync(TimeSpan.FromHours(1), () => failures > 0);
        using (var stored = _store.LoadCurrent())
            Assert.Equal(_scada.Fingerprint, stored!.Fingerprint);
        await _site.RestartHubAsync();
        await AdvanceUntilAsync(TimeSpan.FromMinutes(1), () => renewed.Task.IsCompleted);
        (await Eventually.AsTrueAsync(renewed.Task)).Dispose();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Of_two_processes_with_one_folder_the_second_takes_what_the_first_renewed()
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        await _renewal.RenewAsync(_scada.Validity, TestSite.Cancel);
        using var first = _store.LoadCurrent()!;
        Assert.NotEqual(_scada.Fingerprint, first.Fingerprint);
        var other = new IdentityRenewal(KeyStore.Open(_folder), _site.Endpoint, Options);
        var taken = "";
        other.Renewed += identity =>
        {
            taken = identity.Fingerprint;
            identity.Dispose();
        };
        await other.RenewAsync(_scada.Validity, TestSite.Cancel);
        Assert.Equal(first.Fingerprint, taken);
    }

    [Fact]
    public async Task A_certificate_that_came_but_was_not_proven_is_proven_later()
    {
        using (var est = _site.Est(_scada))
        using (var key = _store.MakePending())
        using (var certificate = await est.ReenrolAsync(SigningRequest.Create(key, _scada.Id), TestSite.Cancel))
            _store.StorePending(certificate, _site.Authorities);
        using (var pending = _store.LoadPending())
        {
            await _renewal.RenewAsync(_scada.Validity, TestSite.Cancel);
            using var current = _store.LoadCurrent();
            Assert.Equal(pending!.Fingerprint, current!.Fingerprint);
        }
    }

    [Fact]
    public async Task Flows_outlive_their_certificate_when_a_newer_one_stands_behind_them()
    {
        var gateway = await _site.EnrolGatewayAsync("line-2");
        await using var door = await TestGateway.StartAsync(_site, await _site.EnrolDeviceAsync(gateway, "plc-7"), _plc);
        var (connection, flow) = await DialAsync();

        _time.Advance(TimeSpan.FromDays(5));
        door.Connection.Use(await _site.EnrolDeviceAsync(gateway, "plc-7"));
        await _renewal.RenewAsync(_scada.Validity, TestSite.Cancel);
        connection.Use(_store.LoadCurrent()!);
        await Streams.EchoAsync(flow);
        await Eventually.TrueAsync(async () => await DoorsAsync() >= 4, "doors under the new certificate");
        await using var second = await connection.DialAsync("plc-7", 502, TestSite.Cancel);
        await Streams.EchoAsync(second);
        Assert.Equal(connection.Identity.Fingerprint, door.Calls[^1].Fingerprint);
        Assert.NotEqual(_scada.Fingerprint, connection.Identity.Fingerprint);

        await PassEndOfFirstCertificatesAsync();
        await Streams.EchoAsync(flow);
        await Streams.EchoAsync(second);
        await flow.DisposeAsync();
    }

    [Fact]
    public async Task Flows_end_with_their_certificate_when_no_newer_one_stands_behind_them()
    {
        var gateway = await _site.EnrolGatewayAsync("line-2");
        await using var door = await TestGateway.StartAsync(_site, await _site.EnrolDeviceAsync(gateway, "plc-7"), _plc);
        var (_, flow) = await DialAsync();
        await PassEndOfFirstCertificatesAsync();
        await Streams.ResetAsync(flow);
        await flow.DisposeAsync();
    }

    private async Task<(CorridorConnection Connection, CapsuleStream Flow)> DialAsync()
    {
        await _site.EntitleAsync(CallerKind.Client, "scada", "plc-7:502");
        var connection = _site.Connect(_scada);
        var flow = await connection.DialAsync("plc-7", 502, TestSite.Cancel);
        await Streams.EchoAsync(flow);
        return (connection, flow);
    }

    /// <summary>Goes past their end and gives the hub time to look at it.</summary>
    private async Task PassEndOfFirstCertificatesAsync()
    {
        _time.SetUtcNow(_scada.Validity.NotAfter.AddMinutes(1));
        for (var second = 0; second < 3; second++)
        {
            await Task.Delay(100, TestSite.Cancel);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private async Task<int> DoorsAsync() =>
        (await _site.DoAsync(new Admin.AskStatus())).Status!.Identities.Single(identity => identity.Id.EndsWith("/plc-7", StringComparison.Ordinal)).Doors;

    private async Task AdvanceAsync(TimeSpan by)
    {
        var end = _time.GetUtcNow() + by;
        while (_time.GetUtcNow() < end)
        {
            _time.Advance(TimeSpan.FromHours(1));
            await Task.Delay(1, TestSite.Cancel);
        }
    }

    /// <summary>Lets the clock run in steps, each with real time for what it sets off.</summary>
    private Task AdvanceUntilAsync(TimeSpan step, Func<bool> done) => Eventually.TrueAsync(async () =>
    {
        _time.Advance(step);
        await Task.Delay(20, TestSite.Cancel);
        return done();
    }, "the clock has run long enough");
}
