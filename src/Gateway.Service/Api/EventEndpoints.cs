using System.Globalization;
using System.Text;
using Gateway.Core.State;
using Gateway.Service.Access;

namespace Gateway.Service.Api;

/// <summary>The event stream (server-sent events, HTML Living Standard, section 9.2).</summary>
internal static class EventEndpoints
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/events", StreamAsync)
            .WithName("StreamEvents").WithSummary("Log lines and changed states as server-sent events; ?topics=log,box,devices").WithTags("events")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream").MayFail(StatusCodes.Status503ServiceUnavailable).Require(Role.Auditor);

    private static async Task<IResult> StreamAsync(HttpContext context, EventHub hub, IHostApplicationLifetime lifetime, string? topics)
    {
        var wanted = topics?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        long? after = long.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last : null;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var cancel = over.Token;
        var (missed, events) = hub.Subscribe(after, cancel);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            await WriteAsync(context, missed, events, wanted, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The client went away, its session ended, or the service stops.
        }
        return Results.Empty;
    }

    private static async Task WriteAsync(
        HttpContext context, IReadOnlyList<ServerEvent> missed, System.Threading.Channels.ChannelReader<ServerEvent> events, HashSet<string>? wanted, CancellationToken cancel)
    {
        foreach (var told in missed.Where(e => wanted is null || wanted.Contains(e.Topic)))
            await context.Response.WriteAsync(Format(told), cancel).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(cancel).ConfigureAwait(false);
        while (!cancel.IsCancellationRequested && MayGoOn(context))
        {
            if (await NextAsync(events, cancel).ConfigureAwait(false) is not { } told)
                await context.Response.WriteAsync(": still here\n\n", cancel).ConfigureAwait(false);
            else if (wanted is null || wanted.Contains(told.Topic))
                await context.Response.WriteAsync(Format(told), cancel).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>A stream ends with the session it was opened under.</summary>
    private static bool MayGoOn(HttpContext context) =>
        context.Token() is not { } token || context.RequestServices.GetRequiredService<Sessions>().Find(token) is not null;

    /// <summary>The next event; null when a heartbeat is due.</summary>
    private static async Task<ServerEvent?> NextAsync(System.Threading.Channels.ChannelReader<ServerEvent> events, CancellationToken cancel)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        pause.CancelAfter(Heartbeat);
        try
        {
            return await events.ReadAsync(pause.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or System.Threading.Channels.ChannelClosedException)
        {
            cancel.ThrowIfCancellationRequested();
            return null;
        }
    }

    private static string Format(ServerEvent told)
    {
        var text = new StringBuilder();
        if (told.Id is { } id)
            text.Append(CultureInfo.InvariantCulture, $"id: {id}\n");
        return text.Append(CultureInfo.InvariantCulture, $"event: {told.Type}\ndata: {told.Json}\n\n").ToString();
    }
}
