using System.Net;
using Gateway.WebUi.Tests.Fakes;

namespace Gateway.WebUi.Tests.Pages;

public class ClaimTests
{
    private static (string, string)[] Form(string code, string name = "keller", string password = "a long enough password") =>
        [("code", code), ("name", name), ("password", password)];

    [Theory]
    [InlineData("/")]
    [InlineData("/devices")]
    [InlineData("/d/k7m3px/setup/found")]
    [InlineData("/log")]
    [InlineData("/sign-in")]
    public async Task Every_page_of_an_unclaimed_box_leads_to_the_claim(string path)
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.NewBrowser();
        await browser.OpenAsync(path);
        Assert.Equal("/claim", browser.Here);
        Assert.Equal("Whose gateway is this?", browser.Text("h1"));
    }

    [Fact]
    public async Task The_code_of_the_box_makes_the_first_account_and_signs_in()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.NewBrowser();
        await browser.OpenAsync("/");
        await browser.PressAsync("main button", Form(FakeBox.ClaimCode));
        Assert.Equal("/", browser.Here);
        Assert.Equal("Is everything running?", browser.Text("h1"));
        Assert.Contains("Engineer: keller", browser.Text(".head-user"), StringComparison.Ordinal);
        Assert.True(site.Box.Claimed);
    }

    [Fact]
    public async Task A_wrong_code_is_shown_at_its_field_and_values_are_kept_but_not_the_password()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.NewBrowser();
        await browser.OpenAsync("/claim");
        var answer = await browser.PressAsync("main button", Form("WRONG"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.StartsWith("This is not the code.", browser.Text("#code-error"), StringComparison.Ordinal);
        Assert.Equal("true", browser.Page.QuerySelector("#code")!.GetAttribute("aria-invalid"));
        Assert.Contains("code-error", browser.Page.QuerySelector("#code")!.GetAttribute("aria-describedby")!, StringComparison.Ordinal);
        Assert.Equal("WRONG", browser.Page.QuerySelector("#code")!.GetAttribute("value"));
        Assert.Equal("keller", browser.Page.QuerySelector("#name")!.GetAttribute("value"));
        Assert.Null(browser.Page.QuerySelector("#password")!.GetAttribute("value"));
        Assert.False(site.Box.Claimed);
    }

    [Fact]
    public async Task What_the_service_finds_wrong_stands_at_the_field()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.NewBrowser("de");
        await browser.OpenAsync("/claim");
        await browser.PressAsync("main button", Form(FakeBox.ClaimCode, password: "short"));
        Assert.StartsWith("10 bis 128 Zeichen. (a password has", browser.Text("#password-error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_fields_are_named_before_the_service_is_asked()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.NewBrowser();
        await browser.OpenAsync("/claim");
        await browser.PressAsync("main button", Form(" ", "", ""));
        Assert.Equal("Enter the claim code.", browser.Text("#code-error"));
        Assert.Equal("Enter a name.", browser.Text("#name-error"));
        Assert.Equal("Enter a password.", browser.Text("#password-error"));
        Assert.DoesNotContain(site.Service.Seen, seen => seen.Path == "/api/v1/claim");
    }

    [Fact]
    public async Task A_claimed_box_cannot_be_claimed_again()
    {
        await using var site = await TestSite.StartAsync();
        using var slow = site.NewBrowser();
        await slow.OpenAsync("/claim");
        using var fast = site.NewBrowser();
        await fast.OpenAsync("/claim");
        await fast.PressAsync("main button", Form(FakeBox.ClaimCode));
        await slow.PressAsync("main button", Form(FakeBox.ClaimCode, "other"));
        Assert.Equal("This gateway is claimed already. Sign in instead.", slow.Text("[data-test=form-error]"));
        await slow.OpenAsync("/claim");
        Assert.Equal("/sign-in", slow.Here);
    }
}
