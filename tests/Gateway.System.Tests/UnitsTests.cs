using System.Text.Json;
using Gateway.Plant;

namespace Gateway.SystemTests;

/// <summary>The appliance's units under a real systemd: they start, are watched, come back, and leave nothing.</summary>
[Trait("Category", "Slow")]
public sealed class UnitsTests
{
    private const string Folder = "/run/gateway-plant";

    private static readonly string[] Processes = ["dataplane", "service", "web"];

    private static readonly string Built = Path.Combine(Need.ProjectRoot(), "artifacts", "bin");

    [Fact]
    public void The_three_units_start_are_watched_and_come_back_and_stop_leaves_nothing()
    {
        Need.Root();
        Need.Path("/lib/systemd/systemd", "systemd");
        Need.FileSystem("cgroup2");
        Need.FileSystem("overlay");
        Need.Command("influxd", "influxdb");
        using var systemd = NestedSystemd.Start();
        systemd.StartUnit("plant", Program("Gateway.Plant", "gateway-plant"), "--folder", Folder, "up", "--built", Built, "--image", Path.Combine(Need.ProjectRoot(), "image", "tree"));
        Wait.Until(() => systemd.Journal("plant").Contains("\nready", StringComparison.Ordinal) || systemd.Show("plant", "ActiveState") == "inactive", "the plant is ready");
        Assert.All(Processes, name => Assert.True(systemd.Show(Unit(name), "ActiveState") == "active", systemd.Journal("plant")));
        Assert.All(Processes, name => Assert.Equal("notify", systemd.Show(Unit(name), "Type")));

        Approve(systemd);
        Wait.Until(() => Reads(systemd), "scada reads the PLC");
        A_killed_process_is_started_again(systemd);
        A_process_that_hangs_is_noticed_and_started_again(systemd);

        systemd.Run(Program("Gateway.Plant", "gateway-plant"), "--folder", Folder, "stop").Require("stop");
        Assert.DoesNotContain("gateway-", systemd.Run("systemctl", "list-units", "--all", "--no-legend", "gateway-*.service").Output, StringComparison.Ordinal);
        Assert.DoesNotContain("gateway", systemd.Run("cat", "/etc/passwd", "/etc/group").Output, StringComparison.Ordinal);
        Assert.Empty(systemd.Run("ip", "netns").Output);
        Assert.NotEqual(0, systemd.Run("ls", Folder).ExitCode);
    }

    private static void A_killed_process_is_started_again(NestedSystemd systemd)
    {
        foreach (var name in Processes)
            systemd.Run("systemctl", "kill", "-s", "KILL", Unit(name)).Require("kill");
        Wait.Until(() => Array.TrueForAll(Processes, name => Started(systemd, name, 1)), "all three are started again");
        Wait.Until(() => Reads(systemd), "scada reads again");
    }

    private static void A_process_that_hangs_is_noticed_and_started_again(NestedSystemd systemd)
    {
        foreach (var name in Processes)
            systemd.Run("kill", "-STOP", systemd.Show(Unit(name), "MainPID")).Require("stop");
        Assert.False(Reads(systemd));
        Wait.Until(() => Array.TrueForAll(Processes, name => Started(systemd, name, 2)), "the watchdog had all three started again");
        Wait.Until(() => Reads(systemd), "scada reads again");
        Assert.All(Processes, name => Assert.Contains("watchdog", systemd.Journal(Unit(name)), StringComparison.OrdinalIgnoreCase));
    }

    private static bool Started(NestedSystemd systemd, string name, int times) =>
        systemd.Show(Unit(name), "ActiveState") == "active" && int.Parse(systemd.Show(Unit(name), "NRestarts"), System.Globalization.CultureInfo.InvariantCulture) >= times;

    private static void Approve(NestedSystemd systemd)
    {
        var id = "";
        Wait.Until(() => (id = IdAtSocket(Ctl(systemd, "-o", "json", "devices"), 1)).Length > 0, "the PLC is found");
        Wait.Until(
            () => Ctl(systemd, "approve", id, "--name", "plc-7", "--kind", "plc", "--allow", "scada-read-plc-7").ExitCode == 0, "the PLC is approved");
    }

    private static string IdAtSocket(ShellResult devices, int socket) => devices.ExitCode != 0
        ? ""
        : JsonDocument.Parse(devices.Output).RootElement.EnumerateArray()
            .Where(device => device.GetProperty("socket").GetInt32() == socket).Select(device => device.GetProperty("id").GetString()!).FirstOrDefault("");

    private static ShellResult Ctl(NestedSystemd systemd, params string[] words) =>
        systemd.Run([Program("Gateway.Service", "gatewayd"), "ctl", "--api", $"{Folder}/box/run/api.sock", .. words]);

    private static bool Reads(NestedSystemd systemd) => systemd.Run(
        "ip", "netns", "exec", $"{PlantOptions.RunPrefix}-scada", "mbpoll", "-m", "tcp", "-p", $"{PlantSite.DialPort}",
        "-a", "1", "-t", "4", "-r", "1", "-c", "2", "-1", "-o", "2", "127.0.0.1").ExitCode == 0;

    private static string Unit(string process) => $"gateway-{PlantOptions.RunPrefix}-{process}.service";

    private static string Program(string project, string name) => Path.Combine(Built, project, "release", name);
}
