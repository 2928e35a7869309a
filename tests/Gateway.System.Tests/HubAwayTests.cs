using Gateway.Core.Api;
using Gateway.Plant;

namespace Gateway.SystemTests;

/// <summary>The hub is gone for a while: what is enforced at the box goes on, and the connectors come back by themselves.</summary>
[Trait("Category", "Slow")]
public sealed class HubAwayTests(RunningPlant plant) : IClassFixture<RunningPlant>
{
    [Fact]
    public async Task Without_its_hub_the_box_goes_on_and_finds_back()
    {
        plant.Start();
        var line = await Line.StartAsync(plant);
        await Until.TrueAsync(() => Mbpoll.Read(plant, PlantLayout.Scada).ExitCode == 0, "scada reads", 30);
        plant.Site.Fabric.StopHub();
        await Until.TrueAsync(async () => (await FabricAsync()).State == "unreachable", "the box says that the hub is away", 60);
        Assert.NotEmpty((await FabricAsync()).Reason);
        Assert.NotEqual(0, Mbpoll.Read(plant, PlantLayout.Scada).ExitCode);

        // Local enforcement and local sessions: the line, a refusal, an approval, a removed grant.
        await line.UntilRunningAsync(10);
        Assert.NotEqual(0, plant.Plant.Device(PlantLayout.Plc7).Run("ping", "-c", "1", "-W", "1", "192.168.10.31").ExitCode);
        await plant.Api.RemoveGrantAsync("sorter-a-operate-plc-7");
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        var stopped = line.Good();
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.Equal(stopped, line.Good());
        var sorter = (await plant.Api.DevicesAsync()).Single(d => d.Name == "sorter-a");
        await plant.Api.PostAsync<DeviceDetail>($"devices/{sorter.Id}/grants", new { proposals = new[] { "sorter-a-operate-plc-7" } });
        await line.UntilRunningAsync(20);
        var camera = await plant.SetUpAsync(3, "camera-1", "camera", "recorder-watch-camera-1");
        Assert.Equal("protected", camera.Device.State);

        plant.Site.Fabric.StartHub();
        await Until.TrueAsync(async () => (await FabricAsync()).State == "connected", "the box finds back to the hub", 90);
        await Until.TrueAsync(() => Mbpoll.Read(plant, PlantLayout.Scada).ExitCode == 0, "scada reads again", 60);
        // What was approved meanwhile gets its identity now.
        await plant.UntilConnectorAsync(camera.Device.Id, "up", 60);
        await plant.UntilLoggedAsync("fabric-away");
        await plant.UntilLoggedAsync("fabric-back");
    }

    private async Task<FabricView> FabricAsync() => (await plant.Api.GetAsync<StatusView>("status")).Fabrics.Single();
}
