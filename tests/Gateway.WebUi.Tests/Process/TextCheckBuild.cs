using System.Diagnostics;

namespace Gateway.WebUi.Tests.Process;

/// <summary>One build of many small projects, each right but for one thing.</summary>
public sealed class TextCheckBuild : IAsyncLifetime
{
    private const string English = "<data name=\"hello\"><value>Hello {0}</value></data><data name=\"dev.one\"><value>{0} device</value></data>"
        + "<data name=\"dev.many\"><value>{0} devices</value></data><data name=\"state.other\"><value>{0}</value></data><data name=\"state.new\"><value>New</value></data>";

    private const string German = "<data name=\"hello\"><value>Hallo {0}</value></data><data name=\"dev.one\"><value>{0} Gerät</value></data>"
        + "<data name=\"dev.many\"><value>{0} Geräte</value></data><data name=\"state.other\"><value>{0}</value></data><data name=\"state.new\"><value>Neu</value></data>";

    private const string Code = "@T[\"hello\", name] @T.Count(\"dev\", 2) @T.Pick(\"state\", word)";

    private static readonly Dictionary<string, (string German, string Code)> Projects = new()
    {
        ["control"] = (German, Code),
        ["missing"] = (German.Replace("<data name=\"state.new\"><value>Neu</value></data>", "", StringComparison.Ordinal), Code),
        ["surplus"] = (German + "<data name=\"bye\"><value>Ade</value></data>", Code),
        ["placeholder"] = (German.Replace("Hallo {0}", "Hallo {1}", StringComparison.Ordinal), Code),
        ["blank"] = (German.Replace("Hallo {0}", " ", StringComparison.Ordinal), Code),
        ["unknown"] = (German, Code + "@T[\"helo\"]"),
        ["unknown-count"] = (German, Code + "@T.Count(\"hello\", 1)"),
        ["unknown-family"] = (German, Code + "@T.Pick(\"hello\", x)"),
        ["computed"] = (German, Code + "@T[key]"),
        ["unused"] = (German, Code.Replace("@T.Pick(\"state\", word)", "", StringComparison.Ordinal)),
    };

    private readonly TempFolder _folder = new();
    private string[] _lines = [];

    /// <summary>What the build said is wrong with the project; empty: nothing.</summary>
    public string Errors(string project) =>
        string.Join('\n', _lines.Where(line => line.Contains(": error ", StringComparison.Ordinal) && line.Contains($"/{project}/", StringComparison.Ordinal)));

    /// <summary>Whether the build step let the project pass.</summary>
    public bool Passed(string project) => File.Exists(_folder.File($"{project}/obj/texts.checked"));

    public async ValueTask InitializeAsync()
    {
        foreach (var (name, (german, code)) in Projects)
            Write(_folder.File(name), german, code);
        // The task builds each project, whatever the one before did.
        File.WriteAllText(_folder.File("all.proj"), "<Project><Target Name=\"All\"><MSBuild Projects=\""
            + string.Join(';', Projects.Keys.Select(name => $"{name}/check.proj")) + "\" Targets=\"CheckTexts\" /></Target></Project>");
        _lines = await RunAsync();
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static void Write(string folder, string german, string code)
    {
        Directory.CreateDirectory(Path.Combine(folder, "Resources"));
        File.WriteAllText(Path.Combine(folder, "Resources", "Texts.resx"), $"<root>{English}</root>");
        File.WriteAllText(Path.Combine(folder, "Resources", "Texts.de.resx"), $"<root>{german}</root>");
        File.WriteAllText(Path.Combine(folder, "Page.razor"), code);
        var targets = Path.Combine(Need.ProjectRoot(), "src", "Gateway.WebUi", "Build", "Gateway.WebUi.targets");
        File.WriteAllText(Path.Combine(folder, "check.proj"),
            $"<Project><PropertyGroup><IntermediateOutputPath>obj/</IntermediateOutputPath></PropertyGroup><Import Project=\"{targets}\" /></Project>");
    }

    private async Task<string[]> RunAsync()
    {
        var start = new ProcessStartInfo("dotnet", ["msbuild", "-nologo", "-nodeReuse:false", "-maxCpuCount:1", "-consoleLoggerParameters:NoSummary", "all.proj"])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The runner's own build settings must not reach the inner one.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        using var build = System.Diagnostics.Process.Start(start)!;
        var output = build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = build.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await build.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (await output + await errors).Split('\n');
    }
}
