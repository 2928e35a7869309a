using System.Text.RegularExpressions;
using Gateway.Core.Policy;

namespace Gateway.Core.Tests.Policy;

/// <summary>The reference tells the truth: its examples are read, its errors are the reader's own words, and no key is left out.</summary>
public sealed partial class PolicyDocumentTests
{
    private static readonly string Reference = File.ReadAllText(Path.Combine(Need.ProjectRoot(), "docs", "policy.md"));

    public static TheoryData<string> Examples =>
        [.. Directory.GetFiles(Path.Combine(Need.ProjectRoot(), "docs", "examples"), "*.yaml").Select(f => Path.GetFileName(f)).Order()];

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_is_read_and_compiled_without_errors_or_warnings(string file)
    {
        var result = SiteReader.ReadFile(Path.Combine(Need.ProjectRoot(), "docs", "examples", file));
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        var policy = Sites.Policy(result.Document!);
        Assert.NotEmpty(policy.Conduits);
        Assert.Equal(policy, PolicyBlob.Read(PolicyBlob.Write(policy)));
        Assert.Equal(result.Document, Sites.Document(SiteWriter.Write(result.Document!)));
    }

    [Fact]
    public void Whole_files_in_the_reference_are_right()
    {
        var files = Fences("yaml").ToList();
        Assert.NotEmpty(files);
        Assert.All(files, yaml => Assert.Empty(SiteReader.Read(yaml).Errors));
    }

    [Fact]
    public void Errors_in_the_reference_are_the_readers_own_words()
    {
        var pairs = WrongAndErrors().Matches(Reference);
        Assert.Equal(2, pairs.Count);
        foreach (var pair in pairs.Cast<Match>())
            Assert.Equal(pair.Groups["errors"].Value.Trim(), string.Join('\n', SiteReader.Read(pair.Groups["yaml"].Value).Errors));
    }

    [Fact]
    public void The_first_site_does_what_the_reference_says()
    {
        var site = Sites.Document(Fences("yaml").First());
        var policy = Sites.Policy(site);
        Assert.Equal("100.64.0.2", Assert.Single(policy.Conduits).SeenAt.ToString());
        Assert.True(ExplainQuery.TryParse("peer scada", "device plc-7", "tcp/502", "modbus 6|0", out var write, out _));
        Assert.Equal(DropReason.OperationNotGranted, Explainer.Explain(policy, site, write!).Reason);
    }

    [Fact]
    public void Every_key_and_word_of_the_format_stands_in_the_reference()
    {
        SiteForm[] forms =
            [SiteFormat.Root, SiteFormat.Link, SiteFormat.Fabric, SiteFormat.Device, SiteFormat.Peer, SiteFormat.Service, SiteFormat.Caller, SiteFormat.Grant, SiteFormat.Allow];
        var words = forms.SelectMany(f => f.Keys).Concat(SiteFormat.Roles.All).Concat(SiteFormat.Enforcements.All).Concat(SiteFormat.Refusals.All)
            .Concat(SiteFormat.Inspectors.All).Concat(SiteFormat.FabricKinds);
        Assert.All(words, word => Assert.Contains($"`{word}`", Reference, StringComparison.Ordinal));
        Assert.All(SiteFormat.From.Keys.Concat(SiteFormat.To.Keys), key => Assert.Matches($"`{key}[:`]", Reference));
    }

    /// <summary>Reads the table of presets and asks the rules themselves.</summary>
    [Theory]
    [InlineData("read", "1, 2, 3, 4, 7, 11, 12, 17, 20, 24")]
    [InlineData("operate", "5, 6, 15, 16, 22, 23")]
    [InlineData("program", "8, 21, 40, 42, 90, 91, 125, 126")]
    public void The_presets_hold_the_functions_that_the_reference_names(string preset, string functions)
    {
        Assert.Matches($@"\| `{preset}` \| .*{functions}", Reference);
        var smaller = preset switch { "operate" => "read", "program" => "operate", _ => "identify" };
        var added = Enumerable.Range(1, 127).Where(f => f != 43 && Allows(preset, f) && !Allows(smaller, f));
        Assert.Equal(functions, string.Join(", ", added));
    }

    [Theory]
    [InlineData(PolicyLimits.MaxDevices, "devices")]
    [InlineData(PolicyLimits.MaxLinks, "links")]
    [InlineData(PolicyLimits.MaxPeers, "peers")]
    [InlineData(PolicyLimits.MaxCallers, "callers")]
    [InlineData(PolicyLimits.MaxServices, "services")]
    [InlineData(PolicyLimits.MaxFabrics, "fabrics")]
    [InlineData(PolicyLimits.MaxGrants, "grants")]
    [InlineData(PolicyLimits.MaxConduits, "conduits")]
    public void The_limits_are_those_the_reference_names(int limit, string what) =>
        Assert.Contains(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{limit:N0} {what}"), Reference, StringComparison.Ordinal);

    private static bool Allows(string rule, int function) => Core.Operations.ModbusRule.Parse(rule).Check(new(
        Core.Operations.OperationProtocol.Modbus, default, 1, (byte)function, 0, default, default, 0)) == Core.Operations.RuleMiss.None;

    private static IEnumerable<string> Fences(string kind) => Fence().Matches(Reference).Where(m => m.Groups["kind"].Value == kind).Select(m => m.Groups["text"].Value);

    [GeneratedRegex(@"^```(?<kind>[a-z ]+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^```yaml wrong\n(?<yaml>.*?)^```\n\n^```text\n(?<errors>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex WrongAndErrors();
}
