using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Gateway.WebUi.Api;
using Gateway.WebUi.Wording;

namespace Gateway.WebUi.Live;

/// <summary>The event stream of a page: takes the service's events and sends what changes on this page, in the reader's language.
/// Events to the browser: <c>set</c> (rows as JSON), <c>beat</c> (time of day, says that it is alive), <c>stale</c> (the page must be made
/// again), <c>leave</c> (the session has ended).</summary>
internal sealed partial class LiveEndpoint(
    LiveStreams streams, LiveViews views, GatewayApi api, Clock clock, TimeProvider time, IHostApplicationLifetime life,
    ILogger<LiveEndpoint> log)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    // Browsers drop events without data (HTML standard, section 9.2.6).
    private const string NoData = "-";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/live", (HttpContext http, LiveEndpoint live) => live.OpenAsync(http));

    private async Task<IResult> OpenAsync(HttpContext http)
    {
        if (views.Find(http.Request.Query) is not { } view)
            return TypedResults.BadRequest();
        if (!streams.TryEnter())
            return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
        http.Response.OnCompleted(() =>
        {
            streams.Leave();
            return Task.CompletedTask;
        });
        try
        {
            var upstream = await api.EventsAsync(view.Topics, http.RequestAborted);
            http.Response.RegisterForDispose(upstream);
            return TypedResults.ServerSentEvents(StreamAsync(view, upstream, http.RequestAborted));
        }
        catch (ServiceRefusedException e) when (e.Status == HttpStatusCode.Unauthorized)
        {
            return TypedResults.ServerSentEvents(new[] { new SseItem<string>(NoData, "leave") }.ToAsyncEnumerable());
        }
        catch (Exception e) when (e is ServiceAwayException or ServiceRefusedException)
        {
            return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }
    }

    private async IAsyncEnumerable<SseItem<string>> StreamAsync(
        LiveView view, HttpResponseMessage upstream, [EnumeratorCancellation] CancellationToken cancel)
    {
        var queue = Channel.CreateBounded<SseItem<string>>(WebLimits.LiveQueue);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel, life.ApplicationStopping);
        var pumps = Task.WhenAll(BeatAsync(queue.Writer, ended.Token), PumpAsync(view, upstream, queue.Writer, ended.Token));
        try
        {
            await foreach (var item in queue.Reader.ReadAllAsync(cancel))
                yield return item;
        }
        finally
        {
            await ended.CancelAsync();
            await pumps.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task BeatAsync(ChannelWriter<SseItem<string>> writer, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(WebLimits.LiveBeat, time);
        do
        {
            await writer.WriteAsync(new SseItem<string>(clock.Seconds(clock.Now), "beat"), cancel);
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    private async Task PumpAsync(
        LiveView view, HttpResponseMessage upstream, ChannelWriter<SseItem<string>> writer, CancellationToken cancel)
    {
        try
        {
            // First all of it: between the page and this stream something may have changed.
            await WriteAsync(writer, await view.SnapshotAsync(), cancel);
            await using var stream = new WatchedStream(await upstream.Content.ReadAsStreamAsync(cancel), WebLimits.LiveSilence);
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancel))
                await WriteAsync(writer, await view.ChangesAsync(item.EventType, item.Data), cancel);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The stream ends; the browser says so and opens the next one.
            LogEnded(e.Message);
        }
        finally
        {
            writer.TryComplete();
        }
    }

    private static async Task WriteAsync(ChannelWriter<SseItem<string>> writer, LiveChange change, CancellationToken cancel)
    {
        if (change.Rows.Count > 0)
            await writer.WriteAsync(new SseItem<string>(JsonSerializer.Serialize(change.Rows, Json), "set"), cancel);
        if (change.Stale)
            await writer.WriteAsync(new SseItem<string>(NoData, "stale"), cancel);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "an event stream of the service ended: {Reason}")]
    private partial void LogEnded(string reason);
}

/// <summary>Counts the open streams against their limit.</summary>
internal sealed class LiveStreams
{
    private int _open;

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _open) <= WebLimits.LiveStreams)
            return true;
        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _open);
}
