using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>Puts a switch before every refusal of a source file: each alternative of a condition that leads to <c>return DropReason.X</c>
/// (or to a parser's error) gets one. The product has none of these switches; they exist in the copy that the tests compile.</summary>
internal sealed class RuleSwitches(List<Mutant> mutants) : CSharpSyntaxRewriter
{
    public const string Source = "public static class RuleSwitch { public static int Off; public static bool Is(int n) => Off == n; }";

    /// <summary>Answers of inspectors that refuse without naming a reason in place.</summary>
    private static readonly string[] Refusals = ["Refuse", "AnswerIllegalValue"];

    public override SyntaxNode? VisitIfStatement(IfStatementSyntax node)
    {
        var reason = ReasonOf(LastOf(node.Statement));
        var visited = (IfStatementSyntax)base.VisitIfStatement(node)!;
        return reason is null ? visited : visited.WithCondition(Switch(node.Condition, reason));
    }

    public override SyntaxNode? VisitConditionalExpression(ConditionalExpressionSyntax node)
    {
        var whenTrue = ReasonOf(node.WhenTrue);
        var whenFalse = ReasonOf(node.WhenFalse);
        var visited = (ConditionalExpressionSyntax)base.VisitConditionalExpression(node)!;
        // What is handed on ends a flow or tells of it; nothing passes or is refused by it.
        if (node.Parent is ArgumentSyntax)
            return visited;
        // Of two refusals either way one is enough: that something is refused is the rule of the condition around them.
        if (whenTrue is not null && whenFalse is not null)
            return visited;
        if (whenTrue is not null)
            return visited.WithCondition(Switch(node.Condition, whenTrue));
        return whenFalse is null ? visited : visited.WithCondition(Parse($"({node.Condition}) | {Next(node, whenFalse, $"not ({node.Condition})")}"));
    }

    public override SyntaxNode? VisitReturnStatement(ReturnStatementSyntax node)
    {
        var visited = (ReturnStatementSyntax)base.VisitReturnStatement(node)!;
        if (node.Expression is not MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "DropReason" } } access
            || GuardOf(node) is not null)
            return visited;
        return visited.WithExpression(Parse($"{Next(node, access.Name.Identifier.ValueText, "at the end")} ? null : {access}"));
    }

    public override SyntaxNode? VisitSwitchExpressionArm(SwitchExpressionArmSyntax node)
    {
        var visited = (SwitchExpressionArmSyntax)base.VisitSwitchExpressionArm(node)!;
        if (node.Expression is not MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "DropReason" } } access)
            return visited;
        var reason = access.Name.Identifier.ValueText;
        if (node.Pattern is DiscardPatternSyntax && node.WhenClause is null)
            return visited.WithExpression(Parse($"{Next(node, reason, "default")} ? {Instead(node)} : {access}"));
        var guard = node.WhenClause is { } when ? $"({when.Condition}) & " : "";
        return visited.WithWhenClause(SyntaxFactory.WhenClause(Parse($"{guard}!{Next(node, reason, $"{node.Pattern} {node.WhenClause}".Trim())}")).NormalizeWhitespace());
    }

    /// <summary>What a default that lets pass would do: what the arms beside it do for what is allowed.</summary>
    private static string Instead(SwitchExpressionArmSyntax node) =>
        ((SwitchExpressionSyntax)node.Parent!).Arms.Select(a => a.Expression.ToString()).LastOrDefault(e => e.StartsWith("FromDevice(", StringComparison.Ordinal) || e.StartsWith("Tcp(", StringComparison.Ordinal)) ?? "null";

    /// <summary>The condition with a switch in each of its alternatives. Operands are always evaluated, so that what they assign stays assigned.</summary>
    private ExpressionSyntax Switch(ExpressionSyntax condition, string reason)
    {
        if (condition is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression } either)
            return Parse($"{Switch(either.Left, reason)} || {Switch(either.Right, reason)}");
        if (condition.DescendantNodesAndSelf().Any(n => n is SingleVariableDesignationSyntax && n.Parent is not DeclarationExpressionSyntax))
            return condition;
        return Parse($"(({condition}) & !{Next(condition, reason, condition.ToString())})");
    }

    private string Next(SyntaxNode node, string reason, string condition)
    {
        var type = node.FirstAncestorOrSelf<TypeDeclarationSyntax>()!.Identifier.ValueText;
        var method = node.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.Identifier.ValueText ?? type;
        var mutant = new Mutant(mutants.Count + 1, $"{type}.{method}", reason, string.Join(' ', condition.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        mutants.Add(mutants.Exists(m => m.Id == mutant.Id) ? mutant with { Condition = mutant.Condition + " (again)" } : mutant);
        return $"RuleSwitch.Is({mutants.Count})";
    }

    private static ExpressionSyntax Parse(string text) => SyntaxFactory.ParseExpression(text);

    private static SyntaxNode LastOf(StatementSyntax statement) => statement is BlockSyntax { Statements: [.., var last] } ? last : statement;

    private static SyntaxNode? GuardOf(ReturnStatementSyntax node) => node.Ancestors().OfType<IfStatementSyntax>().FirstOrDefault(i => LastOf(i.Statement) == node);

    private static string? ReasonOf(SyntaxNode node) => node switch
    {
        ReturnStatementSyntax { Expression: { } value } => ReasonOf(value),
        MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "DropReason" } } access => access.Name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax type } access
            when type.Identifier.ValueText.EndsWith("Error", StringComparison.Ordinal) && access.Name.Identifier.ValueText is not "None" => access.ToString(),
        InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "Stop" } } stop => stop.ArgumentList.Arguments.ToString(),
        InvocationExpressionSyntax { Expression: IdentifierNameSyntax name } when Refusals.Contains(name.Identifier.ValueText) => name.Identifier.ValueText,
        ObjectCreationExpressionSyntax created when created.ToString().Contains("JudgementKind.Reset", StringComparison.Ordinal) => "Reset",
        // Which of two refusals it is does not matter to the condition that leads to them.
        ConditionalExpressionSyntax both when ReasonOf(both.WhenTrue) is { } first && ReasonOf(both.WhenFalse) is not null => first,
        ConditionalExpressionSyntax { WhenTrue: var one } when ReasonOf(one) is { } first && node.Parent is ReturnStatementSyntax { Parent: IfStatementSyntax } => first,
        _ => null,
    };
}
