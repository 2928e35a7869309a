using Gateway.Architecture.Tests.Rules;

namespace Gateway.Architecture.Tests;

public sealed class WordTests
{
    /// <summary>Product files that may read the machine's clock, each with its reason.</summary>
    private static readonly string[] MayReadTheClock = [];

    [Fact]
    public void Names_say_what_things_do() => Findings.None(SourceTree.CSharp.SelectMany(Words.CheckNames));

    [Fact]
    public void Nothing_is_marked_unfinished() => Findings.None(SourceTree.Files.SelectMany(Words.CheckMarks));

    [Fact]
    public void No_file_names_a_path_of_one_machine() => Findings.None(SourceTree.Files.SelectMany(Words.CheckMachine));

    [Fact]
    public void Product_code_takes_its_time_from_a_provider() =>
        Findings.None(SourceTree.Product.Where(file => !MayReadTheClock.Contains(file.Path)).SelectMany(Words.CheckClock));

    [Theory]
    [InlineData("class DeviceManager { }")]
    [InlineData("class A { void HelperFor() { } }")]
    [InlineData("static class StringUtils { }")]
    [InlineData("class A { int _utility; }")]
    [InlineData("enum A { FlowHelper }")]
    [InlineData("class A { int UtilCount { get; } }")]
    public void An_empty_name_is_found(string code) => Assert.NotEmpty(Words.CheckNames(Sample(code)));

    [Theory]
    [InlineData("class A { double Utilization { get; } }")]
    [InlineData("class Management { }")]
    public void A_name_that_only_looks_alike_passes(string code) => Assert.Empty(Words.CheckNames(Sample(code)));

    [Theory]
    [InlineData("// TODO: later")]
    [InlineData("throw new NotImplementedException();")]
    [InlineData("# FIXME")]
    [InlineData("/* HACK */")]
    public void A_mark_is_found(string text) => Assert.NotEmpty(Words.CheckMarks(Sample(text)));

    [Theory]
    [InlineData("HACKED")]
    [InlineData("a todo list")]
    public void A_text_without_a_mark_passes(string text) => Assert.Empty(Words.CheckMarks(Sample(text)));

    [Theory]
    [InlineData("cd /work/main")]
    [InlineData("\"/root/x\"")]
    [InlineData("=/farm/y")]
    public void A_machine_path_is_found(string text) => Assert.NotEmpty(Words.CheckMachine(Sample(text)));

    [Theory]
    [InlineData("artifacts/work/x")]
    [InlineData("$out/root/x")]
    [InlineData("/var/lib/gateway")]
    public void Another_path_passes(string text) => Assert.Empty(Words.CheckMachine(Sample(text)));

    [Theory]
    [InlineData("class A { object B = DateTime.UtcNow; }")]
    [InlineData("class A { object B = System.DateTimeOffset.Now; }")]
    [InlineData("class A { object B = DateTime.UtcNow.AddDays(1); }")]
    [InlineData("class A { object B = DateTime.Today; }")]
    public void A_read_of_the_clock_is_found(string code) => Assert.NotEmpty(Words.CheckClock(Sample(code)));

    [Fact]
    public void A_provider_passes() => Assert.Empty(Words.CheckClock(Sample("class A { object B(TimeProvider time) => time.GetUtcNow(); }")));

    private static SourceFile Sample(string text) => new("src/Gateway.Core/A.cs", text);
}
