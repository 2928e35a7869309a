using System.Text.RegularExpressions;
using Gateway.WebUi.Tests.Fakes;

namespace Gateway.WebUi.Tests.Wording;

public class LanguageTests
{
    [Theory]
    [InlineData(null, "en", "Sign in")]
    [InlineData("de", "de", "Anmelden")]
    [InlineData("de-AT,de;q=0.9,en;q=0.5", "de", "Anmelden")]
    [InlineData("en;q=0.5,de;q=0.9", "de", "Anmelden")]
    [InlineData("ja,fr;q=0.9", "en", "Sign in")]
    [InlineData("garbage;;;q=x", "en", "Sign in")]
    public async Task The_first_page_speaks_the_language_that_the_browser_asks_for(string? accepted, string language, string title)
    {
        await using var site = await TestSite.StartAsync();
        site.Box.Claimed = true;
        using var browser = site.NewBrowser();
        var request = new HttpRequestMessage(HttpMethod.Get, "/sign-in");
        if (accepted is not null)
            request.Headers.TryAddWithoutValidation("Accept-Language", accepted);
        using var answer = await browser.SendAsync(request);
        var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains($"<html lang=\"{language}\"", html, StringComparison.Ordinal);
        Assert.Contains($"<h1>{title}</h1>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_language_is_switched_before_sign_in_and_stays()
    {
        await using var site = await TestSite.StartAsync();
        site.Box.Claimed = true;
        using var browser = site.NewBrowser("en");
        await browser.OpenAsync("/sign-in?to=/log");
        await browser.PressAsync("button[value=de]");
        Assert.Equal("/sign-in?to=/log", browser.Here);
        Assert.Equal("de", browser.Page.DocumentElement.GetAttribute("lang"));
        Assert.Equal("true", browser.Page.QuerySelector("button[value=de]")!.GetAttribute("aria-pressed"));
        await browser.OpenAsync("/claim");
        Assert.Equal("Anmelden", browser.Text("h1"));
    }

    [Theory]
    [InlineData("dark")]
    [InlineData("contrast")]
    [InlineData("light")]
    public async Task The_colours_are_set_on_any_page_for_all_pages(string appearance)
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.NewBrowser();
        await browser.OpenAsync("/claim");
        Assert.Equal("appearance-automatic", browser.Page.DocumentElement.ClassName);
        await browser.PressAsync($"button[value={appearance}]");
        await browser.OpenAsync("/nothing-here");
        Assert.Equal($"appearance-{appearance}", browser.Page.DocumentElement.ClassName);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example/")]
    public async Task A_setting_leads_back_to_this_site_only(string back)
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.NewBrowser();
        await browser.OpenAsync("/claim");
        await browser.PressAsync("button[value=de]", ("back", back));
        Assert.Equal("/claim", browser.Here);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    public async Task Every_page_is_complete_in_every_language(string language)
    {
        await using var site = await TestSite.StartAsync();
        var device = site.Box.ProtectPlc();
        site.Box.RefuseWrite(device);
        site.Box.PlugPlc(2, "aaaaaa");
        site.Box.Break(site.Box.ProtectPlc(3, "bbbbbb", "plc-8"));
        using var browser = site.SignedIn(language);
        foreach (var path in Paths)
        {
            using var answer = await browser.OpenAsync(path);
            Assert.True(answer.IsSuccessStatusCode, path);
            Assert.Equal(language, browser.Page.DocumentElement.GetAttribute("lang"));
            Assert.EndsWith("· Hall 3", browser.Page.Title, StringComparison.Ordinal);
            Assert.Single(browser.Page.QuerySelectorAll("h1"));
            Assert.DoesNotMatch(new Regex(@"\{\w*\}"), browser.Page.Body!.TextContent);
        }
    }

    [Fact]
    public async Task Every_text_comes_from_the_resources()
    {
        // In the German pages, no text of the English resources is left that has another one in German.
        var english = Words("Texts.resx");
        var german = Words("Texts.de.resx");
        var onlyEnglish = english.Where(pair => german[pair.Key] != pair.Value && pair.Value.Length > 6 && !pair.Value.Contains('{', StringComparison.Ordinal))
            .Select(pair => pair.Value).Except(german.Values).ToList();
        await using var site = await TestSite.StartAsync();
        site.Box.RefuseWrite(site.Box.ProtectPlc());
        site.Box.PlugPlc(2, "aaaaaa");
        site.Box.Break(site.Box.ProtectPlc(3, "bbbbbb", "plc-8"));
        using var browser = site.SignedIn("de");
        foreach (var path in Paths)
        {
            await browser.OpenAsync(path);
            var text = Browser.Flat(browser.Page.Body!);
            Assert.All(onlyEnglish, word => Assert.False(
                Regex.IsMatch(text, $@"\b{Regex.Escape(word)}(?!\w)") && word is not "English", $"{path}: '{word}'"));
        }
    }

    private static readonly string[] Paths =
    [
        "/", "/devices", "/devices?retired=true", "/d/k7m3px", "/d/k7m3px/allow", "/d/k7m3px/setup/name", "/d/aaaaaa", "/d/aaaaaa/setup/found",
        "/d/aaaaaa/setup/name", "/d/bbbbbb", "/d/bbbbbb/replace", "/log", "/log?severity=alarm",
    ];

    private static Dictionary<string, string> Words(string file) => System.Xml.Linq.XDocument
        .Load(Path.Combine(Need.ProjectRoot(), "src", "Gateway.WebUi", "Resources", file)).Root!.Elements("data")
        .ToDictionary(data => (string)data.Attribute("name")!, data => (string)data.Element("value")!);
}
