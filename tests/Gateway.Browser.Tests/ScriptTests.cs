using Gateway.Browser.Tests.Pages;
using Gateway.Browser.Tests.Sites;
using Gateway.WebUi.Tests.Fakes;

namespace Gateway.Browser.Tests;

/// <summary>Every page works without a script; with one it also keeps itself up to date.</summary>
[Trait("Category", "Slow")]
public class ScriptTests(Chromium chromium)
{
    [Fact]
    public async Task Without_a_script_a_box_is_claimed_and_a_device_set_up_cut_off_and_found_in_the_log()
    {
        await using var site = await FakeSite.StartAsync(PlantStory.Unclaimed);
        site.Box.PlugPlc();
        await using var session = await chromium.OpenAsync(site.Address, new Look { Script = false });
        session.Expect("response: 422 POST /claim");
        var claim = new ClaimPage(session);
        await claim.OpenAsync();
        await claim.ClaimAsync("WRONG", "keller", "a long enough password");
        Assert.Equal("keller", await session.Page.InputValueAsync("#name"));
        await claim.ClaimAsync(FakeBox.ClaimCode, "keller", "a long enough password");
        var box = new BoxPage(session);
        Assert.Equal("New", await box.StateOnAsync(5));
        await box.PressSocketAsync(5);
        var setup = new SetupPages(session);
        Assert.Contains("Siemens", await setup.GuessAsync(), StringComparison.Ordinal);
        await setup.ConfirmAsync("plc");
        await setup.NameAsync("plc-7", labels: "line=filler-2", place: "Hall 3");
        await setup.DecideAllAsync(id => id == "read");
        await setup.ApproveAsync();
        var device = new DevicePage(session);
        Assert.Equal(["plc-7-read"], await device.GrantsAsync());
        await device.CutOffAsync();
        Assert.Equal("Cut off", await device.StateAsync());
        await device.RestoreAsync();
        await device.RemoveGrantAsync("plc-7-read");
        Assert.Empty(await device.GrantsAsync());
        var log = new LogPage(session);
        await log.OpenAsync();
        await log.FilterByAsync(log.LinesOf("device-cut-off").First, "kind");
        Assert.Equal(1, await log.Lines.CountAsync());
        await session.PressAsync(session.Page.Locator("button[value=de]"));
        Assert.Equal("/log?kind=device-cut-off", session.Here);
        Assert.Equal("de", await session.Page.Locator("html").GetAttributeAsync("lang"));
        await session.PressAsync("sign-out");
        Assert.Equal("/sign-in", session.Here);
        await session.AssertCleanAsync();
    }

    [Fact]
    public async Task A_new_device_shows_on_its_socket_within_five_seconds_without_loading_the_page_again()
    {
        await using var site = await FakeSite.StartAsync(PlantStory.Empty);
        await using var session = await site.SignedInAsync(chromium);
        var box = new BoxPage(session);
        await box.OpenAsync();
        await MarkAsync(session);
        site.Box.PlugPlc();
        Assert.Equal("k7m3px", await box.WaitForDeviceAsync(5, TimeSpan.FromSeconds(5)));
        Assert.Equal("New", await box.StateOnAsync(5));
        await session.Find("need").First.GetByText("New on socket 5").WaitForAsync();
        Assert.True(await IsMarkedAsync(session));
        await session.AssertCleanAsync();
    }

    [Fact]
    public async Task A_new_line_stands_on_top_of_the_log_at_once()
    {
        await using var site = await FakeSite.StartAsync(PlantStory.Hall);
        await using var session = await site.SignedInAsync(chromium);
        await new LogPage(session).OpenAsync();
        await MarkAsync(session);
        site.Box.RefuseWrite(site.Box.Find(PlantStory.Protected), "intruder");
        await session.Page.Locator("[data-test=line]:first-child").GetByText("intruder tried to write").WaitForAsync();
        Assert.True(await IsMarkedAsync(session));
        await session.AssertCleanAsync();
    }

    [Fact]
    public async Task A_page_whose_form_is_old_says_so_and_one_press_renews_it()
    {
        await using var site = await FakeSite.StartAsync(PlantStory.Hall);
        await using var session = await site.SignedInAsync(chromium);
        var device = new DevicePage(session);
        await device.OpenAsync(PlantStory.Protected);
        site.Box.Break(site.Box.Find(PlantStory.Protected));
        var stale = session.Page.Locator("#live .live-stale a");
        await stale.WaitForAsync();
        await session.PressAsync(stale);
        Assert.True(await device.Changed.IsVisibleAsync());
        await session.AssertCleanAsync();
    }

    [Theory]
    [InlineData("service")]
    [InlineData("web")]
    public async Task After_a_restart_the_open_page_goes_on_and_shows_what_happened_meanwhile(string what)
    {
        await using var site = await FakeSite.StartAsync(PlantStory.Empty);
        await using var session = await site.SignedInAsync(chromium);
        session.Expect("/live");
        session.Expect("ERR_CONNECTION_REFUSED");
        var box = new BoxPage(session);
        await box.OpenAsync();
        await MarkAsync(session);
        await (what == "web" ? site.StopWebAsync() : site.Service.StopAsync());
        await session.Page.Locator("#live .live-off").WaitForAsync(new() { State = Microsoft.Playwright.WaitForSelectorState.Visible });
        site.Box.PlugPlc();
        await (what == "web" ? site.StartWebAsync() : site.Service.StartAsync());
        Assert.Equal("k7m3px", await box.WaitForDeviceAsync(5, TimeSpan.FromSeconds(20)));
        await session.Page.Locator("#live .live-off").WaitForAsync(new() { State = Microsoft.Playwright.WaitForSelectorState.Hidden });
        Assert.True(await IsMarkedAsync(session));
        await session.AssertCleanAsync();
    }

    // A page that was loaded again has lost it.
    private static Task MarkAsync(BrowserSession session) => session.Page.EvaluateAsync("window.sameDocument = true");

    private static Task<bool> IsMarkedAsync(BrowserSession session) => session.Page.EvaluateAsync<bool>("'sameDocument' in window");
}
