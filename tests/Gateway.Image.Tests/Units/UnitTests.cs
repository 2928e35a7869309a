using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Plant;

namespace Gateway.Image.Tests.Units;

public sealed partial class UnitTests
{
    private const string Dataplane = "gateway-dataplane.service";
    private const string Service = "gateway-service.service";
    private const string Web = "gateway-web.service";
    private const string Links = "gateway-links.service";

    public static TheoryData<string> Processes => [Dataplane, Service, Web];

    [Fact]
    public void Systemd_finds_no_fault_in_any_unit()
    {
        Need.Command("systemd-analyze", "systemd");
        using var root = new ApplianceRoot();
        var (status, output) = root.Verify("gateway.target", Links, Dataplane, Service, Web);
        Assert.Equal((0, ""), (status, output.Trim()));
    }

    [Fact]
    public void A_fault_in_a_unit_would_be_found()
    {
        Need.Command("systemd-analyze", "systemd");
        using var root = new ApplianceRoot();
        File.AppendAllText(root.Unit(Web), "\nProtectSystm=strict\n");
        Assert.Contains("ProtectSystm", root.Verify(Web).Output, StringComparison.Ordinal);
    }

    /// <summary>Bounds of docs and image: 2.1 for the dataplane, 1.5 for what has no capability.</summary>
    [Theory]
    [InlineData(Dataplane, 2.1)]
    [InlineData(Links, 2.1)]
    [InlineData(Service, 1.5)]
    [InlineData(Web, 1.5)]
    public void A_unit_is_exposed_no_more_than(string unit, double most)
    {
        Need.Command("systemd-analyze", "systemd");
        var (_, output) = Tool.Run("systemd-analyze", "security", "--offline=true", "--no-pager", UnitFile.Read(unit).Path);
        var level = ExposureLevel().Match(output);
        Assert.True(level.Success, output);
        Assert.InRange(double.Parse(level.Groups[1].Value, CultureInfo.InvariantCulture), 0.1, most);
    }

    [Theory, MemberData(nameof(Processes))]
    public void A_program_knows_every_option_of_its_unit(string unit)
    {
        var command = UnitFile.Read(unit).Command;
        var (status, help) = Tool.Run(BuiltProgram.Of(command[0]), "--help");
        Assert.Equal(0, status);
        var options = command.Where(word => word.StartsWith("--", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(options);
        Assert.All(options, option => Assert.Matches($@"(?m)^\s+{option}\b", help));
    }

    [Fact]
    public void The_dataplane_takes_the_options_of_its_unit_and_checks_a_site_file_with_them()
    {
        var command = UnitFile.Read(Dataplane).Command;
        var site = Path.Combine(Need.ProjectRoot(), "docs", "examples", "one-plc.yaml");
        string[] arguments = [.. command[1..].Select(word => word.EndsWith("site.yaml", StringComparison.Ordinal) ? site : word)];
        Assert.Contains(site, arguments);
        var (status, output) = Tool.Run(BuiltProgram.Of(command[0]), [.. arguments, "--check"]);
        Assert.True(status == 0, output);
    }

    /// <summary>Every system call that a program makes until it has shown its help is one that the filter of its unit allows.</summary>
    [Theory, MemberData(nameof(Processes))]
    [Trait("Category", "Slow")]
    public void The_filter_of_a_unit_lets_its_program_start(string unit)
    {
        Need.Command("strace", "strace");
        Need.Command("systemd-analyze", "systemd");
        var file = UnitFile.Read(unit);
        using var folder = new TempFolder();
        var (status, output) = Tool.Run("strace", "-f", "-qq", "-o", folder.File("calls"), BuiltProgram.Of(file.Command[0]), "--help");
        Assert.True(status == 0, output);
        var made = SystemCall().Matches(File.ReadAllText(folder.File("calls"))).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.Contains("execve", made);
        Assert.Empty(made.Except(SystemCallSets.Allowed(file.All("SystemCallFilter"))));
    }

    [Fact]
    public void The_filters_forbid_what_only_root_needs()
    {
        Need.Command("systemd-analyze", "systemd");
        var allowed = SystemCallSets.Allowed(UnitFile.Read(Dataplane).All("SystemCallFilter"));
        Assert.Contains("sendmmsg", allowed);
        Assert.Contains("execve", allowed);
        Assert.Contains("bpf", allowed);
        foreach (var call in new[] { "setuid", "chown", "mount", "init_module", "reboot", "ptrace" })
            Assert.DoesNotContain(call, allowed);
        Assert.All(new[] { Service, Web }, unit => Assert.DoesNotContain("bpf", SystemCallSets.Allowed(UnitFile.Read(unit).All("SystemCallFilter"))));
    }

    [Theory, MemberData(nameof(Processes))]
    public void A_process_is_watched_by_its_own_signs_of_life_and_comes_back(string unit)
    {
        var file = UnitFile.Read(unit);
        Assert.Equal(("notify", "main", "30", "always"), (file.One("Type"), file.One("NotifyAccess"), file.One("WatchdogSec"), file.One("Restart")));
        // Else systemd gives up after five quick failures, and the box stays dark until somebody comes.
        Assert.Equal("0", file.One("StartLimitIntervalSec"));
    }

    [Theory]
    [InlineData(Dataplane, "CAP_NET_RAW CAP_NET_ADMIN CAP_BPF", "AF_UNIX AF_NETLINK AF_PACKET")]
    [InlineData(Service, "", "AF_UNIX AF_INET AF_INET6 AF_NETLINK")]
    [InlineData(Web, "", "AF_UNIX AF_INET AF_INET6")]
    public void A_process_has_the_rights_that_it_needs_and_no_other(string unit, string capabilities, string families)
    {
        var file = UnitFile.Read(unit);
        Assert.Equal(capabilities, file.One("CapabilityBoundingSet"));
        Assert.Equal(capabilities, file.One("AmbientCapabilities"));
        Assert.Equal(families, file.One("RestrictAddressFamilies"));
        Assert.Equal("yes", file.One("NoNewPrivileges"));
        Assert.Equal("strict", file.One("ProtectSystem"));
    }

    /// <summary>So that what runs in the plant has the rights it has on the appliance.</summary>
    [Theory]
    [InlineData(Dataplane, BoxUsers.Dataplane)]
    [InlineData(Service, BoxUsers.Service)]
    [InlineData(Web, BoxUsers.Web)]
    public void The_plant_gives_a_process_the_same_capabilities(string unit, int user)
    {
        var wanted = string.Join(' ', BoxUsers.CapabilitiesOf(user).Select(name => $"CAP_{name.ToUpperInvariant()}"));
        Assert.Equal(wanted, UnitFile.Read(unit).One("AmbientCapabilities"));
    }

    [Theory, MemberData(nameof(Processes))]
    public void A_process_cannot_look_into_the_folder_of_another(string unit)
    {
        var file = UnitFile.Read(unit);
        var own = $"/var/lib/{file.One("StateDirectory")}";
        var closed = file.One("InaccessiblePaths").Split(' ').Select(path => path.TrimStart('-')).ToList();
        Assert.DoesNotContain(own, closed);
        foreach (string other in Processes.Where(other => other != unit).Select(other => other.Data))
            Assert.Contains($"/var/lib/{UnitFile.Read(other).One("StateDirectory")}", closed);
    }

    [GeneratedRegex(@"Overall exposure level for \S+: ([0-9.]+)")]
    private static partial Regex ExposureLevel();

    /// <summary>Lines of strace -f: the thread, and a call or the rest of one that was interrupted.</summary>
    [GeneratedRegex(@"(?m)^\d+\s+(\w+)\(")]
    private static partial Regex SystemCall();
}
