using System.Text.Json;
using Gateway.Core.Api;
using Gateway.Plant;

namespace Gateway.SystemTests;

/// <summary>The devices beside the walk: two PLCs with one address, a camera that is watched, a badge reader that dials out.</summary>
[Trait("Category", "Slow")]
public sealed class OtherDevicesTests(RunningPlant plant) : IClassFixture<RunningPlant>
{
    private const int SecondPlc = 5_022;
    private const int ThirdPlc = 5_023;

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
    public async Task A_plc_without_an_address_is_found_named_given_one_and_read()
    {
        await StartAsync();
        plant.Plant.Plug(PlantLayout.Plc9, 6);
        await Until.TrueAsync(async () => (await plant.Api.DevicesAsync()).Any(d => d.Socket == 6), "it is found", 5);
        var found = (await plant.Api.DevicesAsync()).Single(d => d.Socket == 6);
        Assert.Equal("", found.Address);
        await plant.Api.PutAsync<DeviceDetail>($"devices/{found.Id}/name", new { name = "plc-9", kind = "plc" });
        await Until.TrueAsync(async () => (await plant.Api.DeviceAsync(found.Id)).Suggested.Address.Length > 0, "an address is proposed", 15);
        var approved = await plant.Api.ApproveAsync(await plant.Api.DeviceAsync(found.Id), ["scada-read-plc-9"]);
        var address = approved.Binding!.Address;
        Assert.StartsWith("192.168.77.", address, StringComparison.Ordinal);
        await Until.TrueAsync(
            () => plant.Plant.Device(PlantLayout.Plc9).Run("ip", "addr", "show", "eth0").Output.Contains($"inet {address} ", StringComparison.Ordinal), "it took the address", 30);
        plant.Site.Fabric.Ask("entitle", "add", "plc-9/modbus", "--group", "scada").Require("entitling scada to plc-9");
        await plant.UntilConnectorAsync(found.Id, "up");
        plant.Site.Fabric.Dial(PlantLayout.Scada, "scada-1", "plc-9/modbus", ThirdPlc);
        await Until.TrueAsync(() => Mbpoll.Read(plant, PlantLayout.Scada, ThirdPlc).ExitCode == 0, "plc-9 is read", 20);
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
