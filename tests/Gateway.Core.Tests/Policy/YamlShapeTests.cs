using System.Diagnostics;
using Gateway.Core.Policy;

namespace Gateway.Core.Tests.Policy;

/// <summary>What of YAML is read and what is refused, whatever the format's fields.</summary>
public sealed class YamlShapeTests
{
    [Theory]
    [InlineData("", 1, "the document is empty; it begins with 'version: 1'")]
    [InlineData("# only a comment\n", 1, "the document is empty")]
    [InlineData("hello", 1, "the document is written as keys and values")]
    [InlineData("- a\n- b", 1, "the document is written as keys and values")]
    [InlineData("version: 1\nsite: &s hall-3", 2, "anchors are not read")]
    [InlineData("version: 1\nsite: *s", 2, "aliases are not read")]
    [InlineData("version: 1\nsite: !!str hall-3", 2, "tags are not read")]
    [InlineData("version: 1\n<<: { site: hall-3 }\nsite: hall-3", 2, "merge keys are not read")]
    [InlineData("version: 1\nsite: hall-3\nsite: hall-4", 3, "stands twice in one map, first on line 2")]
    [InlineData("version: 1\nsite: hall-3\n? [a]\n: b", 3, "a key is a single word, not a list")]
    [InlineData("version: 1\nsite: hall-3\n---\nversion: 1", 3, "more than one YAML document")]
    [InlineData("version: 1\nsite:\n\thall-3", 3, "never with tabs")]
    [InlineData("version: 1\nsite: hall: 3", 2, "put a value that holds ': ' in quotes")]
    [InlineData("version: 1\nsite: \"hall-3", 2, "cannot be read as YAML")]
    [InlineData("version: 1\nlinks: [ { name: a }\ndevices:", 2, "not closed")]
    [InlineData("version: 1\nsite: hall-3\nlinks: [[[[[[[[[]]]]]]]]]", 3, "nested deeper than 8")]
    [InlineData("version: 1\nsite: [hall-3]", 2, "one value belongs here, not a list")]
    [InlineData("version: 1\nsite: hall-3\nlinks: a", 3, "begin each of its items with '- '")]
    [InlineData("version: 1\nsite:", 2, "nothing stands after this key")]
    [InlineData("version: 1\nsite: ~", 2, "nothing stands after this key")]
    [InlineData("version: 1\nsite: hall-3\nlinks:\n  -", 4, "a link is written as keys and values")]
    public void What_is_not_read_is_refused_with_its_line(string yaml, int line, string message)
    {
        var result = SiteReader.Read(yaml);
        Assert.Null(result.Document);
        Assert.Contains(result.Errors, e => e.Line == line && e.Message.Contains(message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("version: 1\nsite: hall-3")]
    [InlineData("---\nversion: 1\nsite: hall-3\n...\n")]
    [InlineData("{ version: 1, site: hall-3 }")]
    [InlineData("\"version\": 1\n'site': 'hall-3' # with a comment")]
    [InlineData("site: >-\n  hall-3\nversion: 1\n")]
    public void Every_way_to_write_the_same_map_is_read(string yaml) => Assert.Equal("hall-3", Sites.Document(yaml).Site);

    [Fact]
    public void A_document_that_is_too_long_is_refused_before_it_is_parsed()
    {
        var error = Assert.Single(SiteReader.Read(new string('#', PolicyLimits.MaxDocumentBytes + 1)).Errors);
        Assert.Contains("longer than 4194304 bytes", error.Message, StringComparison.Ordinal);
        error = Assert.Single(SiteReader.Read(new string('ä', (PolicyLimits.MaxDocumentBytes / 2) + 1)).Errors);
        Assert.Contains("longer than 4194304 bytes", error.Message, StringComparison.Ordinal);
        error = Assert.Single(SiteReader.Read(new byte[PolicyLimits.MaxDocumentBytes + 1]).Errors);
        Assert.Contains("longer than 4194304 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_is_too_long_is_named_with_its_bound()
    {
        var fabrics = string.Concat(Enumerable.Range(0, 17).Select(i => $"  - {{ name: f{i}, kind: corridor, hub: \"h:1\", authority: a.pem }}\n"));
        var error = Assert.Single(SiteReader.Read($"version: 1\nsite: hall-3\nfabrics:\n{fabrics}").Errors);
        Assert.Equal(("fabrics", "the list has 17 items; at most 16 are allowed"), (error.Field, error.Message));
    }

    /// <summary>Texts that make a careless reader slow or deep: each as large as a document may be.</summary>
    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("[a,")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("a:\n")]
    [InlineData("- - -\n")]
    [InlineData("x: [y]\n")]
    [InlineData("---\n")]
    [InlineData("'")]
    [InlineData("\"")]
    [InlineData("&a ")]
    [InlineData("*a ")]
    [InlineData("!")]
    [InlineData("|\n")]
    [InlineData("%a\n")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("\0")]
    [InlineData("a ")]
    public void A_hostile_document_of_full_size_ends_soon_with_an_error(string part)
    {
        var yaml = string.Concat(Enumerable.Repeat(part, PolicyLimits.MaxDocumentBytes / part.Length));
        var clock = Stopwatch.StartNew();
        var result = SiteReader.Read(yaml);
        Assert.NotEmpty(result.Errors);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"took {clock.Elapsed}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{clock.ElapsedMilliseconds} ms: {result.Errors[0]}");
    }
}
