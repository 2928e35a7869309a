using System.Diagnostics;
using Gateway.Corridor.Tests.Fixtures;
using Gateway.Service.Tests.Fixtures;

namespace Gateway.Service.Tests.Hosting;

/// <summary>The program itself, and the operator's command as it is installed.</summary>
[Trait("Category", "Slow")]
public sealed class ProcessTests : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "gatewayd");

    private readonly TempFolder _folder = new();
    private Process? _service;

    public ProcessTests() => File.WriteAllText(_folder.File("site.yaml"), Sites.Plain);

    public void Dispose()
    {
        Kill();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_killed_service_starts_again_with_what_it_had_and_the_command_says_which_of_both_is_true()
    {
        Need.Root();
        Start("site.yaml");
        await Eventually.TrueAsync(async () => (await CtlAsync("status")).Code == 0, "the command is answered");
        var code = await File.ReadAllTextAsync(_folder.File("state/claim-code"), TestBox.Cancel);
        var before = (await CtlAsync("log", "-o", "json")).Output;
        Assert.Contains("site-imported", before, StringComparison.Ordinal);
        Kill();
        Assert.Equal(3, (await CtlAsync("status")).Code);
        Start("site.yaml");
        await Eventually.TrueAsync(async () => (await CtlAsync("status")).Code == 0, "the command is answered again");
        Assert.Equal(code, await File.ReadAllTextAsync(_folder.File("state/claim-code"), TestBox.Cancel));
        Assert.Contains("absent", (await CtlAsync("status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_file_that_cannot_be_ends_with_1_and_names_line_field_value_and_cure()
    {
        await File.WriteAllTextAsync(_folder.File("bad.yaml"), Sites.Plain.Replace("role: uplink", "role: sideways", StringComparison.Ordinal), TestBox.Cancel);
        Start("bad.yaml");
        var error = await _service!.StandardError.ReadToEndAsync(TestBox.Cancel);
        await _service.WaitForExitAsync(TestBox.Cancel);
        Assert.Equal(1, _service.ExitCode);
        Assert.Contains("sideways", error, StringComparison.Ordinal);
        Assert.Contains("role", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("state")));
    }

    private void Start(string site)
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var word in new[] { "--site", _folder.File(site), "--state", _folder.File("state"), "--dataplane", _folder.File("dp.sock"), "--api", _folder.File("api.sock") })
            start.ArgumentList.Add(word);
        _service = Process.Start(start)!;
    }

    private void Kill()
    {
        if (_service is null)
            return;
        _service.Kill();
        _service.WaitForExit();
        _service.Dispose();
        _service = null;
    }

    private async Task<(int Code, string Output)> CtlAsync(params string[] words)
    {
        var start = new ProcessStartInfo(Path.Combine(Need.ProjectRoot(), "image", "tree", "usr", "bin", "gatewayctl")) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["GATEWAYCTL_PROGRAM"] = Program;
        foreach (var word in new[] { "--api", _folder.File("api.sock") }.Concat(words))
            start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestBox.Cancel);
        await process.WaitForExitAsync(TestBox.Cancel);
        return (process.ExitCode, output);
    }
}
