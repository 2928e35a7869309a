namespace Gateway.WebUi.Tests.Process;

/// <summary>The build step that holds the languages together, run on small projects of its own; all of them in one build, because
/// starting one takes seconds.</summary>
[Trait("Category", "Slow")]
public class TextCheckTests(TextCheckBuild build) : IClassFixture<TextCheckBuild>
{
    [Fact]
    public void Control_languages_that_agree_build()
    {
        Assert.Equal("", build.Errors("control"));
        Assert.True(build.Passed("control"));
    }

    [Theory]
    [InlineData("missing", "Texts.de.resx", "the key 'state.new' of Texts.resx is missing")]
    [InlineData("surplus", "Texts.de.resx", "the key 'bye' is not in Texts.resx")]
    [InlineData("placeholder", "Texts.de.resx", "the text of 'hello' has other placeholders than in Texts.resx")]
    [InlineData("blank", "Texts.de.resx", "the key 'hello' has no text")]
    [InlineData("unknown", "Page.razor", "the code uses the key 'helo', which Texts.resx does not have")]
    [InlineData("unknown-count", "Page.razor", "the code uses the key 'hello.one', which Texts.resx does not have")]
    [InlineData("unknown-family", "Page.razor", "the code uses the key 'hello.other', which Texts.resx does not have")]
    [InlineData("computed", "Page.razor", "names no key as a literal")]
    [InlineData("unused", "Texts.resx", "no code uses the key 'state.new'")]
    public void A_text_that_does_not_fit_fails_the_build(string project, string file, string message)
    {
        Assert.False(build.Passed(project));
        Assert.Contains(message, build.Errors(project), StringComparison.Ordinal);
        Assert.Contains(file, build.Errors(project), StringComparison.Ordinal);
    }
}
