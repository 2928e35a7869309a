using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gateway.Architecture.Tests.Rules;

/// <summary>What a file names: namespaces and types, as far as the syntax alone shows it.</summary>
internal static class NamedTypes
{
    /// <summary>Namespace of the first declaration; empty for a program of statements.</summary>
    public static string Namespace(SourceFile file) => file.Nodes<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString() ?? "";

    /// <summary>Dotted names: those of using directives, and those written in full in the code.</summary>
    public static IEnumerable<(string Name, SyntaxNode Node)> Dotted(SourceFile file)
    {
        foreach (var directive in file.Nodes<UsingDirectiveSyntax>().Where(directive => directive.NamespaceOrType is NameSyntax))
            yield return (Plain(directive.NamespaceOrType.ToString()), directive);
        foreach (var name in file.Nodes<QualifiedNameSyntax>().Where(name => name.Parent is not (QualifiedNameSyntax or UsingDirectiveSyntax or BaseNamespaceDeclarationSyntax)))
            yield return (Plain(name.ToString()), name);
        foreach (var access in file.Nodes<MemberAccessExpressionSyntax>().Where(access => access.Parent is not MemberAccessExpressionSyntax))
            yield return (Plain(access.ToString()), access);
    }

    /// <summary>Names that stand where a type stands, or before a dot.</summary>
    public static IEnumerable<(string Name, SyntaxNode Node)> Simple(SourceFile file) => file.Nodes<IdentifierNameSyntax>()
        .Where(name => name.Parent switch
        {
            MemberAccessExpressionSyntax access => access.Expression == name,
            ObjectCreationExpressionSyntax or VariableDeclarationSyntax or ParameterSyntax or TypeArgumentListSyntax or BaseTypeSyntax => true,
            PropertyDeclarationSyntax property => property.Type == name,
            MethodDeclarationSyntax method => method.ReturnType == name,
            NullableTypeSyntax or CastExpressionSyntax or UsingDirectiveSyntax => true,
            _ => false,
        })
        .Select(name => (name.Identifier.ValueText, (SyntaxNode)name));

    /// <summary>True for the namespace itself and everything in it.</summary>
    public static bool IsIn(string name, string space) =>
        name == space || name.StartsWith(space + ".", StringComparison.Ordinal);

    private static string Plain(string name) => name.StartsWith("global::", StringComparison.Ordinal) ? name["global::".Length..] : name;
}
