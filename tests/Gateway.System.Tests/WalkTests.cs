using System.Diagnostics;
using Gateway.Core.Api;
using Gateway.Plant;

namespace Gateway.SystemTests;

/// <summary>The main job from end to end, with real processes: from an unknown socket to an identity in the fabric.</summary>
[Trait("Category", "Slow")]
public sealed class WalkTests(RunningPlant plant) : IClassFixture<RunningPlant>
{
    private const int SecondDialPort = 5_021;

    [Fact]
    public async Task From_an_unknown_socket_to_an_identity_in_the_fabric()
    {
        plant.Start();
        await A_new_device_is_shown_and_talks_to_nobody();
        var plc = await A_person_names_it_and_chooses_what_it_may_do();
        await It_gets_an_identity_and_its_connector_comes_up(plc);
        await An_entitled_client_reads_and_another_is_refused_by_name();
        await A_second_device_is_not_reached_with_the_entitlement_to_the_first();
        await The_plc_dials_the_historian_and_nothing_else();
        await A_write_is_refused_and_the_log_says_who_tried(plc);
        await Removing_the_grant_ends_the_open_flow();
        await Another_device_in_the_socket_is_noticed(plc);
        The_box_shows_no_open_port();
    }

    private async Task A_new_device_is_shown_and_talks_to_nobody()
    {
        The_box_shows_no_open_port();
        var plugged = Stopwatch.StartNew();
        plant.Plant.Unplug(2);
        plant.Plant.Plug(PlantLayout.Plc8, 2);
        await Until.TrueAsync(
            async () => (await plant.Api.DevicesAsync()).Any(d => d.Socket == 2 && d.Address == "192.168.10.21" && d.Since > DateTimeOffset.UnixEpoch),
            "socket 2 shows its device", 5);
        Assert.True(plugged.Elapsed < TimeSpan.FromSeconds(5), $"shown after {plugged.Elapsed}");
        await plant.UntilFoundAsync(1, 2, 3, 4, 5);
        var devices = await plant.Api.DevicesAsync();
        Assert.All(devices, device => Assert.Equal("new", device.State));
        Assert.Equal("camera", devices.Single(d => d.Socket == 3).Guess.Kind);
        Assert.All(devices, device => Assert.NotEmpty(device.Guess.Reasons));

        // Between new devices, and to the plant network.
        var plc = plant.Plant.Device(PlantLayout.Plc7);
        Assert.NotEqual(0, plc.Run("ping", "-c", "2", "-W", "1", "192.168.10.31").ExitCode);
        Assert.NotEqual(0, plc.Run("curl", "-s", "--max-time", "2", $"http://{PlantLayout.Historian.Address}:{PlantLayout.HistorianPort}/ping").ExitCode);
        // Control: the historian is there, and answers a host that is not behind the box.
        Assert.Equal(0, plant.Plant.Host(PlantLayout.Scada).Run(
            "curl", "-sf", "--max-time", "5", $"http://{PlantLayout.Historian.Address}:{PlantLayout.HistorianPort}/ping").ExitCode);
    }

    private async Task<DeviceDetail> A_person_names_it_and_chooses_what_it_may_do()
    {
        var device = await plant.SetUpAsync(1, "plc-7", "plc", "scada-read-plc-7", "plc-7-to-historian");
        Assert.Equal("protected", device.Device.State);
        Assert.Equal(["plc-7-to-historian", "scada-read-plc-7"], device.Grants.Select(grant => grant.Name).Order());
        return device;
    }

    private async Task It_gets_an_identity_and_its_connector_comes_up(DeviceDetail plc)
    {
        await plant.UntilConnectorAsync(plc.Device.Id, "up");
        var identity = (await plant.Api.DeviceAsync(plc.Device.Id)).Identity!;
        Assert.Equal($"spiffe://{PlantLayout.Site}/ot/{PlantFabric.GatewayName}/plc-7", identity.SpiffeId);
        await plant.UntilLoggedAsync("identity-issued");
        // The hub knows the certificate, and nobody on the box listens for anyone on the plant network.
        Assert.Contains(identity.Fingerprint, plant.Site.Fabric.Ask("status", "-o", "json").Require("status").Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(PlantLayout.BoxAddress, plant.Plant.Box.Run("ss", "-Hltun").Output, StringComparison.Ordinal);
    }

    private async Task An_entitled_client_reads_and_another_is_refused_by_name()
    {
        await Until.TrueAsync(() => Mbpoll.Read(plant, PlantLayout.Scada) is { ExitCode: 0 } read && read.Output.Contains("[2]:", StringComparison.Ordinal),
            "scada reads through the fabric", 20);
        Assert.NotEqual(0, Mbpoll.Read(plant, PlantLayout.Office).ExitCode);
        await Until.TrueAsync(
            () => Log("dial-office-1-plc-7-modbus").Contains("office-1 has no entitlement to plc-7:502", StringComparison.Ordinal), "office is refused by name", 5);
    }

    private async Task A_second_device_is_not_reached_with_the_entitlement_to_the_first()
    {
        var second = await plant.SetUpAsync(2, "plc-8", "plc", "scada-read-plc-8");
        await plant.UntilConnectorAsync(second.Device.Id, "up");
        plant.Site.Fabric.Dial(PlantLayout.Scada, "scada-1", "plc-8/modbus", SecondDialPort);
        await Until.TrueAsync(() => Log("dial-scada-1-plc-8-modbus").Contains("connected", StringComparison.Ordinal), "the dial is connected", 10);
        Assert.NotEqual(0, Mbpoll.Read(plant, PlantLayout.Scada, SecondDialPort).ExitCode);
        await Until.TrueAsync(
            () => Log("dial-scada-1-plc-8-modbus").Contains("scada-1 has no entitlement to plc-8:502", StringComparison.Ordinal), "scada is refused plc-8", 5);
        Assert.Equal(0, Mbpoll.Read(plant, PlantLayout.Scada).ExitCode);
    }

    private async Task The_plc_dials_the_historian_and_nothing_else()
    {
        await Until.TrueAsync(() => Points() >= 2, "the PLC's values arrive at the historian", 20);
        var plc = plant.Plant.Device(PlantLayout.Plc7);
        Assert.Equal(0, plc.Run("curl", "-sf", "--max-time", "5", $"http://{PlantLayout.Historian.Address}:{PlantLayout.HistorianPort}/ping").ExitCode);
        Assert.NotEqual(0, plc.Run("curl", "-sk", "--max-time", "2", $"https://{PlantLayout.BadgeServer.Address}:{PlantLayout.BadgeServerPort}/").ExitCode);
        Assert.NotEqual(0, plc.Run("curl", "-sk", "--max-time", "2", $"https://{PlantLayout.Hub.Address}:{PlantLayout.HubPort}/").ExitCode);
        Assert.NotEqual(0, plc.Run("curl", "-s", "--max-time", "2", $"http://{PlantLayout.Historian.Address}:8088/").ExitCode);
    }

    private async Task A_write_is_refused_and_the_log_says_who_tried(DeviceDetail plc)
    {
        var write = Mbpoll.Write(plant, PlantLayout.Scada, register: 11, value: 99);
        Assert.NotEqual(0, write.ExitCode);
        Assert.Contains("Illegal function", write.Output + write.Error, StringComparison.OrdinalIgnoreCase);
        await Until.TrueAsync(async () => (await plant.Api.LogAsync("operation-refused")).Count > 0, "the log tells of the write", 10);
        var entry = (await plant.Api.LogAsync("operation-refused"))[0];
        Assert.Equal(plc.Device.Id, entry.DeviceId);
        Assert.Equal(("scada-1", "6", "10", "99"), (entry.Values["caller"], entry.Values["function"], entry.Values["address"], entry.Values["value"]));
        // Control: the register is as it was, and reading goes on.
        Assert.Contains("[11]: \t0", Mbpoll.Read(plant, PlantLayout.Scada, count: 11).Output, StringComparison.Ordinal);
    }

    private async Task Removing_the_grant_ends_the_open_flow()
    {
        var session = OpenSession.Start(plant, PlantLayout.Scada, PlantSite.DialPort);
        await Until.TrueAsync(() => session.Reads > 5, "the session reads", 10);
        var removed = DateTimeOffset.UtcNow;
        await plant.Api.RemoveGrantAsync("scada-read-plc-7");
        await Until.TrueAsync(() => session.Ended is not null, "the session ends", 5);
        Assert.True(session.Ended!.Value - removed < TimeSpan.FromSeconds(1), $"ended {session.Ended.Value - removed} after the removal");
        Assert.NotEqual(0, Mbpoll.Read(plant, PlantLayout.Scada).ExitCode);
        // The other grant is untouched.
        var points = Points();
        await Until.TrueAsync(() => Points() > points, "the historian still gets values", 10);
    }

    private async Task Another_device_in_the_socket_is_noticed(DeviceDetail plc)
    {
        plant.Plant.Unplug(1);
        await Until.TrueAsync(async () => !(await plant.Api.DeviceAsync(plc.Device.Id)).Device.Online, "the empty socket is noticed", 10);
        plant.Plant.Plug(PlantLayout.Laptop, 1);
        await Until.TrueAsync(async () => (await plant.Api.DeviceAsync(plc.Device.Id)).Device.State == "changed", "the foreign device is noticed", 10);
        await plant.UntilConnectorAsync(plc.Device.Id, "suspended");
        var changed = await plant.Api.DeviceAsync(plc.Device.Id);
        Assert.Equal(PlantLayout.Laptop.Mac, changed.Break!.Mac);
        await Until.TrueAsync(async () => (await plant.Api.LogAsync("device-changed")).Count > 0, "the log tells of it", 10);
        // It has the PLC's own address and still gets nowhere.
        Assert.NotEqual(0, plant.Plant.Device(PlantLayout.Laptop).Run(
            "curl", "-s", "--max-time", "2", $"http://{PlantLayout.Historian.Address}:{PlantLayout.HistorianPort}/ping").ExitCode);
    }

    private void The_box_shows_no_open_port()
    {
        var attacker = plant.Plant.Host(PlantLayout.Attacker);
        var timeout = TimeSpan.FromMinutes(3);
        string[] fast = ["-Pn", "-n", "--max-retries", "1", "--min-rate", "8000", "--open", "-oG", "-"];
        Assert.DoesNotContain("/open/", attacker.Run(timeout, "nmap", [.. fast, "-sS", "-p-", PlantLayout.BoxAddress]).Require("nmap").Output, StringComparison.Ordinal);
        Assert.DoesNotContain("/open/", attacker.Run(timeout, "nmap", [.. fast, "-sU", "-F", PlantLayout.BoxAddress]).Require("nmap").Output, StringComparison.Ordinal);
        // Control: the same scan finds the hub.
        Assert.Contains($"{PlantLayout.HubPort}/open/", attacker.Run(
            timeout, "nmap", [.. fast, "-sS", "-p", $"{PlantLayout.HubPort}", PlantLayout.Hub.Address]).Require("nmap").Output, StringComparison.Ordinal);
    }

    private int Points()
    {
        var output = PlantServices.Query(plant.Plant, "SELECT COUNT(value) FROM temperature").Output;
        var start = output.LastIndexOf(',') + 1;
        return int.TryParse(output[start..].TakeWhile(char.IsAsciiDigit).ToArray(), out var count) ? count : 0;
    }

    private string Log(string name) => File.ReadAllText(Path.Combine(plant.Plant.LogFolder, name + ".log"));
}
