using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Gateway.Core.Api;
using Gateway.WebUi.Tests.Fakes;

namespace Gateway.WebUi.Tests.Live;

/// <summary>The API is reached at the pages' address.</summary>
public class ApiForwardTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_cookie_of_a_browser_becomes_the_bearer_token_and_goes_no_further()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.SignedIn();
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/devices?retired=true");
        request.Headers.Add("X-Forwarded-For", "10.9.9.9");
        using var answer = await browser.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var (_, path, headers) = site.Service.Seen[^1];
        Assert.Equal("/api/v1/devices?retired=true", path);
        Assert.Equal($"Bearer {site.Box.Sessions.Keys.Single()}", headers.Authorization);
        Assert.Equal(0, headers.Cookie.Count);
        Assert.Equal("127.0.0.1", headers["X-Forwarded-For"]);
    }

    [Fact]
    public async Task A_program_brings_its_own_token()
    {
        await using var site = await TestSite.StartAsync();
        site.SignedIn().Dispose();
        site.Box.ProtectPlc();
        using var program = site.NewBrowser();
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/devices/k7m3px/cut-off");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", site.Box.Sessions.Keys.Single());
        using var answer = await program.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("cut-off", site.Box.Find("k7m3px").State);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("https://evil.example")]
    public async Task A_change_with_the_cookie_alone_must_come_from_the_own_pages(string? origin)
    {
        await using var site = await TestSite.StartAsync();
        site.Box.ProtectPlc();
        using var browser = site.SignedIn();
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/devices/k7m3px/cut-off");
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        using var answer = await browser.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("protected", site.Box.Find("k7m3px").State);

        var own = new HttpRequestMessage(HttpMethod.Post, "/api/v1/devices/k7m3px/cut-off");
        own.Headers.Add("Origin", browser.Origin);
        using var taken = await browser.SendAsync(own);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }

    [Fact]
    public async Task Problems_of_the_service_pass_unchanged()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.SignedIn();
        using var answer = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/api/v1/devices/nobody"));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("no device nobody", (await answer.Content.ReadFromJsonAsync<ProblemView>(Cancel))!.Detail);
    }

    [Fact]
    public async Task Without_the_service_it_is_a_problem_with_status_503()
    {
        await using var site = await TestSite.StartAsync();
        await site.Service.StopAsync();
        using var browser = site.NewBrowser();
        using var answer = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/api/v1/box/public"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_document_that_is_too_large_is_a_problem_with_status_413()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.SignedIn();
        var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/policy") { Content = new StringContent(new string('x', (int)WebLimits.ApiBytes + 1), Encoding.UTF8, "application/json") };
        request.Headers.Add("Origin", browser.Origin);
        using var answer = await browser.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Events_arrive_one_by_one_while_the_stream_is_open()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.SignedIn();
        using var answer = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/api/v1/events?topics=log"));
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancel));
        await ReadUntilAsync(reader, "event: hello");
        for (var i = 0; i < 3; i++)
        {
            site.Box.Record("signed-in", "info", $"person-{i}", null, ("name", "x"));
            await ReadUntilAsync(reader, $"person-{i}");
        }
    }

    private static async Task ReadUntilAsync(StreamReader reader, string text)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (await reader.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
                return;
        }
        Assert.Fail($"the stream ended before '{text}'");
    }
}
