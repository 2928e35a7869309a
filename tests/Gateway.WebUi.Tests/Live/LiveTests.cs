using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.WebUi.Rows;
using Gateway.WebUi.Tests.Fakes;

namespace Gateway.WebUi.Tests.Live;

/// <summary>What an open page is told without being loaded again.</summary>
public class LiveTests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    [Fact]
    public async Task A_device_that_is_plugged_in_shows_on_its_socket_and_card_in_the_readers_language()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.SignedIn("de");
        await browser.OpenAsync("/");
        await using var live = await LiveStream.OpenAsync(browser);
        await live.UntilAsync(row => row.Id == "socket-5" && row.Texts["name"] == "Frei");
        site.Box.PlugPlc(5);
        var socket = await live.UntilAsync(row => row.Id == "socket-5" && row.Texts["state"] == "Neu");
        Assert.Equal("/d/k7m3px/setup/found", socket.Links["to"]);
        Assert.Equal("socket state-new calls", socket.Class);
        var card = await live.UntilAsync(row => row.Id == "need-1");
        Assert.Equal("Neu an Buchse 5", card.Texts["title"]);
        Assert.Equal("card need state-new", card.Class);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/devices")]
    [InlineData("/d/k7m3px")]
    [InlineData("/d/aaaaaa/setup/found")]
    [InlineData("/log")]
    public async Task Every_row_that_is_sent_has_its_places_on_the_page(string path)
    {
        await using var site = await TestSite.StartAsync();
        var device = site.Box.ProtectPlc();
        site.Box.PlugPlc(2, "aaaaaa");
        site.Box.RefuseWrite(device);
        using var browser = site.SignedIn();
        await browser.OpenAsync(path);
        await using var live = await LiveStream.OpenAsync(browser);
        site.Box.RefuseWrite(device);
        site.Box.Changed(device);
        var rows = await live.SomeAsync(2);
        var hits = 0;
        foreach (var row in rows.Where(row => row.Class is not "none"))
        {
            var place = browser.Page.GetElementById(row.Id) ?? (row.List is { } list && browser.Page.GetElementById(list) is not null
                ? ((AngleSharp.Html.Dom.IHtmlTemplateElement)browser.Page.GetElementById(list + "-row")!).Content.FirstElementChild
                : null);
            if (place is null)
                continue;
            hits++;
            // A page may leave values out, but what it has must be among those that are sent.
            Assert.All(place.QuerySelectorAll("[data-t]"), part => Assert.Contains(part.GetAttribute("data-t")!, row.Texts.Keys));
            Assert.All(place.QuerySelectorAll("[data-h]"), part => Assert.Contains(part.GetAttribute("data-h")!, row.Links.Keys));
        }
        Assert.True(hits > 0, "no row has a place on the page");
    }

    [Fact]
    public async Task A_certificate_that_is_issued_appears_on_the_open_page_of_its_device()
    {
        await using var site = await TestSite.StartAsync();
        var device = site.Box.ProtectPlc();
        var issued = device.Identity!;
        device.Identity = issued with { SpiffeId = "", Fingerprint = "", NotAfter = default, ConnectorState = "enrolling" };
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px");
        Assert.Equal("not known yet", browser.Text("[data-test=spiffe-id]"));
        Assert.DoesNotContain("0001", browser.Text("#identity"), StringComparison.Ordinal);
        await using var live = await LiveStream.OpenAsync(browser);
        device.Identity = issued;
        site.Box.Changed(device);
        var row = await live.UntilAsync(row => row.Id == "identity" && row.Texts["id"] == issued.SpiffeId);
        Assert.Equal(issued.Fingerprint, row.Texts["fingerprint"]);
    }

    [Fact]
    public async Task The_page_of_a_device_hears_that_its_form_is_another_now()
    {
        await using var site = await TestSite.StartAsync();
        var device = site.Box.ProtectPlc();
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px");
        await using var live = await LiveStream.OpenAsync(browser);
        await live.UntilAsync(row => row.Id == "device-state");
        Assert.False(live.Stale);
        site.Box.Break(device);
        var state = await live.UntilAsync(row => row.Id == "device-state" && row.Texts["word"] == "Changed");
        Assert.Equal("state state-refused", state.Class);
        await live.UntilEventAsync("stale");
    }

    [Fact]
    public async Task The_log_hears_only_what_its_filter_takes_and_nothing_twice()
    {
        await using var site = await TestSite.StartAsync();
        var device = site.Box.ProtectPlc();
        site.Box.RefuseWrite(device);
        using var browser = site.SignedIn();
        await browser.OpenAsync("/log?severity=notice");
        await using var live = await LiveStream.OpenAsync(browser);
        await live.UntilEventAsync("beat");
        site.Box.Record("signed-in", "info", "somebody", null, ("name", "somebody"));
        site.Box.RefuseWrite(device, "newest");
        var row = await live.UntilAsync(row => row.List == "log");
        Assert.Contains("newest tried to write", row.Texts["sentence"], StringComparison.Ordinal);
        Assert.Equal("/log?device=k7m3px&severity=notice", row.Links["device"]);
    }

    [Fact]
    public async Task A_beat_says_that_the_stream_lives()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.SignedIn();
        await browser.OpenAsync("/");
        await using var live = await LiveStream.OpenAsync(browser);
        Assert.Matches(new Regex("^[0-9]{2}:[0-9]{2}:[0-9]{2}$"), await live.UntilEventAsync("beat"));
    }

    [Fact]
    public async Task When_the_session_has_ended_the_page_is_told_to_leave()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.SignedIn();
        await browser.OpenAsync("/");
        site.Box.Sessions.Clear();
        await using var live = await LiveStream.OpenAsync(browser);
        await live.UntilEventAsync("leave");
    }

    [Fact]
    public async Task When_the_service_dies_the_stream_ends_and_comes_back_with_all_that_happened()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.SignedIn();
        await browser.OpenAsync("/");
        await using (var live = await LiveStream.OpenAsync(browser))
        {
            await live.UntilEventAsync("beat");
            await site.Service.StopAsync();
            await live.UntilEndAsync();
        }
        using var refused = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/live?view=box"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        site.Box.PlugPlc(5);
        await site.Service.StartAsync();
        await using var again = await LiveStream.OpenAsync(browser);
        await again.UntilAsync(row => row.Id == "socket-5" && row.Texts["state"] == "New");
    }

    [Fact]
    public void Streams_are_bounded_and_a_closed_one_makes_room()
    {
        var streams = new Gateway.WebUi.Live.LiveStreams();
        for (var i = 0; i < WebLimits.LiveStreams; i++)
            Assert.True(streams.TryEnter());
        Assert.False(streams.TryEnter());
        streams.Leave();
        Assert.True(streams.TryEnter());
    }

    /// <summary>Reads the stream of the page that is open in the browser, as live.js does.</summary>
    private sealed class LiveStream : IAsyncDisposable
    {
        private readonly HttpResponseMessage _answer;
        private readonly IAsyncEnumerator<SseItem<string>> _items;
        private readonly Queue<LiveRow> _rows = [];
        private readonly CancellationTokenSource _limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        private LiveStream(HttpResponseMessage answer, Stream stream)
        {
            _limit.CancelAfter(TimeSpan.FromSeconds(30));
            _answer = answer;
            _items = SseParser.Create(stream).EnumerateAsync(_limit.Token).GetAsyncEnumerator();
        }

        public bool Stale { get; private set; }

        public static async Task<LiveStream> OpenAsync(Browser browser)
        {
            var path = browser.Page.GetElementById("live")!.GetAttribute("data-live")!;
            var answer = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, path));
            Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
            return new LiveStream(answer, await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        }

        public async Task<LiveRow> UntilAsync(Func<LiveRow, bool> found)
        {
            while (true)
            {
                while (_rows.TryDequeue(out var row))
                {
                    if (found(row))
                        return row;
                }
                await NextAsync();
            }
        }

        public async Task<List<LiveRow>> SomeAsync(int count)
        {
            while (_rows.Count < count)
                await NextAsync();
            return [.. _rows];
        }

        public async Task<string> UntilEventAsync(string type)
        {
            var item = await NextAsync();
            while (item.EventType != type)
                item = await NextAsync();
            return item.Data;
        }

        public async Task UntilEndAsync()
        {
            try
            {
                while (await _items.MoveNextAsync())
                {
                }
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                // A stream that breaks has ended, too.
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _items.DisposeAsync();
            _answer.Dispose();
            _limit.Dispose();
        }

        private async Task<SseItem<string>> NextAsync()
        {
            Assert.True(await _items.MoveNextAsync(), "the stream ended");
            var item = _items.Current;
            Stale |= item.EventType == "stale";
            if (item.EventType == "set")
                JsonSerializer.Deserialize<List<LiveRow>>(item.Data, Json)!.ForEach(_rows.Enqueue);
            return item;
        }
    }
}
