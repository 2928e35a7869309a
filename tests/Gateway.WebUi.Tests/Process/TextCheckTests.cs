using System.Diagnostics;

namespace Gateway.WebUi.Tests.Process;

/// <summary>The build step that holds the languages together, run on small projects of its own.</summary>
[Trait("Category", "Slow")]
public class TextCheckTests
{
    private const string English = "<data name=\"hello\"><value>Hello {0}</value></data><data name=\"dev.one\"><value>{0} device</value></data>"
        + "<data name=\"dev.many\"><value>{0} devices</value></data><data name=\"state.other\"><value>{0}</value></data><data name=\"state.new\"><value>New</value></data>";

    private const string German = "<data name=\"hello\"><value>Hallo {0}</value></data><data name=\"dev.one\"><value>{0} Gerät</value></data>"
        + "<data name=\"dev.many\"><value>{0} Geräte</value></data><data name=\"state.other\"><value>{0}</value></data><data name=\"state.new\"><value>Neu</value></data>";

    private const string Code = "@T[\"hello\", name] @T.Count(\"dev\", 2) @T.Pick(\"state\", word)";

    [Fact]
    public async Task Control_languages_that_agree_build()
    {
        var (exit, output) = await BuildAsync(English, German, Code);
        Assert.True(exit == 0, output);
    }

    [Theory]
    [InlineData("<data name=\"state.new\"><value>Neu</value></data>", "", "the key 'state.new' of Texts.resx is missing")]
    [InlineData("<data name=\"hello\">", "<data name=\"bye\"><value>Ade</value></data><data name=\"hello\">", "the key 'bye' is not in Texts.resx")]
    [InlineData("Hallo {0}", "Hallo {1}", "the text of 'hello' has other placeholders than in Texts.resx")]
    [InlineData("Hallo {0}", " ", "the key 'hello' has no text")]
    public async Task A_language_that_differs_fails_the_build(string part, string instead, string message)
    {
        var (exit, output) = await BuildAsync(English, German.Replace(part, instead, StringComparison.Ordinal), Code);
        Assert.NotEqual(0, exit);
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.Contains("Texts.de.resx", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@T[\"helo\"]", "the code uses the key 'helo', which Texts.resx does not have")]
    [InlineData("@T.Count(\"hello\", 1)", "the code uses the key 'hello.one', which Texts.resx does not have")]
    [InlineData("@T.Pick(\"hello\", x)", "the code uses the key 'hello.other', which Texts.resx does not have")]
    [InlineData("@T[key]", "names no key as a literal")]
    public async Task Code_that_uses_an_unknown_key_fails_the_build(string code, string message)
    {
        var (exit, output) = await BuildAsync(English, German, Code + code);
        Assert.NotEqual(0, exit);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_no_code_uses_fails_the_build()
    {
        var (exit, output) = await BuildAsync(English, German, Code.Replace("@T.Pick(\"state\", word)", "", StringComparison.Ordinal));
        Assert.NotEqual(0, exit);
        Assert.Contains("no code uses the key 'state.new'", output, StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Output)> BuildAsync(string english, string german, string code)
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("Resources"));
        File.WriteAllText(folder.File("Resources/Texts.resx"), $"<root>{english}</root>");
        File.WriteAllText(folder.File("Resources/Texts.de.resx"), $"<root>{german}</root>");
        File.WriteAllText(folder.File("Page.razor"), code);
        var targets = Path.Combine(Need.ProjectRoot(), "src", "Gateway.WebUi", "Build", "Gateway.WebUi.targets");
        File.WriteAllText(folder.File("check.proj"),
            $"<Project><PropertyGroup><IntermediateOutputPath>obj/</IntermediateOutputPath></PropertyGroup><Import Project=\"{targets}\" /></Project>");
        var start = new ProcessStartInfo("dotnet", ["msbuild", "-nologo", "-nodeReuse:false", "-target:CheckTexts", "check.proj"])
        {
            WorkingDirectory = folder.Path,
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
        return (build.ExitCode, await output + await errors);
    }
}
