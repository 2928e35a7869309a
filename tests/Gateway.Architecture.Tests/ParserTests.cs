using Gateway.Architecture.Tests.Rules;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gateway.Architecture.Tests;

public sealed class ParserTests
{
    private const string Replay = "tests/Gateway.Dataplane.Tests/Fuzzing/SampleTests.cs";

    private static IReadOnlyList<SourceFile> Targets => [.. SourceTree.CSharp.Where(file => file.IsUnder(Parsers.Targets))];

    [Fact]
    public void Every_parser_is_fuzzed_and_has_vectors() => Findings.None(Parsers.Check([.. SourceTree.Product], Targets, [.. SourceTree.CSharp.Where(IsTest)]));

    [Fact]
    public void Every_parser_that_others_stand_for_is_still_there() => Findings.None(Parsers.CheckTable(SourceTree.Product));

    [Fact]
    public void Every_target_is_in_the_list() => Findings.None(Parsers.CheckList(Targets, SourceTree.Files.Single(file => file.Path == Parsers.TargetList)));

    /// <summary>The list is what ordinary tests replay: each seed, each truncation of it, flipped bits and random changes.</summary>
    [Theory]
    [InlineData("Every_seed_and_every_old_crash_holds")]
    [InlineData("Every_truncation_of_every_sample_holds")]
    [InlineData("Flipped_bits_of_every_sample_hold")]
    [InlineData("Random_changes_of_the_samples_hold")]
    public void Every_target_is_replayed_by_quick_tests(string name)
    {
        var test = SourceTree.Files.Single(file => file.Path == Replay).Nodes<MethodDeclarationSyntax>().Single(method => method.Identifier.ValueText == name);
        var attributes = test.AttributeLists.ToString();
        Assert.Contains("MemberData(nameof(Samples.Targets)", attributes, StringComparison.Ordinal);
        Assert.DoesNotContain("Slow", attributes, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("class A { public static bool TryParse(ReadOnlySpan<byte> b) => true; }", "A.TryParse")]
    [InlineData("class A { internal static int Read(ReadOnlySpan<byte> b, int c) => c; }", "A.Read")]
    [InlineData("class A { public static bool TryReadHeader(in ReadOnlySequence<byte> b) => true; }", "A.TryReadHeader")]
    [InlineData("class A { public static bool TryCut(ref ReadOnlySequence<byte> b) => true; }", "A.TryCut")]
    [InlineData("class A : StreamInspector { }", "A")]
    public void A_parser_without_a_target_or_vectors_is_found(string code, string parser)
    {
        SourceFile product = new("src/Gateway.Core/A.cs", code), named = new("tests/x.cs", $"class T {{ void M() {{ var x = {parser}; }} }}"), empty = new("tests/x.cs", "");
        Assert.Empty(Parsers.Check([product], [named], [named]));
        Assert.Single(Parsers.Check([product], [empty], [named]));
        Assert.Single(Parsers.Check([product], [named], [empty]));
    }

    [Theory]
    [InlineData("class A { private static bool TryParse(ReadOnlySpan<byte> b) => true; }")]
    [InlineData("class A { public bool TryParse(ReadOnlySpan<byte> b) => true; }")]
    [InlineData("class A { public static bool Ready(ReadOnlySpan<byte> b) => true; }")]
    [InlineData("class A { public static bool TryParse(string b) => true; }")]
    public void Other_methods_are_no_parsers(string code) => Assert.Empty(Parsers.Of(new SourceFile("src/Gateway.Core/A.cs", code)));

    [Fact]
    public void A_target_that_nobody_runs_is_found()
    {
        var target = new SourceFile("tests/Gateway.Fuzz/Targets/XTarget.cs", "class XTarget { static void Fuzz() { } } class Other { }");
        Assert.Single(Parsers.CheckList([target], new SourceFile(Parsers.TargetList, "class L { object A = YTarget.Fuzz; }")));
        Assert.Empty(Parsers.CheckList([target], new SourceFile(Parsers.TargetList, "class L { object A = XTarget.Fuzz; }")));
    }

    private static bool IsTest(SourceFile file) => file.IsUnder("tests") && file.Path.Split('/')[1].EndsWith(".Tests", StringComparison.Ordinal);
}
