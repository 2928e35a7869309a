using Gateway.Architecture.Tests.Rules;

namespace Gateway.Architecture.Tests;

public sealed class HotPathTests
{
    private const string Wire = "src/Gateway.Dataplane/Wire/A.cs";

    [Fact]
    public void The_packet_path_has_no_tasks_exceptions_sequences_or_log() =>
        Findings.None(SourceTree.Files.Where(HotPath.Applies).SelectMany(HotPath.Check));

    [Fact]
    public void No_method_of_the_packet_path_calls_itself() =>
        Findings.None(SourceTree.Files.Where(HotPath.Applies).SelectMany(HotPath.CheckRecursion));

    [Fact]
    public void The_parsers_are_looked_at() => Assert.Contains(SourceTree.Files.Where(HotPath.Applies), file => file.Path.EndsWith("Wire/Tcp.cs", StringComparison.Ordinal));

    [Theory]
    [InlineData("class A { async Task B() { } }")]
    [InlineData("class A { void B() { async void C() { } } }")]
    [InlineData("class A { object B = async () => { }; }")]
    [InlineData("class A { void B() { throw new Exception(); } }")]
    [InlineData("class A { int B(int c) => c > 0 ? c : throw new Exception(); }")]
    [InlineData("class A { object B(int[] c) => c.Where(x => x > 0); }")]
    [InlineData("class A { object B(int[] c) => from x in c select x; }")]
    [InlineData("class A { byte[] B(Span<byte> c) => c.ToArray(); }")]
    [InlineData("using System.Linq; class A { }")]
    [InlineData("using Microsoft.Extensions.Logging; class A { }")]
    [InlineData("class A { ILogger<A> _log; }")]
    [InlineData("partial class A { [LoggerMessage(1)] partial void B(); }")]
    public void What_a_packet_cannot_wait_for_is_found(string code)
    {
        Assert.True(HotPath.Applies(new SourceFile(Wire, code)));
        Assert.NotEmpty(HotPath.Check(new SourceFile(Wire, code)));
    }

    [Theory]
    [InlineData("class A { A(int b) { if (b < 0) throw new ArgumentException(); } }")]
    [InlineData("class A { readonly int[] _c; A(int[] b) { _c = b.Where(x => x > 0).ToArray(); } }")]
    [InlineData("class TableBuilder { int[] B(int[] c) => c.Where(x => x > 0).ToArray(); }")]
    [InlineData("class A { void B(Span<byte> c) => MemoryMarshal.Cast<byte, ulong>(c); }")]
    [InlineData("class A { bool B(PortRange c) => c.First < c.Last; }")]
    public void What_runs_once_or_costs_nothing_passes(string code) => Assert.Empty(HotPath.Check(new SourceFile(Wire, code)));

    [Fact]
    public void Other_folders_are_free() => Assert.False(HotPath.Applies(new SourceFile("src/Gateway.Dataplane/Control/A.cs", "")));

    [Fact]
    public void A_method_that_calls_itself_is_found()
    {
        Assert.NotEmpty(HotPath.CheckRecursion(new SourceFile(Wire, "class A { int B(int c) => B(c - 1); }")));
        Assert.Empty(HotPath.CheckRecursion(new SourceFile(Wire, "class A { int B(int c) => B(c, 1); int B(int c, int d) => c + d; }")));
    }
}
