using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Gateway.WebUi.Tests.Fakes;

namespace Gateway.WebUi.Tests.Security;

/// <summary>Nothing is changed in the name of a signed-in person but by that person, on the box's own pages.</summary>
public class ForgeryTests
{
    private static async Task<(TestSite Site, Browser Browser, List<KeyValuePair<string, string>> Form)> OnDevicePageAsync()
    {
        var site = await TestSite.StartAsync();
        site.Box.ProtectPlc();
        var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px");
        var button = (IHtmlButtonElement)browser.Page.QuerySelector("[data-test=cut-off]")!;
        return (site, browser, Browser.Values(button.Form!));
    }

    [Fact]
    public async Task Control_the_form_as_the_page_made_it_is_taken()
    {
        var (site, browser, form) = await OnDevicePageAsync();
        await using var _ = site;
        await browser.PostAsync("/d/k7m3px/do/cut-off", form);
        Assert.Equal("cut-off", site.Box.Find("k7m3px").State);
    }

    [Theory]
    [InlineData("/d/k7m3px/do/cut-off")]
    [InlineData("/d/k7m3px/do/retire")]
    [InlineData("/d/k7m3px/grants/plc-7-read/remove")]
    [InlineData("/d/k7m3px/setup/name")]
    [InlineData("/d/k7m3px/allow")]
    [InlineData("/settings")]
    [InlineData("/sign-out")]
    public async Task Without_the_token_of_the_form_it_is_a_readable_400(string path)
    {
        var (site, browser, _) = await OnDevicePageAsync();
        await using var __ = site;
        var answer = await browser.PostAsync(path, [new("name", "x-1"), new("_handler", "name")]);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("This form is too old", browser.Text("h1"));
        Assert.Equal("protected", site.Box.Find("k7m3px").State);
        Assert.Equal("plc-7", site.Box.Find("k7m3px").Device.Name);
        Assert.Single(site.Box.Sessions);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1")]
    [InlineData("")]
    public async Task From_another_origin_or_from_none_it_is_refused(string origin)
    {
        var (site, browser, form) = await OnDevicePageAsync();
        await using var _ = site;
        var request = new HttpRequestMessage(HttpMethod.Post, "/d/k7m3px/do/cut-off") { Content = new FormUrlEncodedContent(form) };
        if (origin.Length > 0)
            request.Headers.Add("Origin", origin);
        using var answer = await browser.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("protected", site.Box.Find("k7m3px").State);
    }

    [Fact]
    public async Task A_link_changes_nothing()
    {
        var (site, browser, _) = await OnDevicePageAsync();
        await using var __ = site;
        using var answer = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/d/k7m3px/do/cut-off"));
        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("protected", site.Box.Find("k7m3px").State);
    }

    [Fact]
    public async Task A_form_that_is_too_large_is_refused_readably()
    {
        var (site, browser, form) = await OnDevicePageAsync();
        await using var _ = site;
        form.Add(new("place", new string('x', (int)WebLimits.FormBytes)));
        var answer = await browser.PostAsync("/d/k7m3px/setup/name", form);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal("That was too much at once", browser.Text("h1"));
    }

    [Fact]
    public async Task What_a_device_says_of_itself_is_text_and_never_markup()
    {
        const string evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;{0}";
        await using var site = await TestSite.StartAsync();
        site.Box.Site = $"Hall {evil}";
        var device = site.Box.ProtectPlc();
        device.Evidence.Add(new Core.Api.EvidenceView("host-name", evil, evil, 50, site.Box.Now, site.Box.Now, false));
        device.Guess = new Core.Api.GuessView("plc", 50, [new("host-name", evil), new(evil, evil)]);
        device.Grants.Add(new Core.Api.GrantView(evil, $"caller {evil}", evil, [evil], "in", evil, null));
        device.Identity = device.Identity! with { ConnectorReason = evil, ConnectorState = evil };
        site.Box.Record("flow-refused", "alarm", evil, device, ("from", evil), ("to", evil), ("port", evil), ("reason", evil), ("count", evil));
        var fresh = site.Box.PlugPlc(2, "aaaaaa");
        fresh.Guess = device.Guess;
        fresh.Address = evil;
        fresh.Evidence.Add(new Core.Api.EvidenceView("host-name", evil, evil, 99, site.Box.Now, site.Box.Now, true));
        fresh.Proposals.Add(new Core.Api.ProposalView(evil, $"caller {evil}", evil, evil, evil, "in", evil, false, evil, 1));
        using var browser = site.SignedIn();
        foreach (var path in new[] { "/", "/devices", "/d/k7m3px", "/d/aaaaaa", "/d/aaaaaa/setup/found", "/d/aaaaaa/allow", "/log", $"/log?actor={Uri.EscapeDataString(evil)}" })
        {
            await browser.OpenAsync(path);
            Assert.False(browser.Has("img, script:not([src^='/assets/']), [onerror]"), path);
            Assert.Contains("<script>alert(1)</script>", browser.Page.Body!.TextContent + browser.Page.Title, StringComparison.Ordinal);
            Assert.Equal(1, browser.Page.QuerySelectorAll("script").Length);
        }
    }
}
