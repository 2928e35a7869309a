using Gateway.Architecture.Tests.Rules;

namespace Gateway.Architecture.Tests;

public sealed class LayerTests
{
    [Fact]
    public void Projects_reference_only_what_stands_below_them() =>
        Findings.None(SourceTree.Files.Where(file => file.IsUnder("src") && file.Path.EndsWith(".csproj", StringComparison.Ordinal)).SelectMany(Layers.CheckProject));

    [Fact]
    public void Code_names_only_what_its_layer_may_know() => Findings.None(SourceTree.Product.SelectMany(Layers.CheckNames));

    [Fact]
    public void Parsers_know_addresses_only() => Findings.None(SourceTree.Product.SelectMany(Layers.CheckWire));

    [Theory]
    [InlineData("Gateway.Core", "<ProjectReference Include=\"../Gateway.Service/Gateway.Service.csproj\" />")]
    [InlineData("Gateway.WebUi", "<ProjectReference Include=\"..\\Gateway.Dataplane\\Gateway.Dataplane.csproj\" />")]
    [InlineData("Gateway.Service", "<PackageReference Include=\"LiteDB\" />")]
    [InlineData("Gateway.Dataplane", "<PackageReference Include=\"SharpPcap\" />")]
    [InlineData("Gateway.Unheard", "")]
    public void A_project_that_reaches_too_far_is_found(string name, string reference) =>
        Assert.NotEmpty(Layers.CheckProject(Project(name, reference)));

    [Theory]
    [InlineData("Gateway.Service", "<ProjectReference Include=\"../Gateway.Core/Gateway.Core.csproj\" />")]
    [InlineData("Gateway.Corridor", "<PackageReference Include=\"YamlDotNet\" />")]
    public void A_project_that_keeps_to_its_place_passes(string name, string reference) =>
        Assert.Empty(Layers.CheckProject(Project(name, reference)));

    [Theory]
    [InlineData("Gateway.Core.Policy", "using LiteDB;")]
    [InlineData("Gateway.Core.Policy", "class A { object B = new LiteDB.LiteDatabase(\"x\"); }")]
    [InlineData("Gateway.Service.Api", "using YamlDotNet.Core;")]
    [InlineData("Gateway.Dataplane.Links", "using PacketDotNet;")]
    [InlineData("Gateway.WebUi.Components", "using Gateway.Core.Store;")]
    [InlineData("Gateway.Service.Cli", "using J = Gateway.Core.Store.Journal;")]
    [InlineData("Gateway.Dataplane.Pipeline", "using System.Net.Sockets;")]
    [InlineData("Gateway.Dataplane.Flows", "class A { void B() => Console.WriteLine(); }")]
    [InlineData("Gateway.Dataplane.Flows", "class A { void B() => System.Diagnostics.Process.Start(\"x\"); }")]
    [InlineData("Gateway.Dataplane.Flows", "class A { void B() => Process.Start(\"x\"); }")]
    [InlineData("Gateway.Dataplane.Links", "class A { Socket _b = new(1, 2, 3); }")]
    [InlineData("Gateway.Core.Fabric", "using Microsoft.AspNetCore.Http;")]
    public void Code_that_names_too_much_is_found(string space, string code) => Assert.NotEmpty(Layers.CheckNames(Code(space, code)));

    [Theory]
    [InlineData("Gateway.Core.Store", "using LiteDB;")]
    [InlineData("Gateway.Corridor.Hub", "using YamlDotNet.Core;")]
    [InlineData("Gateway.Service.Devices", "using Gateway.Core.Store;")]
    [InlineData("Gateway.Dataplane.Control", "using System.Net.Sockets;")]
    [InlineData("Gateway.Dataplane.Pipeline", "using System.Diagnostics; class A { long B = Stopwatch.GetTimestamp(); }")]
    [InlineData("Gateway.Dataplane.Pipeline", "class A { void B() => Process(); void Process() { } byte C(Link link) => link.Socket; }")]
    public void Code_that_names_what_it_may_passes(string space, string code) => Assert.Empty(Layers.CheckNames(Code(space, code)));

    [Fact]
    public void The_entry_point_may_speak_to_the_outside() =>
        Assert.Empty(Layers.CheckNames(new SourceFile("src/Gateway.Dataplane/Program.cs", "namespace Gateway.Dataplane; class P { void A() => Console.WriteLine(); }")));

    [Theory]
    [InlineData("using Gateway.Core.Policy;")]
    [InlineData("using Gateway.Dataplane.Flows;")]
    [InlineData("class A { Gateway.Core.Policy.DropReason B; }")]
    [InlineData("class A { object B = Gateway.Core.Policy.DropReason.NoGrant; }")]
    public void A_parser_that_knows_policy_is_found(string code) => Assert.NotEmpty(Layers.CheckWire(Code("Gateway.Dataplane.Wire", code)));

    [Fact]
    public void A_parser_that_knows_addresses_passes() =>
        Assert.Empty(Layers.CheckWire(Code("Gateway.Dataplane.Wire", "using Gateway.Core.Net; using System.Buffers.Binary;")));

    private static SourceFile Project(string name, string item) =>
        new($"src/{name}/{name}.csproj", $"<Project><ItemGroup>{item}</ItemGroup></Project>");

    private static SourceFile Code(string space, string code) =>
        new($"src/{space.Replace('.', '/')}/A.cs", code.StartsWith("using", StringComparison.Ordinal) ? $"{code.Split(';')[0]}; namespace {space}; {code[(code.IndexOf(';', StringComparison.Ordinal) + 1)..]}" : $"namespace {space}; {code}");
}
