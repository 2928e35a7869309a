using System.Text.Json;
using Gateway.Core.Api;
using Gateway.Plant;

namespace Gateway.SystemTests;

/// <summary>The devices beside the walk: two PLCs with one address, a camera that is watched, a badge reader that dials out.</summary>
[Trait("Category", "Slow")]
public sealed class OtherDevicesTests(RunningPlant plant) : IClassFixture<RunningPlant>
{
    private const int SecondPlc = 5_022;

    [Fact]
    public async Task Two_plcs_with_one_address_are_told_apart()
    {
        await StartAsync();
        plant.Site.Fabric.Ask("entitle", "add", "plc-8/modbus", "--group", "scada").Require("entitling scada to plc-8");
        var second = await plant.SetUpAsync(2, "plc-8", "plc", "scada-read-plc-8");
        Assert.Equal("192.168.10.21", second.Device.Address);
        await plant.UntilConnectorAsync(second.Device.Id, "up");
        plant.Site.Fabric.Dial(PlantLayout.Scada, "scada-1", "plc-8/modbus", SecondPlc);
        // A mark that only the second PLC holds: written where it stands, read through the fabric.
        plant.Plant.Device(PlantLayout.Plc8).Run("mbpoll", "-m", "tcp", "-a", "1", "-t", "4", "-r", "91", "127.0.0.1", "808").Require("the mark");
        await Until.TrueAsync(
            () => Mbpoll.Read(plant, PlantLayout.Scada, SecondPlc, count: 91).Output.Contains("[91]: \t808", StringComparison.Ordinal), "plc-8 is read", 20);
    }

    [Fact]
    public async Task The_recorder_watches_the_camera_through_the_fabric()
    {
        await StartAsync();
        var camera = await plant.SetUpAsync(3, "camera-1", "camera", "recorder-watch-camera-1");
        await plant.UntilConnectorAsync(camera.Device.Id, "up");
        await Until.TrueAsync(() => Watch(PlantLayout.Recorder).ExitCode == 0, "the recorder gets pictures", 40);
    }

    [Fact]
    public async Task The_badge_reader_reaches_its_server_only_when_that_is_granted()
    {
        await StartAsync();
        Assert.Equal(0, Reached());
        var reader = await plant.SetUpAsync(4, "badge-2", "badge-reader", "badge-2-to-badge-server");
        Assert.Contains(reader.Grants, grant => grant.Direction == "out");
        await plant.UntilConnectorAsync(reader.Device.Id, "up");
        await Until.TrueAsync(() => Reached() > 1, "badges arrive at the server", 30);
        // Its discovery port answers whoever asks on its own wire, and nobody beyond the box.
        Assert.NotEqual(0, plant.Plant.Host(PlantLayout.Attacker).Run(
            "nmap", "-Pn", "-n", "-sU", "-p", "4070", "--open", PlantLayout.BoxAddress).Output.Contains("4070/udp open ", StringComparison.Ordinal) ? 0 : 1);
    }

    private async Task StartAsync()
    {
        plant.Start();
        await plant.UntilFoundAsync(1, 2, 3, 4, 5);
    }

    /// <summary>Five pictures by RTSP within the TCP connection.</summary>
    private ShellResult Watch(PlantHost host) => plant.Plant.Host(host).Run(
        "timeout", "15", "gst-launch-1.0", "-q", "rtspsrc", $"location=rtsp://127.0.0.1:{PlantSite.CameraDialPort}/test", "protocols=tcp",
        "!", "rtpjpegdepay", "!", "fakesink", "num-buffers=5");

    private int Reached()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(plant.Plant.Folder, "badge-2.json")));
        return json.RootElement.GetProperty("reached").GetInt32();
    }
}
