using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Gateway.WebUi.Security;
using Gateway.WebUi.Tests.Fakes;

namespace Gateway.WebUi.Tests.Pages;

public class SignInTests
{
    private static readonly (string, string)[] Right = [("name", "keller"), ("password", "a long enough password")];

    private static async Task<TestSite> ClaimedAsync()
    {
        var site = await TestSite.StartAsync();
        site.Box.Claimed = true;
        site.Box.Accounts["keller"] = ("a long enough password", "engineer");
        return site;
    }

    [Fact]
    public async Task Who_signs_in_comes_back_to_the_page_that_was_asked_for()
    {
        await using var site = await ClaimedAsync();
        using var browser = site.NewBrowser();
        await browser.OpenAsync("/log?severity=alarm");
        Assert.Equal("/sign-in?to=%2Flog%3Fseverity%3Dalarm", browser.Here);
        await browser.PressAsync("main button", Right);
        Assert.Equal("/log?severity=alarm", browser.Here);
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("https://evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("/ok\r\nSet-Cookie: a=b")]
    public async Task Nobody_is_led_to_another_site(string to)
    {
        await using var site = await ClaimedAsync();
        using var browser = site.NewBrowser();
        await browser.OpenAsync($"/sign-in?to={Uri.EscapeDataString(to)}");
        await browser.PressAsync("main button", Right);
        Assert.Equal("/", browser.Here);
    }

    [Fact]
    public async Task A_wrong_password_does_not_say_which_was_wrong_and_keeps_the_name()
    {
        await using var site = await ClaimedAsync();
        using var browser = site.NewBrowser();
        await browser.OpenAsync("/sign-in");
        var answer = await browser.PressAsync("main button", ("name", "keller"), ("password", "wrong"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.StartsWith("Name or password is wrong.", browser.Text("[data-test=form-error]"), StringComparison.Ordinal);
        Assert.Equal("keller", browser.Page.QuerySelector("#name")!.GetAttribute("value"));
        Assert.DoesNotContain(browser.Cookies, cookie => cookie.Name == Cookies.Session);
    }

    [Fact]
    public async Task The_growing_delay_is_told_in_seconds()
    {
        await using var site = await ClaimedAsync();
        using var browser = site.NewBrowser("de");
        await browser.OpenAsync("/sign-in");
        await browser.PressAsync("main button", ("name", "hasty"), ("password", "x"));
        Assert.Equal("Zu viele Versuche. 8 s warten, dann noch einmal.", browser.Text("[data-test=form-error]"));
    }

    [Fact]
    public async Task The_session_lives_in_one_cookie_that_scripts_and_other_sites_cannot_use()
    {
        await using var site = await ClaimedAsync();
        using var browser = site.NewBrowser();
        await browser.OpenAsync("/sign-in");
        var form = Browser.Values(browser.Page.QuerySelector<IHtmlFormElement>("main form")!);
        form.RemoveAll(field => field.Key is "name" or "password");
        form.AddRange(Right.Select(field => new KeyValuePair<string, string>(field.Item1, field.Item2)));
        var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new FormUrlEncodedContent(form) };
        request.Headers.Add("Origin", browser.Origin);
        using var answer = await browser.SendAsync(request);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), value => value.StartsWith("__Host-session=", StringComparison.Ordinal));
        Assert.Contains("; path=/", cookie, StringComparison.Ordinal);
        Assert.Contains("; secure", cookie, StringComparison.Ordinal);
        Assert.Contains("; samesite=strict", cookie, StringComparison.Ordinal);
        Assert.Contains("; httponly", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("domain=", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_in_the_service_and_in_the_browser()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.SignedIn();
        await browser.OpenAsync("/");
        await browser.PressAsync(".head-user button");
        Assert.Equal("/sign-in", browser.Here);
        Assert.Empty(site.Box.Sessions);
        Assert.DoesNotContain(browser.Cookies, cookie => cookie is { Name: Cookies.Session, Expired: false });
    }

    [Fact]
    public async Task A_session_that_ended_meanwhile_leads_to_the_sign_in_and_back()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.SignedIn();
        site.Box.ProtectPlc();
        await browser.OpenAsync("/d/k7m3px");
        site.Box.Sessions.Clear();
        await browser.PressAsync("[data-test=cut-off]");
        Assert.Equal("/sign-in?to=%2Fd%2Fk7m3px", browser.Here);
        Assert.Equal("protected", site.Box.Find("k7m3px").State);
    }
}
