using Gateway.Core.Identity;
using Gateway.Corridor.Client;
using Gateway.Corridor.Hub;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Tests.Fixtures;

/// <summary>The usual cast: a site, the gateway line-2 with the device plc-7 behind a door, and the client scada, entitled to plc-7:502.</summary>
internal sealed class TestLine : IAsyncDisposable
{
    private TestLine(TestSite site, TestDevice plc, StoredIdentity gateway, TestGateway door, StoredIdentity client) =>
        (Site, Plc, Gateway, Door, Scada) = (site, plc, gateway, door, site.Connect(client));

    public TestSite Site { get; }

    public TestDevice Plc { get; }

    public StoredIdentity Gateway { get; }

    public TestGateway Door { get; }

    public CorridorConnection Scada { get; }

    public StoredIdentity Device => Door.Connection.Identity;

    public static async Task<TestLine> StartAsync(TestDevice? plc = null, Func<HubOptions, HubOptions>? change = null, int doors = 4)
    {
        var site = await TestSite.StartAsync(change);
        plc ??= TestDevice.Echo();
        var gateway = await site.EnrolGatewayAsync("line-2");
        var door = await TestGateway.StartAsync(site, await site.EnrolDeviceAsync(gateway, "plc-7"), plc, doors);
        var client = await site.EnrolClientAsync("scada", "operators");
        await site.EntitleAsync(CallerKind.Client, "scada", "plc-7/modbus");
        return new TestLine(site, plc, gateway, door, client);
    }

    public Task<CapsuleStream> DialAsync() => Eventually.AsTrueAsync(Scada.DialAsync("plc-7", 502, TestSite.Cancel));

    /// <summary>Opens a flow and shows that it works.</summary>
    public async Task<CapsuleStream> OpenAsync()
    {
        var flow = await DialAsync();
        await Streams.EchoAsync(flow);
        return flow;
    }

    public async ValueTask DisposeAsync()
    {
        await Door.DisposeAsync();
        await Plc.DisposeAsync();
        await Site.DisposeAsync();
    }
}
