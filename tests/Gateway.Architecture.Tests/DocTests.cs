using Gateway.Architecture.Tests.Rules;

namespace Gateway.Architecture.Tests;

public sealed class DocTests
{
    private const string DropReasons = "src/Gateway.Core/Policy/DropReason.cs";

    [Fact]
    public void Every_public_type_of_core_says_what_it_means() =>
        Findings.None(SourceTree.Product.Where(file => file.IsUnder("src/Gateway.Core")).SelectMany(Docs.CheckTypes));

    [Fact]
    public void Every_drop_reason_is_explained_and_has_a_number_of_its_own()
    {
        var file = SourceTree.Files.Single(file => file.Path == DropReasons);
        Findings.None(Docs.CheckMembers(file, "DropReason"));
        Findings.None(Docs.CheckNumbers(file, "DropReason"));
    }

    [Fact]
    public void Documents_name_only_files_that_exist() => Findings.None(SourceTree.Files
        .Where(file => file.Path is "README.md" or "ARCHITECTURE.md" || (file.IsUnder("docs") && file.Path.EndsWith(".md", StringComparison.Ordinal)))
        .SelectMany(file => Docs.CheckPaths(file, SourceTree.Exists)));

    [Theory]
    [InlineData("public class A { }")]
    [InlineData("public interface A { }")]
    [InlineData("public enum A { /// <summary>x</summary>\n B, C }")]
    [InlineData("public record A(int B) : C;")]
    [InlineData("/// <summary>x</summary>\npublic class A { public interface B { } }")]
    [InlineData("public delegate void A();")]
    public void A_public_type_that_says_nothing_is_found(string code) => Assert.Single(Docs.CheckTypes(Sample(code)));

    [Theory]
    [InlineData("/// <summary>x</summary>\npublic class A { public int B { get; } }")]
    [InlineData("/// <param name=\"B\">x</param>\npublic record A(int B);")]
    [InlineData("/// <summary>x</summary>\npublic record A(int B);\npublic record C(int B) : A(B);")]
    [InlineData("public enum A { /// <summary>x</summary>\n B }")]
    [InlineData("internal class A { }")]
    [InlineData("class A { }")]
    public void Other_types_pass(string code) => Assert.Empty(Docs.CheckTypes(Sample(code)));

    [Fact]
    public void A_reason_without_a_summary_and_a_number_used_twice_are_found()
    {
        var file = Sample("enum DropReason { /// <summary>x</summary>\n A = 0, B = 1, /// <summary>x</summary>\n C = 1, /// <summary>x</summary>\n D }");
        Assert.Single(Docs.CheckMembers(file, "DropReason"));
        Assert.Equal(2, Docs.CheckNumbers(file, "DropReason").Count());
    }

    [Theory]
    [InlineData("see `src/Gateway.Core/Gone.cs`", 1)]
    [InlineData("see `tests/gone/`", 1)]
    [InlineData("see `src/Gateway.Core/There.cs`", 0)]
    [InlineData("see `tests/NAME/x`, `tests/*.Tests`, `gateway-dataplane --site site.yaml` and `src`", 0)]
    public void A_path_that_is_not_there_is_found(string text, int found) =>
        Assert.Equal(found, Docs.CheckPaths(new SourceFile("README.md", text), path => path == "src/Gateway.Core/There.cs").Count());

    private static SourceFile Sample(string text) => new("src/Gateway.Core/A.cs", text);
}
