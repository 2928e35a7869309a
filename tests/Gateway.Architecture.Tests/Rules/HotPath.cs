using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gateway.Architecture.Tests.Rules;

/// <summary>Code that runs for every packet: no tasks, no exceptions, no sequences made on the way, no log.</summary>
/// <remarks>Constructors may throw and may use LINQ: they run once, at start or when a policy is installed. So may types whose name
/// ends with <c>Builder</c>, which make tables from a policy.</remarks>
internal static class HotPath
{
    private static readonly string[] Folders = [.. new[] { "Pipeline", "Flows", "Filter", "Segments", "Inspectors", "Wire" }.Select(name => $"src/Gateway.Dataplane/{name}")];

    /// <summary>Methods of System.Linq.Enumerable that no collection or span has itself.</summary>
    private static readonly HashSet<string> Linq =
    [
        "Select", "SelectMany", "Where", "OrderBy", "OrderByDescending", "ThenBy", "GroupBy", "Aggregate", "FirstOrDefault", "LastOrDefault",
        "SingleOrDefault", "ToList", "ToArray", "ToDictionary", "ToHashSet", "Concat", "Zip", "Distinct", "OfType", "Cast",
    ];

    private static readonly HashSet<string> Logging = ["ILogger", "ILoggerFactory", "LoggerMessage"];

    public static bool Applies(SourceFile file) => file.IsCSharp && file.IsUnder(Folders);

    public static IEnumerable<string> Check(SourceFile file) => file.Root.DescendantNodes()
        .Select(node => (Node: node, Why: Fault(node)))
        .Where(found => found.Why is not null && !RunsOnce(found.Node))
        .Select(found => $"{file.At(found.Node)}: {found.Why}")
        .Concat(file.Nodes<UsingDirectiveSyntax>().Where(directive => IsForbidden(directive.NamespaceOrType.ToString()))
            .Select(directive => $"{file.At(directive)}: {directive.NamespaceOrType} on the packet path"));

    /// <summary>Methods that call themselves: the depth of a stack must not depend on a packet.</summary>
    public static IEnumerable<string> CheckRecursion(SourceFile file) => file.Nodes<InvocationExpressionSyntax>()
        .Where(call => call.Expression is IdentifierNameSyntax name
            && call.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } method
            && method.Identifier.ValueText == name.Identifier.ValueText
            && method.ParameterList.Parameters.Count == call.ArgumentList.Arguments.Count)
        .Select(call => $"{file.At(call)}: {call.Expression} calls itself");

    private static string? Fault(SyntaxNode node) => node switch
    {
        AwaitExpressionSyntax => "await on the packet path",
        MethodDeclarationSyntax method when method.Modifiers.Any(SyntaxKind.AsyncKeyword) => "async on the packet path",
        LocalFunctionStatementSyntax local when local.Modifiers.Any(SyntaxKind.AsyncKeyword) => "async on the packet path",
        AnonymousFunctionExpressionSyntax lambda when lambda.AsyncKeyword.IsKind(SyntaxKind.AsyncKeyword) => "async on the packet path",
        ThrowStatementSyntax or ThrowExpressionSyntax => "throw on the packet path; return an error or drop",
        QueryExpressionSyntax => "a query on the packet path",
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } when IsLinq(access) => $"{access.Name.Identifier.ValueText} on the packet path",
        SimpleNameSyntax name when Logging.Contains(name.Identifier.ValueText) => "logging on the packet path; count, and let Control tell",
        _ => null,
    };

    /// <summary>By name alone, so <c>MemoryMarshal.Cast</c>, which copies nothing, is told apart by who it belongs to.</summary>
    private static bool IsLinq(MemberAccessExpressionSyntax access) =>
        Linq.Contains(access.Name.Identifier.ValueText) && access.Expression.ToString() != "MemoryMarshal";

    private static bool IsForbidden(string space) => NamedTypes.IsIn(space, "System.Linq") || NamedTypes.IsIn(space, "Microsoft.Extensions.Logging");

    private static bool RunsOnce(SyntaxNode node) =>
        node.FirstAncestorOrSelf<ConstructorDeclarationSyntax>() is not null
        || node.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.Identifier.ValueText.EndsWith("Builder", StringComparison.Ordinal) == true;
}
