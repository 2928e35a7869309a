using Gateway.Architecture.Tests.Rules;

namespace Gateway.Architecture.Tests;

public sealed class SizeTests(ITestOutputHelper output)
{
    [Fact]
    public void No_file_is_too_long() => Findings.None(SourceTree.Files.SelectMany(Sizes.CheckFile));

    [Fact]
    public void No_function_is_too_long() => Findings.None(SourceTree.CSharp.SelectMany(Sizes.CheckFunctions));

    /// <summary>No limit: a number to look at. Healthy are 45 to 70 lines for a file and 6 to 9 for a function.</summary>
    [Fact]
    public void Medians_are_reported()
    {
        foreach (var folder in new[] { "src", "tests" })
        {
            var files = SourceTree.CSharp.Where(file => file.IsUnder(folder)).ToList();
            var functions = files.SelectMany(Sizes.Functions).Select(function => function.Lines).ToList();
            output.WriteLine($"{folder}: {files.Count} files, median {Sizes.Median(files.Select(file => file.LineCount))} lines; "
                + $"{functions.Count} functions, median {Sizes.Median(functions)} lines");
            Assert.NotEmpty(functions);
        }
    }

    [Theory]
    [InlineData("src/A.cs", 501, true)]
    [InlineData("src/A.cs", 500, false)]
    [InlineData("src/a.css", 501, true)]
    [InlineData("run", 501, true)]
    [InlineData("docs/a.md", 501, false)]
    public void A_long_file_is_found(string path, int lines, bool found) =>
        Assert.Equal(found, Sizes.CheckFile(new SourceFile(path, "#!/bin/sh\n" + string.Concat(Enumerable.Repeat("x\n", lines - 1)))).Any());

    [Theory]
    [InlineData("class A { void B() {", "} }")]
    [InlineData("class A { A() {", "} }")]
    [InlineData("class A { int B { get {", "return 1; } } }")]
    [InlineData("class A { void B() { void C() {", "} } }")]
    [InlineData("Run(1,", "2);")]
    public void A_long_function_is_found(string before, string after)
    {
        Assert.NotEmpty(Sizes.CheckFunctions(new SourceFile("src/A.cs", before + new string('\n', 70) + after)));
        Assert.Empty(Sizes.CheckFunctions(new SourceFile("src/A.cs", before + new string('\n', 69) + after)));
    }

    [Fact]
    public void The_median_is_the_middle()
    {
        Assert.Equal(2, Sizes.Median([9, 1, 2]));
        Assert.Equal(2.5, Sizes.Median([1, 2, 3, 9]));
    }
}
