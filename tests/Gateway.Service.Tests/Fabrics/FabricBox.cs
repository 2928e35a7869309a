using Gateway.Core.Api;
using Gateway.Core.Identity;
using Gateway.Corridor.Hub;
using Gateway.Corridor.Tests.Fixtures;
using Gateway.Service.Fabrics;
using Gateway.Service.Tests.Fixtures;

namespace Gateway.Service.Tests.Fabrics;

/// <summary>A box that has joined a real hub.</summary>
internal sealed class FabricBox : IAsyncDisposable
{
    private FabricBox(TestSite site, TestBox box)
    {
        Site = site;
        Box = box;
    }

    public TestSite Site { get; }

    public TestBox Box { get; }

    public static async Task<FabricBox> StartAsync(Func<HubOptions, HubOptions>? change = null, TimeProvider? time = null)
    {
        var site = await TestSite.StartAsync(change);
        var files = new Dictionary<string, string>
        {
            ["ca.pem"] = await File.ReadAllTextAsync(Path.Combine(site.HubFolder, "ca.crt"), TestBox.Cancel),
            ["gateway.token"] = await site.TokenAsync(SpiffeKind.Gateway, "gw-1"),
        };
        var box = await TestBox.StartAsync(new TestBoxOptions { Site = Sites.WithCorridor(site.Hub.Endpoint.Port), Files = files, Time = time ?? TimeProvider.System });
        return new FabricBox(site, box);
    }

    public Task FabricAsync(string state) => Eventually.TrueAsync(
        async () => (await Box.Api.GetAsync<BoxView>("box")).Fabrics[0].State == state, $"the fabric is {state}");

    public async Task ConnectorAsync(string device, string state)
    {
        IdentityView? last = null;
        await Eventually.TrueAsync(
            async () => (last = (await Box.Api.GetAsync<DeviceDetail>($"devices/{device}")).Identity)?.ConnectorState == state, $"the connector is {state}: {last}");
    }

    public DeviceConnection Connection(string device) => Box.Get<ConnectionSet>().Of(device)!;

    /// <summary>A device that is approved and up.</summary>
    public async Task<DeviceView> UpAsync()
    {
        await FabricAsync("connected");
        var device = await Box.ApprovedAsync("corridor");
        await ConnectorAsync(device.Id, "up");
        return device;
    }

    public async ValueTask DisposeAsync()
    {
        await Box.DisposeAsync();
        await Site.DisposeAsync();
    }
}
