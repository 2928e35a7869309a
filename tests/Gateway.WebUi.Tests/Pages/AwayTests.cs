using System.Net;
using Gateway.WebUi.Tests.Fakes;

namespace Gateway.WebUi.Tests.Pages;

/// <summary>The service is killed while people look at the pages.</summary>
public class AwayTests
{
    [Theory]
    [InlineData("en", "The gateway's service does not answer")]
    [InlineData("de", "Der Dienst des Gateways antwortet nicht")]
    public async Task Every_page_says_so_readably_and_loads_itself_again(string language, string title)
    {
        await using var site = await TestSite.StartAsync();
        site.Box.ProtectPlc();
        using var browser = site.SignedIn(language);
        await site.Service.StopAsync();
        foreach (var path in new[] { "/", "/devices", "/d/k7m3px", "/log", "/sign-in", "/claim" })
        {
            using var answer = await browser.OpenAsync(path);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal(title, browser.Text("h1"));
            Assert.Equal("5", answer.Headers.GetValues("Refresh").Single());
            Assert.DoesNotContain("Exception", browser.Page.Body!.TextContent, StringComparison.Ordinal);
        }
        await site.Service.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await browser.OpenAsync("/")).StatusCode);
    }

    [Fact]
    public async Task A_press_that_may_not_have_counted_says_that_and_leads_back_to_its_page()
    {
        await using var site = await TestSite.StartAsync();
        site.Box.ProtectPlc();
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px");
        await site.Service.StopAsync();
        using var answer = await browser.PressAsync("[data-test=cut-off]");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("We do not know if your last press counted.", browser.Text("main"), StringComparison.Ordinal);
        Assert.Equal("5; url=/d/k7m3px", answer.Headers.GetValues("Refresh").Single());
    }

    [Fact]
    public async Task Signing_out_works_without_the_service()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.SignedIn();
        await browser.OpenAsync("/");
        await site.Service.StopAsync();
        await browser.PressAsync(".head-user button");
        Assert.DoesNotContain(browser.Cookies, cookie => cookie is { Name: "__Host-session", Expired: false });
    }

    [Fact]
    public async Task The_process_itself_stays_healthy_but_is_not_ready()
    {
        await using var site = await TestSite.StartAsync();
        await site.Service.StopAsync();
        using var browser = site.NewBrowser();
        Assert.Equal(HttpStatusCode.OK, (await browser.OpenAsync("/healthz")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await browser.OpenAsync("/readyz")).StatusCode);
    }
}
