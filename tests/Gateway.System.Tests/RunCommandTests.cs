using Gateway.Plant;

namespace Gateway.System.Tests;

/// <summary><c>./run</c> as a person meets it.</summary>
[Trait("Category", "Slow")]
public sealed class RunCommandTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    [Fact]
    public void It_starts_says_what_to_do_refuses_a_second_start_and_leaves_nothing_behind()
    {
        Need.Root();
        Need.Command("influxd", "influxdb");
        Assert.SkipWhen(Directory.Exists(PlantOptions.RunFolder), "skipped: a plant runs on this machine (./run stop ends it)");
        var before = Traces();
        try
        {
            var first = Run();
            Assert.True(first.ExitCode == 0, first.Output + first.Error);
            Assert.Contains("https://127.0.0.1:8443/", first.Output, StringComparison.Ordinal);
            Assert.Matches("Claim code +[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", first.Output);
            Assert.Contains("What to do next", first.Output, StringComparison.Ordinal);

            var second = Run();
            Assert.NotEqual(0, second.ExitCode);
            Assert.Contains("already", second.Error, StringComparison.Ordinal);
            Assert.Contains("plc-7", Run("ctl", "status").Output + Run("status").Output, StringComparison.Ordinal);
            Assert.Contains("socket 1", Run("unplug", "1").Require("unplug").Output, StringComparison.Ordinal);
            Assert.Contains("'9'", Run("plug", "plc-7", "9").Error, StringComparison.Ordinal);
        }
        finally
        {
            Run("stop");
        }
        Assert.Equal(before, Traces());
        Assert.Contains("no plant runs", Run("stop").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_root_it_says_what_needs_root_and_why()
    {
        Need.Root();
        // From a copy that another user can read.
        using var folder = new TempFolder();
        File.Copy(Path.Combine(Need.ProjectRoot(), "run"), Path.Combine(folder.Path, "run"));
        Shell.Run("chmod", "-R", "a+rX", folder.Path).Require("chmod");
        var result = Shell.Run("setpriv", [.. BoxUsers.Become(BoxUsers.Web), "--", Path.Combine(folder.Path, "run")]);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("needs root", result.Error, StringComparison.Ordinal);
        Assert.Contains("CAP_NET_ADMIN", result.Error, StringComparison.Ordinal);
    }

    private static ShellResult Run(params IEnumerable<string> words) => Shell.Run(Patience, Path.Combine(Need.ProjectRoot(), "run"), words);

    /// <summary>Everything that a plant leaves traces in.</summary>
    private static string Traces() => string.Join('\n',
        string.Join(' ', NetworkNamespace.Named("plant-")),
        Shell.Run("ip", "-o", "link").Output.Split('\n').Length,
        Shell.Run("nft", "list", "ruleset").Output,
        Shell.Run("sh", "-c", "grep -c gateway-plant /proc/mounts; pgrep -u 64201,64202,64203 -c; pgrep -c gateway-plant; ls -d /var/lib/gateway-plant /sys/fs/bpf/gateway* 2>/dev/null").Output);
}
