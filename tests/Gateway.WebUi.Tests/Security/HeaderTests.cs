using System.Net;
using Gateway.WebUi.Security;
using Gateway.WebUi.Tests.Fakes;

namespace Gateway.WebUi.Tests.Security;

public class HeaderTests
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    [Theory]
    [InlineData("/", 302)]
    [InlineData("/sign-in", 200)]
    [InlineData("/no-such-page", 404)]
    [InlineData("/assets/no-such-file.js", 404)]
    [InlineData("/healthz", 200)]
    [InlineData("/readyz", 200)]
    [InlineData("/version", 200)]
    [InlineData("/live?view=box", 200)]
    [InlineData("/live?view=nonsense", 400)]
    [InlineData("/api/v1/box", 401)]
    [InlineData("/api/v1/box/public", 200)]
    public async Task Every_response_carries_the_security_headers(string path, int status)
    {
        await using var site = await TestSite.StartAsync();
        site.Box.Claimed = true;
        using var browser = site.NewBrowser();
        using var answer = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, path));
        Assert.Equal(status, (int)answer.StatusCode);
        AssertHeaders(answer);
    }

    [Fact]
    public async Task The_pages_of_a_signed_in_person_carry_them_and_are_not_stored()
    {
        await using var site = await TestSite.StartAsync();
        site.Box.ProtectPlc();
        using var browser = site.SignedIn();
        foreach (var path in new[] { "/", "/devices", "/d/k7m3px", "/log" })
        {
            using var answer = await browser.OpenAsync(path);
            AssertHeaders(answer);
            Assert.True(answer.Headers.CacheControl!.NoStore, path);
            Assert.Equal(HttpVersion.Version20, answer.Version);
        }
    }

    [Fact]
    public async Task No_page_has_inline_script_inline_style_or_a_base()
    {
        await using var site = await TestSite.StartAsync();
        site.Box.ProtectPlc();
        site.Box.PlugPlc(2, "aaaaaa");
        using var browser = site.SignedIn();
        foreach (var path in new[] { "/", "/devices", "/d/k7m3px", "/d/k7m3px/allow", "/d/aaaaaa/setup/found", "/d/aaaaaa/setup/name", "/log", "/nothing" })
        {
            await browser.OpenAsync(path);
            Assert.False(browser.Has("[style], style, base, script:not([src]), [onclick], [onload]"), path);
            Assert.All(browser.Page.QuerySelectorAll("script"), script => Assert.StartsWith("/assets/live.", script.GetAttribute("src"), StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("gw-hall3.plant.local", true)]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("10.0.0.1", false)]
    public async Task The_box_answers_only_under_its_own_names(string host, bool own)
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.NewBrowser();
        var request = new HttpRequestMessage(HttpMethod.Get, "/healthz");
        request.Headers.Host = $"{host}:{site.Address.Port}";
        using var answer = await browser.SendAsync(request);
        Assert.Equal(own ? HttpStatusCode.OK : HttpStatusCode.MisdirectedRequest, answer.StatusCode);
        AssertHeaders(answer);
    }

    [Fact]
    public async Task Too_many_header_fields_are_refused()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.NewBrowser();
        var request = new HttpRequestMessage(HttpMethod.Get, "/healthz") { Version = HttpVersion.Version11 };
        for (var i = 0; i < WebLimits.HeaderCount + 1; i++)
            request.Headers.Add($"X-{i}", "1");
        using var answer = await browser.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task The_framework_leaves_no_name_of_itself()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.NewBrowser();
        using var answer = await browser.OpenAsync("/claim");
        Assert.False(answer.Headers.Contains("Server"));
        Assert.False(answer.Headers.Contains("blazor-enhanced-nav"));
        Assert.DoesNotContain("_framework", browser.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.DoesNotContain(browser.Cookies, cookie => !cookie.Name.StartsWith("__Host-", StringComparison.Ordinal));
        Assert.Contains(browser.Cookies, cookie => cookie.Name == Cookies.Form);
    }

    private static void AssertHeaders(HttpResponseMessage answer)
    {
        Assert.Equal(Policy, answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("max-age=31536000", answer.Headers.GetValues("Strict-Transport-Security").Single());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("same-origin", answer.Headers.GetValues("Referrer-Policy").Single());
        Assert.Contains("camera=()", answer.Headers.GetValues("Permissions-Policy").Single(), StringComparison.Ordinal);
        Assert.NotEmpty(answer.Headers.GetValues("Cache-Control"));
    }
}
