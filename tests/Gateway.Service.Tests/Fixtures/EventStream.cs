using System.Net.ServerSentEvents;
using Gateway.Corridor.Tests.Fixtures;

namespace Gateway.Service.Tests.Fixtures;

/// <summary>An open event stream.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    private readonly HttpResponseMessage _answer;
    private readonly IAsyncEnumerator<SseItem<string>> _items;

    private EventStream(HttpResponseMessage answer, Stream stream)
    {
        _answer = answer;
        _items = SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
    }

    public static async Task<EventStream> OpenAsync(ApiCaller caller, string path, long? after)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/" + path);
        if (after is { } last)
            request.Headers.Add("Last-Event-ID", last.ToString(null, null));
        var answer = await caller.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        return new EventStream(answer, await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    public async Task<SseItem<string>> NextAsync()
    {
        Assert.True(await Eventually.AsTrueAsync(_items.MoveNextAsync().AsTask()), "the stream has ended");
        return _items.Current;
    }

    /// <summary>The next event of a kind; those before it are passed over.</summary>
    public async Task<SseItem<string>> NextAsync(Predicate<SseItem<string>> wanted)
    {
        while (true)
        {
            var item = await NextAsync();
            if (wanted(item))
                return item;
        }
    }

    /// <summary>Reads to the end of the stream, which must come.</summary>
    public async Task EndAsync()
    {
        while (await Eventually.AsTrueAsync(_items.MoveNextAsync().AsTask()))
        {
            // What was under way.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _answer.Dispose();
        try
        {
            await _items.DisposeAsync();
        }
        catch (NotSupportedException)
        {
            // A read is under way; it ended with the answer.
        }
    }
}
