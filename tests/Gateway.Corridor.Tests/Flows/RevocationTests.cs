using System.Diagnostics;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Corridor.Admin;
using Gateway.Corridor.Client;
using Gateway.Corridor.State;
using Gateway.Corridor.Tests.Fixtures;

namespace Gateway.Corridor.Tests.Flows;

/// <summary>What is no longer allowed ends now: within a second of the operator's word.</summary>
[Trait("Category", "Slow")]
public sealed class RevocationTests : IAsyncLifetime
{
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(1);

    private TestLine _line = null!;

    public async ValueTask InitializeAsync() => _line = await TestLine.StartAsync();

    public ValueTask DisposeAsync() => _line.DisposeAsync();

    [Fact]
    public async Task A_removed_entitlement_ends_its_flows_and_no_others()
    {
        await _line.Site.EntitleAsync(CallerKind.Group, "operators", "plc-7/8080");
        await using var other = await _line.Scada.DialAsync("plc-7", 8080, TestSite.Cancel);
        await EndsAsync(await _line.OpenAsync(), new ChangeEntitlements(false, CallerKind.Client, "scada", ["plc-7:502"]));
        await Streams.EchoAsync(other);
        await RefusedAsync(_line.Scada, CorridorProblems.NotEntitled);
    }

    [Fact]
    public async Task A_flow_that_another_entitlement_also_allows_goes_on()
    {
        await _line.Site.EntitleAsync(CallerKind.Group, "operators", "plc-*/modbus");
        await using var flow = await _line.OpenAsync();
        await _line.Site.DoAsync(new ChangeEntitlements(false, CallerKind.Client, "scada", ["plc-7:502"]));
        await Task.Delay(300, TestSite.Cancel);
        await Streams.EchoAsync(flow);
    }

    [Fact]
    public async Task A_revoked_client_loses_its_flows_and_gets_no_new_ones()
    {
        await EndsAsync(await _line.OpenAsync(), new Revoke("scada"));
        var refusal = await RefusedAsync(_line.Scada, CorridorProblems.BadCredential);
        Assert.Contains("spiffe://plant-3/client/scada was revoked", refusal.Message, StringComparison.Ordinal);
        await _line.Door.UpAsync(_line.Site);
    }

    [Fact]
    public async Task A_revoked_client_cannot_renew()
    {
        await _line.Site.DoAsync(new Revoke("scada"));
        using var est = _line.Site.Est(_line.Scada.Identity);
        using var key = System.Security.Cryptography.ECDsa.Create(SigningRequest.Curve);
        await Assert.ThrowsAsync<CorridorRefusedException>(() => est.ReenrolAsync(SigningRequest.Create(key, _line.Scada.Identity.Id), TestSite.Cancel));
    }

    [Fact]
    public async Task One_revoked_certificate_ends_what_was_opened_with_it_and_not_the_identity()
    {
        var second = _line.Site.Connect(await _line.Site.EnrolClientAsync("scada", "operators"));
        await using var kept = await second.DialAsync("plc-7", 502, TestSite.Cancel);
        await EndsAsync(await _line.OpenAsync(), new Revoke(_line.Scada.Identity.Fingerprint));
        await Streams.EchoAsync(kept);
        await RefusedAsync(_line.Scada, CorridorProblems.BadCredential);
    }

    [Fact]
    public async Task A_revoked_device_loses_flows_and_doors_and_may_not_park_again()
    {
        await EndsAsync(await _line.OpenAsync(), new Revoke("plc-7"));
        await WithinPromiseAsync(() => _line.Site.Hub.Doors.CountOf(_line.Device.Id) == 0, "doors closed");
        await Eventually.TrueAsync(() => _line.Door.Status.State == DoorState.Denied, "the gateway is told");
        Assert.Contains("was revoked", _line.Door.Status.Reason, StringComparison.Ordinal);
        await RefusedAsync(_line.Scada, CorridorProblems.NoDoor);
    }

    [Fact]
    public async Task A_revoked_gateway_takes_its_devices_with_it()
    {
        await EndsAsync(await _line.OpenAsync(), new Revoke("line-2"));
        using var est = _line.Site.Est(_line.Gateway);
        using var key = System.Security.Cryptography.ECDsa.Create(SigningRequest.Curve);
        var request = SigningRequest.Create(key, _line.Device.Id);
        await Assert.ThrowsAsync<CorridorRefusedException>(() => est.EnrolDeviceAsync(request, TestSite.Cancel));
        await Eventually.TrueAsync(() => _line.Door.Status.State == DoorState.Denied, "the device is denied");
    }

    [Fact]
    public async Task A_restored_device_enrols_anew_and_its_old_certificate_stays_dead()
    {
        await _line.Site.DoAsync(new Revoke("plc-7"));
        await _line.Site.DoAsync(new Restore("plc-7"));
        var fresh = await _line.Site.EnrolDeviceAsync(_line.Gateway, "plc-7");
        await Assert.ThrowsAsync<CorridorRefusedException>(() => _line.Site.Connect(_line.Device).DirectoryAsync(TestSite.Cancel));
        await using var door = await TestGateway.StartAsync(_line.Site, fresh, _line.Plc);
        await using var flow = await _line.OpenAsync();
    }

    [Fact]
    public async Task A_removed_service_ends_its_flows()
    {
        await using var historian = TestDevice.Echo();
        await _line.Site.DoAsync(new AddService("historian", $"127.0.0.1:{historian.Port}"));
        await _line.Site.EntitleAsync(CallerKind.Device, "plc-7", "historian");
        var flow = await _line.Door.Connection.DialAsync("historian", CorridorWire.OwnPort, TestSite.Cancel);
        await Streams.EchoAsync(flow);
        await EndsAsync(flow, new RemoveService("historian"));
    }

    [Fact]
    public async Task The_device_sees_a_reset_too()
    {
        await using var flow = await _line.OpenAsync();
        await _line.Site.DoAsync(new Revoke("scada"));
        await WithinPromiseAsync(() => _line.Site.Hub.Flows.List().Count == 0, "no flow is left");
    }

    private async Task EndsAsync(CapsuleStream flow, AdminRequest request)
    {
        var started = Stopwatch.GetTimestamp();
        await _line.Site.DoAsync(request);
        await Streams.ResetAsync(flow);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Promise);
        await flow.DisposeAsync();
    }

    private static async Task WithinPromiseAsync(Func<bool> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(condition, what);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Promise);
    }

    private static async Task<CorridorRefusedException> RefusedAsync(CorridorConnection caller, string kind)
    {
        var refusal = await Assert.ThrowsAsync<CorridorRefusedException>(() => caller.DialAsync("plc-7", 502, TestSite.Cancel));
        Assert.Equal(kind, refusal.Problem.Kind);
        return refusal;
    }
}
