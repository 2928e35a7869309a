using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Corridor.Admin;
using Gateway.Corridor.Client;
using Gateway.Corridor.State;
using Gateway.Corridor.Tests.Fixtures;

namespace Gateway.Corridor.Tests.Flows;

/// <summary>A caller reaches a device through a door, or is refused by name.</summary>
public sealed class DialTests : IAsyncLifetime
{
    private TestSite _site = null!;
    private TestDevice _plc = null!;
    private StoredIdentity _gateway = null!;
    private TestGateway _door = null!;
    private CorridorConnection _scada = null!;

    public async ValueTask InitializeAsync()
    {
        _site = await TestSite.StartAsync();
        _plc = TestDevice.Echo();
        _gateway = await _site.EnrolGatewayAsync("line-2");
        _door = await TestGateway.StartAsync(_site, await _site.EnrolDeviceAsync(_gateway, "plc-7"), _plc);
        _scada = _site.Connect(await _site.EnrolClientAsync("scada", "operators"));
        await _site.EntitleAsync(CallerKind.Client, "scada", "plc-7/modbus");
    }

    public async ValueTask DisposeAsync()
    {
        await _door.DisposeAsync();
        await _plc.DisposeAsync();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task An_entitled_client_exchanges_bytes_with_the_device()
    {
        await using var flow = await _scada.DialAsync("plc-7", 502, TestSite.Cancel);
        Assert.Equal("hello"u8.ToArray(), await Streams.ExchangeAsync(flow, "hello"u8.ToArray()));
    }

    [Fact]
    public async Task The_gateway_learns_who_calls()
    {
        await using var flow = await _scada.DialAsync("plc-7", 502, TestSite.Cancel);
        var call = Assert.Single(_door.Calls);
        Assert.Equal(("spiffe://plant-3/client/scada", "scada", (ushort)502), (call.Caller, call.Name, call.Port));
        Assert.Equal(["operators"], call.Groups);
        Assert.Equal(_scada.Identity.Fingerprint, call.Fingerprint);
        Assert.Contains(_site.Hub.Flows.List(), open => open.Id == call.Flow);
    }

    [Fact]
    public async Task A_client_without_entitlement_is_refused_by_name()
    {
        var stranger = _site.Connect(await _site.EnrolClientAsync("stranger", "visitors"));
        var refusal = await RefusedAsync(stranger, "plc-7", 502, CorridorProblems.NotEntitled, 403);
        Assert.Contains("client stranger has no entitlement to plc-7:502", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("visitors", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(("spiffe://plant-3/client/stranger", "plc-7:502"), (refusal.Problem.Caller, refusal.Problem.Target));
        Assert.Empty(_door.Calls);
    }

    [Theory]
    [InlineData("plc-7", 503)]
    [InlineData("plc-8", 502)]
    [InlineData("no-such", 502)]
    [InlineData("plc-7", 0)]
    public async Task Another_port_or_device_is_refused_alike_whether_it_exists_or_not(string target, int port) =>
        await RefusedAsync(_scada, target, (ushort)port, CorridorProblems.NotEntitled, 403);

    [Fact]
    public async Task An_entitled_name_that_nobody_has_is_named()
    {
        await _site.EntitleAsync(CallerKind.Client, "scada", "plc-9:502");
        Assert.Contains("plc-9", (await RefusedAsync(_scada, "plc-9", 502, CorridorProblems.UnknownTarget, 502)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_and_a_prefix_entitle_too()
    {
        await _site.EntitleAsync(CallerKind.Group, "visitors", "plc-*/8080");
        var visitor = _site.Connect(await _site.EnrolClientAsync("visitor", "visitors"));
        await using var flow = await visitor.DialAsync("plc-7", 8080, TestSite.Cancel);
        await Streams.EchoAsync(flow);
        await RefusedAsync(_scada, "plc-7", 8080, CorridorProblems.NotEntitled, 403);
    }

    [Fact]
    public async Task A_device_whose_gateway_is_away_is_said_to_be_away()
    {
        await _site.EnrolDeviceAsync(_gateway, "plc-8");
        await _site.EntitleAsync(CallerKind.Client, "scada", "plc-8:502");
        var refusal = await RefusedAsync(_scada, "plc-8", 502, CorridorProblems.NoDoor, 502);
        Assert.Contains("line-2", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_gateways_own_refusal_reaches_the_caller()
    {
        _door.Decide = request => $"no grant for {request.Name}";
        var refusal = await RefusedAsync(_scada, "plc-7", 502, CorridorProblems.GatewayRefused, 403);
        Assert.Contains("no grant for scada", refusal.Message, StringComparison.Ordinal);
        _door.Decide = _ => null;
        await using var flow = await _scada.DialAsync("plc-7", 502, TestSite.Cancel);
        await Streams.EchoAsync(flow);
    }

    [Fact]
    public async Task A_device_that_does_not_answer_its_gateway_is_said_to_be_unreachable()
    {
        await _plc.DisposeAsync();
        var refusal = await RefusedAsync(_scada, "plc-7", 502, CorridorProblems.Unreachable, 502);
        Assert.Contains("line-2", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_does_not_dial()
    {
        await _site.EntitleAsync(CallerKind.Device, "line-2", "plc-7:502");
        await RefusedAsync(_site.Connect(_gateway), "plc-7", 502, CorridorProblems.NotYours, 403);
    }

    [Fact]
    public async Task A_device_dials_the_service_it_is_entitled_to_and_nothing_else()
    {
        await using var historian = TestDevice.Echo();
        await _site.DoAsync(new AddService("historian", $"127.0.0.1:{historian.Port}"));
        await _site.DoAsync(new AddService("badges", $"127.0.0.1:{historian.Port}"));
        await _site.EntitleAsync(CallerKind.Device, "plc-7", "historian");
        await using var flow = await _door.Connection.DialAsync("historian", CorridorWire.OwnPort, TestSite.Cancel);
        Assert.Equal(new byte[] { 1, 2, 3 }, await Streams.ExchangeAsync(flow, [1, 2, 3]));
        await using var byPort = await _door.Connection.DialAsync("historian", (ushort)historian.Port, TestSite.Cancel);
        await Streams.EchoAsync(byPort);
        await RefusedAsync(_door.Connection, "historian", 1, CorridorProblems.NotEntitled, 403);
        await RefusedAsync(_door.Connection, "badges", 0, CorridorProblems.NotEntitled, 403);
        await RefusedAsync(_door.Connection, "plc-7", 502, CorridorProblems.NotEntitled, 403);
        await RefusedAsync(_scada, "historian", 0, CorridorProblems.NotEntitled, 403);
    }

    [Fact]
    public async Task A_service_that_is_down_is_said_to_be_unreachable()
    {
        var gone = TestDevice.Echo();
        await gone.DisposeAsync();
        await _site.DoAsync(new AddService("historian", $"127.0.0.1:{gone.Port}"));
        await _site.EntitleAsync(CallerKind.Device, "plc-7", "historian");
        var refusal = await RefusedAsync(_door.Connection, "historian", 0, CorridorProblems.Unreachable, 502);
        Assert.Contains("historian", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<CorridorRefusedException> RefusedAsync(CorridorConnection caller, string target, ushort port, string kind, int status)
    {
        var refusal = await Assert.ThrowsAsync<CorridorRefusedException>(() => caller.DialAsync(target, port, TestSite.Cancel));
        Assert.Equal((kind, status), (refusal.Problem.Kind, refusal.Problem.Status));
        return refusal;
    }
}
