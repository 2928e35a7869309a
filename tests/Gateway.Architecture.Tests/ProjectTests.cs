using Gateway.Architecture.Tests.Rules;

namespace Gateway.Architecture.Tests;

public sealed class ProjectTests
{
    private static IReadOnlyList<string> ProjectFiles =>
        [.. SourceTree.Files.Select(file => file.Path).Where(path => path.EndsWith(".csproj", StringComparison.Ordinal))];

    [Fact]
    public void Every_project_is_in_the_solution() =>
        Findings.None(Projects.CheckSolution(SourceTree.Files.Single(file => file.Path == "Gateway.sln"), ProjectFiles));

    [Fact]
    public void Every_test_project_has_tests() => Findings.None(ProjectFiles.Select(path => Path.GetFileNameWithoutExtension(path))
        .Where(name => name.EndsWith(".Tests", StringComparison.Ordinal)).SelectMany(name => Projects.CheckTests(name, [.. SourceTree.Files])));

    [Fact]
    public void A_project_outside_the_solution_and_a_line_without_a_project_are_found()
    {
        var solution = new SourceFile("Gateway.sln", "Project(\"{1}\") = \"A\", \"src\\A\\A.csproj\", \"{2}\"\nEndProject");
        Assert.Empty(Projects.CheckSolution(solution, ["src/A/A.csproj"]));
        Assert.Single(Projects.CheckSolution(solution, ["src/A/A.csproj", "src/B/B.csproj"]));
        Assert.Single(Projects.CheckSolution(solution, []));
    }

    [Fact]
    public void A_test_project_without_a_test_is_found()
    {
        SourceFile product = new("src/Gateway.X/A.cs", ""), program = new("src/Gateway.X/Program.cs", "");
        SourceFile test = new("tests/Gateway.X.Tests/T.cs", "class T { [Fact] void A() { } }"), other = new("tests/Gateway.X.Tests/U.cs", "class U { }");
        Assert.Single(Projects.CheckTests("Gateway.X.Tests", [product, program, other]));
        Assert.Single(Projects.CheckTests("Gateway.System.Tests", [product, test]));
        Assert.Empty(Projects.CheckTests("Gateway.X.Tests", [product, program, other, test]));
        Assert.Empty(Projects.CheckTests("Gateway.X.Tests", [program]));
    }
}
