using System.Runtime.Loader;
using Gateway.Core.Policy;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>The packet path, compiled a second time in memory with a switch before every rule.</summary>
internal sealed class MutantBuild
{
    /// <summary>Folders of the packet path; the loop around it opens sockets and judges nothing.</summary>
    private static readonly string[] Folders = ["Wire", "Pipeline", "Segments", "Flows", "Filter", "Inspectors"];
    private static readonly string[] Besides = ["Links/LinkLimits.cs", "Links/FrameSink.cs", "FastPath/FlowOffload.cs", "FastPath/FastPathLimits.cs"];
    private static readonly string[] Without = ["PacketLoop.cs", "LoopCommands.cs"];

    /// <summary>What only observers read decides nothing.</summary>
    private static readonly string[] Observed = ["Dhcp.cs", "Dns.cs", "DnsName.cs", "DnsRecord.cs", "Lldp.cs"];

    /// <summary>Rules that make rather than refuse: what to write instead of the text while the rule is off.</summary>
    private static readonly (string File, string Text, string Instead, string What)[] Making =
    [
        ("Emitter.cs", "frame[lengthBytes..EthernetView.LeastFrameBytes].Clear();", "if (!{0}) frame[lengthBytes..EthernetView.LeastFrameBytes].Clear();", "padding is zero"),
        ("Arp.cs", "message[LengthBytes..].Clear();", "if (!{0}) message[LengthBytes..].Clear();", "ARP padding is zero"),
        ("Ipv4.cs", "new Ipv4View(bytes[..TotalLength(bytes)])", "new Ipv4View({0} ? bytes : bytes[..TotalLength(bytes)])", "only declared bytes"),
        ("TransportRewriter.cs", "transport.Slice(TcpUrgentOffset, sizeof(ushort)).Clear();", "if (!{0}) transport.Slice(TcpUrgentOffset, sizeof(ushort)).Clear();", "urgent pointer is cleared"),
        ("TcpTrack.cs", "isTaken = !payload.IsEmpty && ", "isTaken = !{0} && !payload.IsEmpty && ", "acknowledged bytes never pass again"),
        ("SplitEngine.cs", "var fresh = payload[Math.Min(behind, payload.Length)..];", "var fresh = {0} ? payload : payload[Math.Min(behind, payload.Length)..];", "first bytes win"),
        ("Ipv4.cs", "packet[TimeToLiveOffset] = header.TimeToLive;", "packet[TimeToLiveOffset] = {0} ? (byte)3 : header.TimeToLive;", "TTL leaves as 64"),
    ];

    private readonly System.Reflection.FieldInfo _off;
    private readonly Type _gate;

    public MutantBuild()
    {
        var trees = Trees();
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':')
            .Where(path => Path.GetFileName(path) is not ("gateway-dataplane.dll" or "Gateway.Fuzz.dll" or "Gateway.Plant.dll"))
            .Select(path => MetadataReference.CreateFromFile(path));
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable, optimizationLevel: OptimizationLevel.Release);
        using var image = new MemoryStream();
        var result = CSharpCompilation.Create("Gateway.Dataplane.Mutants", trees, references, options).Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(20)));
        image.Position = 0;
        var assembly = new AssemblyLoadContext("mutants").LoadFromStream(image);
        _off = assembly.GetType("RuleSwitch")!.GetField("Off")!;
        _gate = assembly.GetType(typeof(PipelineGate).FullName!)!;
    }

    public List<Mutant> Mutants { get; } = [];

    /// <summary>Refusals that stand in the sources, by type and method: each must have got a switch.</summary>
    public Dictionary<string, int> Refusals { get; } = [];

    /// <summary>A gate with one rule off; 0 for none. One at a time: the switch is one for the whole build.</summary>
    public Gate Gate(int off, CompiledPolicy policy)
    {
        _off.SetValue(null, off);
        return (Gate)Activator.CreateInstance(_gate, policy, EvasionSite.BoxMac)!;
    }

    private List<SyntaxTree> Trees()
    {
        var dataplane = Path.Combine(Need.ProjectRoot(), "src", "Gateway.Dataplane");
        var gate = Path.Combine(Need.ProjectRoot(), "tests/Gateway.Dataplane.Tests/Evasion/PipelineGate.cs");
        var files = Folders.SelectMany(f => Directory.EnumerateFiles(Path.Combine(dataplane, f), "*.cs", SearchOption.AllDirectories))
            .Concat(Besides.Select(f => Path.Combine(dataplane, f))).Where(f => !Without.Contains(Path.GetFileName(f))).Order(StringComparer.Ordinal);
        var parse = new CSharpParseOptions(LanguageVersion.CSharp14);
        const string Usings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
            + "global using System.Threading; global using System.Threading.Tasks;";
        List<SyntaxTree> trees = [CSharpSyntaxTree.ParseText(Usings, parse), CSharpSyntaxTree.ParseText(RuleSwitches.Source, parse)];
        foreach (var file in files)
        {
            var tree = CSharpSyntaxTree.ParseText(Made(file, File.ReadAllText(file)), parse, file);
            var root = Observed.Contains(Path.GetFileName(file)) ? tree.GetRoot() : new RuleSwitches(Mutants).Visit(tree.GetRoot());
            trees.Add(CSharpSyntaxTree.Create((CSharpSyntaxNode)root, parse, file));
            foreach (var method in tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>())
                Count(method);
        }
        trees.Add(CSharpSyntaxTree.ParseText(File.ReadAllText(gate), parse, gate));
        return [.. trees.Select(t => t.FilePath.Length == 0 ? t : CSharpSyntaxTree.ParseText(t.ToString(), parse, t.FilePath))];
    }

    private void Count(MethodDeclarationSyntax method)
    {
        var count = method.DescendantNodes().Count(n => n is ReturnStatementSyntax { Expression: { } value } && Names(value)
            || n is SwitchExpressionArmSyntax { Expression: MemberAccessExpressionSyntax arm } && Names(arm));
        if (count > 0)
            Refusals[$"{method.FirstAncestorOrSelf<TypeDeclarationSyntax>()!.Identifier.ValueText}.{method.Identifier.ValueText}"] = count;
    }

    private static bool Names(ExpressionSyntax value) => value is not SwitchExpressionSyntax
        && value.DescendantNodesAndSelf().OfType<MemberAccessExpressionSyntax>().Any(a => a.Expression.ToString() == "DropReason");

    private string Made(string file, string text)
    {
        foreach (var rule in Making.Where(r => r.File == Path.GetFileName(file)))
        {
            Assert.True(text.Split(rule.Text).Length == 2, $"'{rule.Text}' stands in {file} once no more; put the rule right in {nameof(Making)}");
            Mutants.Add(new Mutant(Mutants.Count + 1, Path.GetFileNameWithoutExtension(file), rule.What, rule.Text));
            text = text.Replace(rule.Text, string.Format(System.Globalization.CultureInfo.InvariantCulture, rule.Instead, $"RuleSwitch.Is({Mutants.Count})"), StringComparison.Ordinal);
        }
        return text;
    }
}
