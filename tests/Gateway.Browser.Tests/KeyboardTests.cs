using Gateway.Browser.Tests.Pages;
using Gateway.Browser.Tests.Sites;
using Gateway.WebUi.Tests.Fakes;

namespace Gateway.Browser.Tests;

/// <summary>A person without a mouse, and without a finger on the screen.</summary>
[Trait("Category", "Slow")]
public class KeyboardTests(Chromium chromium)
{
    /// <summary>No page has more places to stop at.</summary>
    private const int MostStops = 80;

    // The ring stands around the label where the button itself is not drawn. The rest of the page must not lie over it.
    private const string Seen = """
        () => {
            const e = document.activeElement;
            const ring = e.type === 'radio' ? e.closest('label') : e;
            const style = getComputedStyle(ring);
            const box = ring.getBoundingClientRect();
            // Of a table that is longer than the screen only a part can be seen.
            const middle = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
            const top = document.elementFromPoint(box.left + box.width / 2, middle);
            return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 3) && (ring.contains(top) || top?.contains(ring)) ? '' : ring.outerHTML.slice(0, 200);
        }
        """;

    [Theory]
    [InlineData("desktop")]
    [InlineData("tablet")]
    public async Task A_device_is_set_up_with_the_keyboard_alone(string screen)
    {
        await using var site = await FakeSite.StartAsync(PlantStory.Empty);
        site.Box.PlugPlc();
        await using var session = await chromium.OpenAsync(site.Address, new Look { Screen = Screen.All.First(s => s.Name == screen) });
        await session.GoAsync("/");
        await TypeAsync(session, "#name", FakeSite.Person);
        await TypeAsync(session, "#password", FakeSite.Password);
        await EnterAsync(session);
        await TabToAsync(session, "#socket-5 a");
        await EnterAsync(session);
        await TabToAsync(session, "input[name=kind]:checked");
        await session.Page.Keyboard.PressAsync("ArrowRight");
        await session.Page.Keyboard.PressAsync("ArrowLeft");
        await TabToAsync(session, "[data-test=next]");
        await EnterAsync(session);
        await TypeAsync(session, "#name", "plc-7");
        await EnterAsync(session);
        foreach (var id in await new SetupPages(session).ProposalsAsync())
        {
            await TabToAsync(session, $"[data-id=\"{id}\"] input[value=allow]");
            await session.Page.Keyboard.PressAsync("Space");
        }
        await session.Page.Keyboard.PressAsync("ArrowRight");
        await TabToAsync(session, "[data-test=approve]");
        await EnterAsync(session);
        Assert.Equal("Protected", await new DevicePage(session).StateAsync());
        Assert.Equal(3, (await new DevicePage(session).GrantsAsync()).Count);
        await session.AssertCleanAsync();
    }

    [Fact]
    public async Task The_first_stop_leads_past_the_head_to_the_content()
    {
        await using var site = await FakeSite.StartAsync(PlantStory.Hall);
        await using var session = await site.SignedInAsync(chromium);
        await session.GoAsync("/devices");
        await session.Page.Keyboard.PressAsync("Tab");
        await session.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("main", await session.Page.EvaluateAsync<string>("document.activeElement.id"));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/devices")]
    [InlineData("/log")]
    [InlineData("/d/" + PlantStory.Changed)]
    public async Task Every_stop_is_plain_to_see_and_the_last_one_leads_out(string path)
    {
        await using var site = await FakeSite.StartAsync(PlantStory.Hall);
        await using var session = await site.SignedInAsync(chromium, new Look { Screen = Screen.Phone });
        await session.GoAsync(path);
        await TabToAsync(session, "footer button[value=contrast]");
    }

    private static async Task TypeAsync(BrowserSession session, string field, string text)
    {
        await TabToAsync(session, field);
        await session.Page.Keyboard.TypeAsync(text);
    }

    private static Task EnterAsync(BrowserSession session) => session.FollowAsync(() => session.Page.Keyboard.PressAsync("Enter"));

    // Each stop on the way must be plain to see.
    private static async Task TabToAsync(BrowserSession session, string selector)
    {
        for (var stop = 0; stop < MostStops; stop++)
        {
            await session.Page.Keyboard.PressAsync("Tab");
            var hidden = await session.Page.EvaluateAsync<string>(Seen);
            Assert.True(hidden.Length == 0, $"{session.Here}: the focus is hidden on {hidden}");
            if (await session.Page.EvaluateAsync<bool>("selector => document.activeElement.matches(selector)", selector))
                return;
        }
        Assert.Fail($"{session.Here}: the Tab key does not reach {selector}");
    }
}
