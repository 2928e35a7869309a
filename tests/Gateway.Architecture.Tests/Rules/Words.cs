using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gateway.Architecture.Tests.Rules;

/// <summary>Words that say nothing, and texts that do not belong in the repository.</summary>
internal static partial class Words
{
    /// <summary>Folder of these rules, whose samples show what is forbidden.</summary>
    private const string Here = "tests/Gateway.Architecture.Tests";

    /// <summary>Members that read the machine's clock instead of a <c>TimeProvider</c>.</summary>
    private static readonly HashSet<string> Clocks =
        ["DateTime.Now", "DateTime.UtcNow", "DateTime.Today", "DateTimeOffset.Now", "DateTimeOffset.UtcNow"];

    /// <summary>Names of types and members that could mean anything.</summary>
    public static IEnumerable<string> CheckNames(SourceFile file) => file.Root.DescendantNodes()
        .Select(node => (Node: node, Name: Declared(node)))
        .Where(declared => declared.Name is not null && Empty().IsMatch(declared.Name))
        .Select(declared => $"{file.At(declared.Node)}: '{declared.Name}' says nothing; name what it does");

    /// <summary>Marks of unfinished work.</summary>
    public static IEnumerable<string> CheckMarks(SourceFile file) => Lines(file, Marks(), "marks unfinished work");

    /// <summary>Paths of the machine that somebody worked on.</summary>
    public static IEnumerable<string> CheckMachine(SourceFile file) => Lines(file, MachinePaths(), "is a path of one machine");

    /// <summary>Reads of the clock in product code.</summary>
    public static IEnumerable<string> CheckClock(SourceFile file) => NamedTypes.Dotted(file)
        .Select(name => (Name: name.Name.StartsWith("System.", StringComparison.Ordinal) ? name.Name["System.".Length..] : name.Name, name.Node))
        .Where(name => Clocks.Any(clock => NamedTypes.IsIn(name.Name, clock)))
        .Select(name => $"{file.At(name.Node)}: {name.Name} cannot be tested; take a TimeProvider");

    private static IEnumerable<string> Lines(SourceFile file, Regex pattern, string what)
    {
        if (file.IsUnder(Here))
            yield break;
        var number = 0;
        foreach (var line in file.Text.Split('\n'))
        {
            number++;
            if (pattern.Match(line) is { Success: true } match)
                yield return $"{file.At(number)}: '{match.Value}' {what}";
        }
    }

    private static string? Declared(SyntaxNode node) => node switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
        DelegateDeclarationSyntax type => type.Identifier.ValueText,
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        PropertyDeclarationSyntax property => property.Identifier.ValueText,
        EnumMemberDeclarationSyntax member => member.Identifier.ValueText,
        EventDeclarationSyntax member => member.Identifier.ValueText,
        VariableDeclaratorSyntax { Parent.Parent: BaseFieldDeclarationSyntax } field => field.Identifier.ValueText,
        _ => null,
    };

    [GeneratedRegex("(?:Manager|manager|Helper|helper|(?:Util|util)(?:s|ity|ities)?(?![a-z]))")]
    private static partial Regex Empty();

    [GeneratedRegex(@"\b(?:TODO|FIXME|HACK|NotImplementedException)\b")]
    private static partial Regex Marks();

    [GeneratedRegex(@"(?<![\w.)}])/(?:work|root|farm)/")]
    private static partial Regex MachinePaths();
}
