using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gateway.Architecture.Tests.Rules;

/// <summary>Projects that nobody builds, and test projects that test nothing.</summary>
internal static partial class Projects
{
    /// <summary>Project files that the solution leaves out, and those it names that are not there.</summary>
    public static IEnumerable<string> CheckSolution(SourceFile solution, IReadOnlyCollection<string> projects)
    {
        var named = ProjectLine().Matches(solution.Text).Select(match => match.Groups[1].Value.Replace('\\', '/')).ToHashSet();
        return projects.Where(project => !named.Contains(project)).Select(project => $"{project} is not in {solution.Path}")
            .Concat(named.Where(project => !projects.Contains(project)).Select(project => $"{solution.Path} names {project}, which is not there"));
    }

    /// <summary>A test project without a test, unless what it tests has nothing but an entry point.</summary>
    /// <param name="project">Name, ending with .Tests.</param>
    /// <param name="files">All files.</param>
    public static IEnumerable<string> CheckTests(string project, IReadOnlyCollection<SourceFile> files)
    {
        var tested = $"src/{project[..^".Tests".Length]}";
        var product = files.Where(file => file.IsCSharp && file.IsUnder(tested)).ToList();
        var empty = product.Count > 0 && product.All(file => file.Path == $"{tested}/Program.cs");
        if (!empty && !files.Any(file => file.IsCSharp && file.IsUnder($"tests/{project}") && HasTest(file)))
            yield return $"tests/{project} has no test";
    }

    private static bool HasTest(SourceFile file) => file.Nodes<AttributeSyntax>().Any(attribute => attribute.Name.ToString() is "Fact" or "Theory");

    [GeneratedRegex("""= "[^"]+", "([^"]+\.csproj)",""")]
    private static partial Regex ProjectLine();
}
