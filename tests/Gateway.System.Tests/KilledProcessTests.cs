using Gateway.Plant;

namespace Gateway.SystemTests;

/// <summary>Each of the three processes is killed in operation: what stops, what goes on, what comes back. README states the same.</summary>
[Trait("Category", "Slow")]
public sealed class KilledProcessTests(RunningPlant plant) : IClassFixture<RunningPlant>
{
    [Fact]
    public async Task A_killed_process_takes_only_its_own_part_with_it()
    {
        plant.Start();
        var line = await Line.StartAsync(plant);
        await Until.TrueAsync(() => Mbpoll.Read(plant, PlantLayout.Scada).ExitCode == 0, "scada reads", 30);
        await Without_the_web_everything_else_goes_on(line);
        await Without_the_service_the_line_goes_on(line);
        await Without_the_dataplane_nothing_passes(line);
    }

    private async Task Without_the_web_everything_else_goes_on(Line line)
    {
        var session = OpenSession.Start(plant, PlantLayout.Scada, PlantSite.DialPort);
        await Until.TrueAsync(() => session.Reads > 5, "the session reads", 10);
        plant.Box.Web!.KillHard();
        Assert.False(plant.Box.WebAnswers);
        await line.UntilRunningAsync(10);
        await Until.TrueAsync(() => plant.Box.WebAnswers, "the pages are back", 20);
        Assert.Null(session.Ended);
    }

    private async Task Without_the_service_the_line_goes_on(Line line)
    {
        var session = OpenSession.Start(plant, PlantLayout.Scada, PlantSite.DialPort);
        await Until.TrueAsync(() => session.Reads > 5, "the session reads", 10);
        plant.Box.Service!.KillHard();
        await line.UntilRunningAsync(10);
        // Connections through the fabric are carried by the service, and end with it.
        await Until.TrueAsync(() => session.Ended is not null, "the session through the fabric ends", 10);
        await Until.TrueAsync(() => plant.Box.ServiceAnswers, "the service is back", 30);
        var devices = await plant.Api.DevicesAsync();
        Assert.Equal(["plc-7", "sorter-a"], devices.Where(d => d.State == "protected").Select(d => d.Name).Order());
        await Until.TrueAsync(() => Mbpoll.Read(plant, PlantLayout.Scada).ExitCode == 0, "scada reads again, and nobody did anything", 40);
        await line.UntilRunningAsync(10);
    }

    private async Task Without_the_dataplane_nothing_passes(Line line)
    {
        var restarts = plant.Box.Dataplane!.Restarts;
        plant.Box.HoldDataplane(true);
        plant.Box.Dataplane!.KillHard();
        await Until.TrueAsync(async () => (await plant.Api.GetAsync<Core.Api.StatusView>("status")).Dataplane != "running", "the service says so", 10);
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        var stopped = line.Good();
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.Equal(stopped, line.Good());
        Assert.NotEqual(0, Mbpoll.Read(plant, PlantLayout.Scada).ExitCode);
        plant.Box.HoldDataplane(false);
        await Until.TrueAsync(() => plant.Box.Dataplane!.Restarts > restarts, "the dataplane is started again", 20);
        await line.UntilRunningAsync(30);
        await Until.TrueAsync(() => Mbpoll.Read(plant, PlantLayout.Scada).ExitCode == 0, "scada reads again", 30);
        await plant.UntilLoggedAsync("dataplane-away");
    }
}
