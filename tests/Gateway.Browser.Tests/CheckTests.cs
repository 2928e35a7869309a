using Gateway.Browser.Tests.Sites;

namespace Gateway.Browser.Tests;

/// <summary>The checks themselves: each finds what it is for, on a page that was right before.</summary>
[Trait("Category", "Slow")]
public class CheckTests(Chromium chromium, Scenes scenes)
{
    [Fact]
    public async Task Control_the_page_is_right()
    {
        await using var session = await OpenAsync();
        await Layout.AssertAsync(session.Page);
        await session.AssertAccessibleAsync();
        await session.AssertCleanAsync();
    }

    [Theory]
    [InlineData("document.querySelector('main').append('x'.repeat(400))", "scrolls sideways")]
    [InlineData("document.querySelector('.button').setAttribute('class', 'x')", "is a target of")]
    [InlineData("document.querySelector('h1').insertAdjacentElement('afterend', document.querySelector('h1').cloneNode(true)).attributeStyleMap.set('margin-top', CSS.px(-50))", "text lies on text")]
    [InlineData("const s = document.querySelector('.head-site').attributeStyleMap; s.set('width', CSS.px(60)); s.set('overflow', 'hidden'); s.set('white-space', 'nowrap')", "hides")]
    [InlineData("const s = document.querySelector('.head-site').attributeStyleMap; s.set('width', CSS.px(60)); s.set('white-space', 'pre'); s.set('position', 'relative'); s.set('left', CSS.px(-60))", "leaves the screen")]
    [InlineData("const s = document.querySelector('h1').attributeStyleMap; s.set('width', CSS.px(30)); s.set('overflow-wrap', 'anywhere')", "is broken")]
    public async Task A_page_that_is_laid_out_badly_is_found(string spoil, string found)
    {
        await using var session = await OpenAsync();
        await session.Page.EvaluateAsync($"() => {{ {spoil} }}");
        var error = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => Layout.AssertAsync(session.Page));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_without_a_name_is_found()
    {
        await using var session = await OpenAsync();
        await session.Page.EvaluateAsync("document.querySelector('label').remove()");
        var error = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => session.AssertAccessibleAsync());
        Assert.Contains("label", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')", "CSP")]
    [InlineData("fetch('https://example.invalid/').catch(() => 0)", "CSP")]
    [InlineData("console.error('broken')", "broken")]
    [InlineData("fetch('/no-such-page')", "404")]
    [InlineData("setTimeout(() => { throw new Error('fault') })", "fault")]
    public async Task A_page_that_does_what_it_may_not_is_found(string bad, string found)
    {
        await using var session = await OpenAsync();
        await session.Page.EvaluateAsync($"async () => {{ try {{ await ({bad}); }} catch {{ }} }}");
        await session.Page.WaitForTimeoutAsync(200);
        var error = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(session.AssertCleanAsync);
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    private async Task<BrowserSession> OpenAsync()
    {
        var session = await chromium.OpenAsync((await scenes.FindAsync("empty")).Address);
        await session.GoAsync("/sign-in");
        return session;
    }
}
