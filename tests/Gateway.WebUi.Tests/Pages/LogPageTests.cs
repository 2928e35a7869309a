using Gateway.Core.Api;
using Gateway.WebUi.Tests.Fakes;

namespace Gateway.WebUi.Tests.Pages;

public class LogPageTests
{
    [Fact]
    public async Task The_newest_line_is_on_top_in_the_language_of_the_reader()
    {
        await using var site = await TestSite.StartAsync();
        var device = site.Box.ProtectPlc();
        site.Box.Record("grant-removed", "notice", "keller", device, ("grant", "plc-7-read"));
        using var english = site.SignedIn();
        await english.OpenAsync("/log");
        Assert.Contains("Grant removed keller removed the grant plc-7-read. Its open connections end. plc-7 keller", english.Text("[data-test=line]"), StringComparison.Ordinal);
        using var german = site.SignedIn("de");
        await german.OpenAsync("/log");
        Assert.Contains("Erlaubnis entfernt keller hat die Erlaubnis plc-7-read entfernt.", german.Text("[data-test=line]"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("device", "/log?device=k7m3px", "Device: plc-7")]
    [InlineData("kind", "/log?kind=operation-refused", "What: Operation refused")]
    [InlineData("actor", "/log?actor=scada", "Who: scada")]
    [InlineData("severity", "/log?severity=notice", "severity")]
    public async Task A_click_on_a_value_filters_and_a_click_on_the_chip_takes_it_away(string value, string path, string chip)
    {
        await using var site = await TestSite.StartAsync();
        var device = site.Box.ProtectPlc();
        site.Box.RefuseWrite(device);
        site.Box.Record("policy-applied", "info", "keller", null, ("changes", "1"));
        using var browser = site.SignedIn();
        await browser.OpenAsync("/log");
        var line = browser.Page.QuerySelectorAll("[data-test=line]").First(l => l.TextContent.Contains("scada tried", StringComparison.Ordinal));
        var target = line.QuerySelector($"[data-h={value}]")!.GetAttribute("href")!;
        Assert.Equal(path, target);
        await browser.OpenAsync(target);
        Assert.DoesNotContain("applied new rules", browser.Text("[data-test=log]"), StringComparison.Ordinal);
        Assert.Contains("scada tried", browser.Text("[data-test=log]"), StringComparison.Ordinal);
        if (value != "severity")
            Assert.StartsWith(chip, browser.Text(".chip"), StringComparison.Ordinal);
        Assert.Equal("/log", browser.Page.QuerySelector(".chip")!.GetAttribute("href"));
    }

    [Fact]
    public async Task Older_lines_follow_page_by_page_with_the_filter_kept()
    {
        await using var site = await TestSite.StartAsync();
        for (var i = 0; i < 250; i++)
            site.Box.Record("signed-in", "info", $"person-{i}", null, ("name", $"person-{i}"));
        using var browser = site.SignedIn();
        var seen = new List<string>();
        var next = "/log?kind=signed-in";
        while (next is not null)
        {
            await browser.OpenAsync(next);
            seen.AddRange(browser.Page.QuerySelectorAll("[data-test=line] [data-t=actor]").Select(Browser.Flat));
            next = browser.Page.QuerySelector("[data-test=older]")?.GetAttribute("href");
        }
        Assert.Equal(Enumerable.Range(0, 250).Reverse().Select(i => $"person-{i}"), seen);
    }

    [Fact]
    public async Task A_kind_that_this_program_does_not_know_is_still_shown()
    {
        await using var site = await TestSite.StartAsync();
        lock (site.Box.Gate)
            site.Box.Log.Add(new LogEntryView(1_000, site.Box.Now, "moon-phase", "info", "gateway", null, "", new Dictionary<string, string>()));
        using var browser = site.SignedIn();
        await browser.OpenAsync("/log");
        Assert.Contains("moon-phase", browser.Text("[data-test=line]"), StringComparison.Ordinal);
    }
}
