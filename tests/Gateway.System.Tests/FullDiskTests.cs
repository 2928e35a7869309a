using System.Globalization;
using System.Net;
using Gateway.Core.Api;
using Gateway.Plant;

namespace Gateway.SystemTests;

/// <summary>The disk under the service fills up: nothing is acknowledged that is not stored, the box says so, and the line runs.</summary>
[Trait("Category", "Slow")]
public sealed class FullDiskTests(RunningPlant plant) : IClassFixture<RunningPlant>
{
    private const int DiskMegabytes = 160;

    private string Filler => Path.Combine(plant.Box.StateOf("service"), "filler");

    [Fact]
    public async Task A_full_disk_stops_decisions_and_nothing_else()
    {
        plant.Start(serviceDiskMegabytes: DiskMegabytes);
        var line = await Line.StartAsync(plant);
        var sorter = (await plant.Api.DevicesAsync()).Single(d => d.Name == "sorter-a");
        await NameAsync(sorter.Id, "hall 3");

        Fill();
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => UntilRefusedAsync(sorter.Id));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("disk", refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("full", (await plant.Api.GetAsync<StatusView>("status")).Journal);
        // What was refused did not happen, not even until the next start; what was stored is there.
        var place = (await plant.Api.DeviceAsync(sorter.Id)).Place;
        Assert.DoesNotContain("refused", place, StringComparison.Ordinal);
        await line.UntilRunningAsync(10);
        var plc = (await plant.Api.DevicesAsync()).Single(d => d.Name == "plc-7");
        Assert.NotEqual(0, plant.Plant.Device(PlantLayout.Plc7).Run("curl", "-sk", "--max-time", "2", $"https://{PlantLayout.BadgeServer.Address}:8443/").ExitCode);

        File.Delete(Filler);
        await Until.TrueAsync(async () => (await plant.Api.GetAsync<StatusView>("status")).Journal == "ok", "the journal takes decisions again", 60);
        await NameAsync(sorter.Id, "hall 4");
        plant.Box.Service!.KillHard();
        await Until.TrueAsync(() => plant.Box.ServiceAnswers, "the service is back", 30);
        Assert.Equal("hall 4", (await plant.Api.DeviceAsync(sorter.Id)).Place);
        Assert.Equal("protected", (await plant.Api.DeviceAsync(plc.Id)).Device.State);
        await plant.UntilLoggedAsync("journal-full");
        await line.UntilRunningAsync(10);
    }

    private Task<DeviceDetail> NameAsync(string id, string place) =>
        plant.Api.PutAsync<DeviceDetail>($"devices/{id}/name", new { name = "sorter-a", kind = "sorting-machine", place });

    /// <summary>Decides again and again; what is left in the last block of a file may take a few.</summary>
    private async Task UntilRefusedAsync(string id)
    {
        for (var n = 0; n < 1_000; n++)
        {
            await NameAsync(id, string.Create(CultureInfo.InvariantCulture, $"attempt {n}"));
            Fill();
        }
    }

    private void Fill()
    {
        using var filler = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var block = new byte[64 << 10];
        for (var size = block.Length; size > 0; size /= 2)
        {
            try
            {
                while (true)
                {
                    filler.Write(block, 0, size);
                    filler.Flush();
                }
            }
            catch (IOException)
            {
                // Full for this size; try the next smaller one.
            }
        }
    }
}
