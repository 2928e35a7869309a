using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gateway.Architecture.Tests.Rules;

/// <summary>Whatever reads bytes from outside is fuzzed, has vectors, and is tried with every truncation.</summary>
/// <remarks>A parser is a static method of the product, not private, whose name begins with Parse, Decode, Read or Cut (or Try and one of
/// them), and which takes a span or sequence of bytes; and an inspector is a class that derives from <c>StreamInspector</c>. It is fuzzed when a
/// class in <c>tests/Gateway.Fuzz/Targets</c> names it, and has vectors when a test does.</remarks>
internal static class Parsers
{
    public const string Targets = "tests/Gateway.Fuzz/Targets";
    public const string TargetList = "tests/Gateway.Fuzz/FuzzTargets.cs";

    private static readonly string[] Verbs = ["Parse", "Decode", "Read", "Cut"];

    private static readonly string[] Bytes = ["ReadOnlySpan<byte>", "ReadOnlySequence<byte>"];

    /// <summary>Parsers that others stand for, and those others. A new line needs a reason.</summary>
    private static readonly Dictionary<string, string> Through = new()
    {
        // The fields of a frame or blob whose length and hash the other checks first; nobody else calls them.
        ["MessageReader.Read"] = "ControlCodec.Decode",
        ["BlobReader.Read"] = "PolicyBlob.Read",
        // Four and six bytes at a place that the parser around them has checked.
        ["Ipv4Address.Read"] = "Ipv4View.TryParse",
        ["MacAddress.Read"] = "EthernetView.TryParse",
        // The quote inside an ICMP error, which IcmpView.TryGetQuote alone reads.
        ["IcmpQuoteView.TryParse"] = "IcmpView.TryParse",
        // A text inside a record that the parser has cut out.
        ["ObservedText.Read"] = "LldpView.TryParse",
    };

    /// <summary>Parsers and inspectors of a file, as <c>Type.Method</c> and as <c>Type</c>.</summary>
    public static IEnumerable<(string Name, SyntaxNode Node)> Of(SourceFile file)
    {
        foreach (var method in file.Nodes<MethodDeclarationSyntax>().Where(IsParser))
            yield return ($"{method.FirstAncestorOrSelf<TypeDeclarationSyntax>()!.Identifier.ValueText}.{method.Identifier.ValueText}", method);
        foreach (var type in file.Nodes<ClassDeclarationSyntax>().Where(type => type.BaseList?.Types.Any(@base => @base.Type.ToString() == "StreamInspector") == true))
            yield return (type.Identifier.ValueText, type);
    }

    /// <summary>Parsers without a fuzz target or without vectors.</summary>
    /// <param name="product">Files of the product.</param>
    /// <param name="targets">Files with fuzz targets.</param>
    /// <param name="tests">Files with tests.</param>
    public static IEnumerable<string> Check(IReadOnlyCollection<SourceFile> product, IReadOnlyCollection<SourceFile> targets, IReadOnlyCollection<SourceFile> tests)
    {
        var fuzzed = Named(targets);
        var tested = Named(tests);
        foreach (var (file, parser, node) in product.SelectMany(file => Of(file).Select(parser => (file, parser.Name, parser.Node))))
        {
            var tried = Through.GetValueOrDefault(parser, parser);
            if (!fuzzed.Contains(tried))
                yield return $"{file.At(node)}: no class in {Targets} tries {tried}";
            if (tried == parser && !tested.Contains(parser))
                yield return $"{file.At(node)}: no test names {parser}; show it bytes and what they mean";
        }
    }

    /// <summary>Lines of the table whose parser is gone.</summary>
    public static IEnumerable<string> CheckTable(IEnumerable<SourceFile> product)
    {
        var parsers = product.SelectMany(Of).Select(parser => parser.Name).ToHashSet();
        return Through.Keys.Where(parser => !parsers.Contains(parser)).Select(parser => $"{parser} is no parser any more; take it out of the table");
    }

    /// <summary>Target classes that the list leaves out: nobody runs them.</summary>
    public static IEnumerable<string> CheckList(IEnumerable<SourceFile> targets, SourceFile list)
    {
        var listed = Named([list]);
        return targets.SelectMany(file => file.Nodes<ClassDeclarationSyntax>().Where(type => type.Identifier.ValueText.EndsWith("Target", StringComparison.Ordinal))
            .Where(type => !listed.Contains($"{type.Identifier.ValueText}.Fuzz"))
            .Select(type => $"{file.At(type)}: {type.Identifier.ValueText} is not in {TargetList}"));
    }

    private static bool IsParser(MethodDeclarationSyntax method) =>
        method.Modifiers.Any(SyntaxKind.StaticKeyword)
        && method.Modifiers.Any(modifier => modifier.IsKind(SyntaxKind.PublicKeyword) || modifier.IsKind(SyntaxKind.InternalKeyword))
        && Verbs.Any(verb => Begins(method.Identifier.ValueText, verb) || Begins(method.Identifier.ValueText, "Try" + verb))
        && method.ParameterList.Parameters.Any(parameter => Bytes.Contains(parameter.Type?.ToString()));

    /// <summary>The verb alone or before a further word: <c>ReadAll</c>, not <c>Ready</c>.</summary>
    private static bool Begins(string name, string verb) =>
        name.StartsWith(verb, StringComparison.Ordinal) && (name.Length == verb.Length || !char.IsLower(name[verb.Length]));

    private static HashSet<string> Named(IEnumerable<SourceFile> files) => files
        .SelectMany(file => file.Nodes<MemberAccessExpressionSyntax>().Select(access => access.ToString())
            .Concat(file.Nodes<IdentifierNameSyntax>().Select(name => name.Identifier.ValueText)))
        .ToHashSet();
}
