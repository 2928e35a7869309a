using System.Diagnostics;
using System.Globalization;
using Gateway.Plant;

namespace Gateway.SystemTests;

/// <summary>systemd as the first process of namespaces of its own, whatever this machine itself is run by.</summary>
internal sealed class NestedSystemd : IDisposable
{
    private readonly Process _starter;
    private readonly string _pid;

    private NestedSystemd(Process starter, string pid)
    {
        _starter = starter;
        _pid = pid;
    }

    public static NestedSystemd Start()
    {
        var starter = Process.Start(new ProcessStartInfo(Path.Combine(Need.ProjectRoot(), "tests", "Gateway.System.Tests", "nested-systemd")))
            ?? throw new InvalidOperationException("cannot start nested-systemd");
        var pid = "";
        // Of the script unshare is a child, and of that systemd.
        Wait.Until(() => (pid = Child(Child(starter.Id.ToString(CultureInfo.InvariantCulture)))).Length > 0 && CommandOf(pid) == "systemd", "systemd is the first process");
        var nested = new NestedSystemd(starter, pid);
        Wait.Until(() => nested.Run("systemctl", "is-system-running").Output.Trim() == "running", "systemd is up");
        return nested;
    }

    /// <summary>Runs a command in there.</summary>
    public ShellResult Run(params IReadOnlyList<string> words) =>
        Shell.Run(TimeSpan.FromMinutes(2), "nsenter", ["-t", _pid, "--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup", "--", .. words]);

    /// <summary>Starts a command in there as a unit that goes on by itself; its output is in the journal.</summary>
    public void StartUnit(string unit, params IReadOnlyList<string> words) =>
        Run(["systemd-run", "--quiet", $"--unit={unit}", $"--setenv=PATH={Environment.GetEnvironmentVariable("PATH")}", "--setenv=HOME=/root", .. words])
            .Require($"starting {unit}");

    public string Journal(string unit) => Run("journalctl", "--no-pager", "-o", "cat", "-u", unit).Output;

    public string Show(string unit, string property) => Run("systemctl", "show", "--value", "-p", property, unit).Output.Trim();

    public void Dispose()
    {
        // With the first process all of its namespaces end.
        Shell.Run("kill", "-9", _pid);
        _starter.WaitForExit();
        _starter.Dispose();
    }

    private static string Child(string pid) => pid.Length == 0 ? "" : Shell.Run("pgrep", "-P", pid).Output.Trim().Split('\n')[^1];

    private static string CommandOf(string pid) => Shell.Run("ps", "-o", "comm=", "-p", pid).Output.Trim();
}
