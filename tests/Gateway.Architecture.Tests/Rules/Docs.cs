using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gateway.Architecture.Tests.Rules;

/// <summary>Docstrings where others depend on them, and documents that name files which exist.</summary>
internal static partial class Docs
{
    /// <summary>Public types of a file that do not say what they mean: by a docstring of their own, by that of the type of the same
    /// file which they derive from, or, for an enum, by one for each member.</summary>
    public static IEnumerable<string> CheckTypes(SourceFile file)
    {
        var types = file.Nodes<MemberDeclarationSyntax>().Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax).ToList();
        var documented = types.Where(HasDoc).OfType<BaseTypeDeclarationSyntax>().Select(type => type.Identifier.ValueText).ToHashSet();
        return types.Where(type => type.Modifiers.Any(SyntaxKind.PublicKeyword) && !HasDoc(type))
            .Where(type => type is not EnumDeclarationSyntax members || !members.Members.All(HasDoc))
            .Where(type => type is not BaseTypeDeclarationSyntax { BaseList: { } bases } || !bases.Types.Any(@base => documented.Contains(BaseName(@base))))
            .Select(type => $"{file.At(type)}: a public type of Core says what it means");
    }

    /// <summary>Members of an enum without a summary.</summary>
    public static IEnumerable<string> CheckMembers(SourceFile file, string enumName) => Members(file, enumName)
        .Where(member => !HasDoc(member))
        .Select(member => $"{file.At(member)}: {member.Identifier.ValueText} has no summary");

    /// <summary>Members of an enum that share a number, or leave it to the compiler.</summary>
    public static IEnumerable<string> CheckNumbers(SourceFile file, string enumName) => Members(file, enumName)
        .GroupBy(member => member.EqualsValue?.Value.ToString() ?? "none")
        .Where(group => group.Key == "none" || group.Count() > 1)
        .Select(group => $"{string.Join(", ", group.Select(member => member.Identifier.ValueText))}: number {group.Key}");

    /// <summary>Paths in backticks that begin with a folder of the repository and are not there.</summary>
    public static IEnumerable<string> CheckPaths(SourceFile file, Func<string, bool> exists) => Quoted().Matches(file.Text)
        .Select(match => match.Groups[1].Value.TrimEnd('/'))
        .Where(path => RepositoryPath().IsMatch(path) && !exists(path))
        .Distinct()
        .Select(path => $"{file.Path}: `{path}` does not exist");

    private static IEnumerable<EnumMemberDeclarationSyntax> Members(SourceFile file, string enumName) =>
        file.Nodes<EnumDeclarationSyntax>().Where(type => type.Identifier.ValueText == enumName).SelectMany(type => type.Members);

    /// <summary>A record often needs no more than the meaning of its parameters.</summary>
    private static bool HasDoc(MemberDeclarationSyntax member)
    {
        var above = member.GetLeadingTrivia().ToFullString();
        return above.Contains("<summary>", StringComparison.Ordinal) || above.Contains("<param ", StringComparison.Ordinal)
            || above.Contains("<inheritdoc", StringComparison.Ordinal);
    }

    private static string BaseName(BaseTypeSyntax type) => type.Type.ToString().Split('<')[0];

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Quoted();

    /// <summary>Without placeholders and patterns: a word of capitals alone stands for a name, a star for many.</summary>
    [GeneratedRegex(@"^(?:src|tests|image|hardware|docs|\.ci)(?:/(?![A-Z]+(?:/|$))[\w.-]+)+$")]
    private static partial Regex RepositoryPath();
}
