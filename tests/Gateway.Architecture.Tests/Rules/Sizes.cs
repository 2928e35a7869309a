using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gateway.Architecture.Tests.Rules;

/// <summary>How long files and functions may be.</summary>
internal static class Sizes
{
    public const int MaxFileLines = 500;
    public const int MaxFunctionLines = 70;

    private static readonly string[] Endings = [".cs", ".razor", ".css", ".js", ".sh"];

    /// <summary>Code: by its ending, or a script by its first line.</summary>
    public static bool IsCode(SourceFile file) =>
        Endings.Contains(Path.GetExtension(file.Path)) || (Path.GetExtension(file.Path).Length == 0 && file.Text.StartsWith("#!", StringComparison.Ordinal));

    public static IEnumerable<string> CheckFile(SourceFile file)
    {
        if (IsCode(file) && file.LineCount > MaxFileLines)
            yield return $"{file.Path} has {file.LineCount} lines; at most {MaxFileLines}";
    }

    public static IEnumerable<string> CheckFunctions(SourceFile file) => Functions(file)
        .Where(function => function.Lines > MaxFunctionLines)
        .Select(function => $"{file.At(function.Line)}: {function.Name} has {function.Lines} lines; at most {MaxFunctionLines}");

    /// <summary>Methods, constructors, operators, accessors, local functions, and the statements of a program as one.</summary>
    public static IEnumerable<(string Name, int Line, int Lines)> Functions(SourceFile file)
    {
        foreach (var node in file.Root.DescendantNodes())
        {
            var name = node switch
            {
                MethodDeclarationSyntax method => method.Identifier.ValueText,
                ConstructorDeclarationSyntax constructor => constructor.Identifier.ValueText,
                LocalFunctionStatementSyntax local => local.Identifier.ValueText,
                BaseMethodDeclarationSyntax other => other.Kind().ToString(),
                AccessorDeclarationSyntax { Body: not null } accessor => accessor.Keyword.ValueText,
                _ => null,
            };
            if (name is not null)
                yield return (name, Line(node), Lines(node));
        }
        var statements = file.Nodes<GlobalStatementSyntax>().Where(statement => statement.Statement is not LocalFunctionStatementSyntax).ToList();
        if (statements.Count > 0)
            yield return ("the program", Line(statements[0]), statements.Sum(Lines));
    }

    public static double Median(IEnumerable<int> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? 0 : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2.0;
    }

    private static int Line(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    private static int Lines(SyntaxNode node)
    {
        var span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}
