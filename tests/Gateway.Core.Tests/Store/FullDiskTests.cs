using System.Globalization;

namespace Gateway.Core.Tests.Store;

/// <summary>A real small disk: a tmpfs in a mount namespace of the child's own, gone with it.</summary>
[Trait("Category", "Slow")]
public sealed class FullDiskTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_disk_that_is_really_full_refuses_audits_recovers_and_loses_nothing()
    {
        Need.Root();
        Need.Command("unshare", "util-linux");
        using var temp = new TempFolder();
        // 16 MiB, 8 of them taken by a file that goes later.
        using var rig = new RigProcess(
            "unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=16m none \"$1\" && exec \"$2\" fill \"$1\"", "sh", temp.Path, RigProcess.Program);
        var lines = await rig.EndAsync();
        Assert.True(rig.ExitCode == 0, await rig.ErrorsAsync());
        lines.ForEach(output.WriteLine);
        var found = lines.Select(line => line.Split(' ')).ToDictionary(parts => parts[0], parts => parts[1]);

        Assert.Equal("Full", found["condition"]);
        Assert.InRange(Number("ordinary"), 500, 3000);
        Assert.Equal(Number("ordinary"), Number("readable"));
        // The reserve is 128 KiB and a record 3,078 bytes.
        Assert.InRange(Number("audit"), 35, 3000);
        Assert.Equal(Number("ordinary") + Number("audit"), Number("readable-after-audit"));
        Assert.Equal(50, Number("ordinary-with-room"));
        Assert.Equal("Ok", found["condition-with-room"]);
        var all = Number("ordinary") + Number("audit") + 50;
        Assert.Equal((all, all, all), (Number("readable-at-the-end"), Number("verified"), Number("view-newest")));

        int Number(string name) => int.Parse(found[name], CultureInfo.InvariantCulture);
    }
}
