using Gateway.Plant;

namespace Gateway.Image.Tests.Units;

/// <summary>Users and folders of the appliance, made by systemd's own tools in a folder that stands for its root.</summary>
public sealed class UserTests
{
    [Fact]
    public void The_users_have_the_numbers_under_which_the_plant_runs_the_processes()
    {
        Need.Root();
        Need.Command("systemd-sysusers", "systemd");
        using var root = new ApplianceRoot();
        MakeUsers(root);
        var users = File.ReadAllLines(Path.Combine(root.Root, "etc/passwd")).Select(line => line.Split(':')).ToDictionary(f => f[0], f => (f[2], f[3], f[^1]));
        foreach (var (name, id) in new[] { ("dataplane", BoxUsers.Dataplane), ("service", BoxUsers.Service), ("web", BoxUsers.Web) })
        {
            Assert.Equal(($"{id}", $"{BoxUsers.Group}", "/usr/sbin/nologin"), users[$"gateway-{name}"]);
            var unit = UnitFile.Read($"gateway-{name}.service");
            Assert.Equal(($"gateway-{name}", "gateway"), (unit.One("User"), unit.One("Group")));
        }
    }

    [Theory]
    [InlineData("var/lib/gateway", BoxUsers.Service, "750")]
    [InlineData("run/gateway", 0, "1770")]
    public void The_shared_folders_belong_to(string folder, int user, string mode)
    {
        Need.Root();
        Need.Command("systemd-sysusers", "systemd");
        Need.Command("systemd-tmpfiles", "systemd");
        using var root = new ApplianceRoot();
        MakeUsers(root);
        var (status, output) = Tool.Run("systemd-tmpfiles", "--create", $"--root={root.Root}", Path.Combine(root.Root, "usr/lib/tmpfiles.d/gateway.conf"));
        Assert.True(status == 0, output);
        Assert.Equal($"{user} {BoxUsers.Group} {mode}", Tool.Run("stat", "-c", "%u %g %a", Path.Combine(root.Root, folder)).Output.Trim());
    }

    private static void MakeUsers(ApplianceRoot root)
    {
        var (status, output) = Tool.Run("systemd-sysusers", $"--root={root.Root}", Path.Combine(root.Root, "usr/lib/sysusers.d/gateway.conf"));
        Assert.True(status == 0, output);
    }
}
