using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Corridor.Client;
using Gateway.Corridor.State;
using Gateway.Corridor.Tests.Fixtures;

namespace Gateway.Corridor.Tests.Flows;

/// <summary>A credential opens its own doors only. The first test is the control.</summary>
public sealed class ForeignDoorTests : IAsyncLifetime
{
    private TestSite _site = null!;
    private StoredIdentity _gateway = null!;
    private StoredIdentity _first = null!;
    private StoredIdentity _second = null!;

    public async ValueTask InitializeAsync()
    {
        _site = await TestSite.StartAsync();
        _gateway = await _site.EnrolGatewayAsync("line-2");
        _first = await _site.EnrolDeviceAsync(_gateway, "plc-7");
        _second = await _site.EnrolDeviceAsync(_gateway, "plc-8");
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task A_device_opens_its_own_door()
    {
        using var stream = await OpenAsync(_first, "plc-7");
        Assert.Equal(1, _site.Hub.Doors.CountOf(_first.Id));
    }

    [Fact]
    public Task A_device_opens_no_door_of_another() => RefusedAsync(_first, "plc-8");

    [Fact]
    public Task A_gateway_opens_no_door_of_its_devices() => RefusedAsync(_gateway, "plc-7");

    [Fact]
    public async Task A_client_opens_no_door_even_under_the_name_of_a_device() => await RefusedAsync(await _site.EnrolClientAsync("plc-7"), "plc-7");

    [Fact]
    public async Task A_device_dials_nothing_that_only_another_is_entitled_to()
    {
        await using var historian = TestDevice.Echo();
        await _site.DoAsync(new Admin.AddService("historian", $"127.0.0.1:{historian.Port}"));
        await _site.EntitleAsync(CallerKind.Device, "plc-8", "historian");
        await using (var flow = await _site.Connect(_second).DialAsync("historian", 0, TestSite.Cancel))
            await Streams.EchoAsync(flow);
        var refusal = await Assert.ThrowsAsync<CorridorRefusedException>(() => _site.Connect(_first).DialAsync("historian", 0, TestSite.Cancel));
        Assert.Contains("device plc-7 has no entitlement to historian", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, historian.Accepted);
    }

    [Fact]
    public async Task A_client_entitlement_is_none_for_a_device_of_the_same_name()
    {
        await _site.EntitleAsync(CallerKind.Client, "plc-7", "plc-8:502");
        await Assert.ThrowsAsync<CorridorRefusedException>(() => _site.Connect(_first).DialAsync("plc-8", 502, TestSite.Cancel));
    }

    private async Task RefusedAsync(StoredIdentity identity, string device)
    {
        var refusal = await Assert.ThrowsAsync<CorridorRefusedException>(() => OpenAsync(identity, device));
        Assert.Equal(CorridorProblems.NotYours, refusal.Problem.Kind);
        Assert.Contains(identity.Id.ToString(), refusal.Message, StringComparison.Ordinal);
        Assert.Contains(device, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, _site.Hub.Doors.CountOf(_first.Id) + _site.Hub.Doors.CountOf(_second.Id));
    }

    private async Task<HttpResponseMessage> OpenAsync(StoredIdentity identity, string device)
    {
        var link = new HubLink(_site.Endpoint, identity.Authorities, null, identity, _site.ClientOptions);
        return await link.ConnectAsync(CorridorWire.DoorPath(device), CorridorWire.DoorProtocol, TestSite.Cancel);
    }
}
