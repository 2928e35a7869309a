using System.Globalization;
using System.Text;
using Gateway.Core.State;

namespace Gateway.Service.Api;

/// <summary>The event stream (server-sent events, HTML Living Standard, section 9.2).</summary>
internal static class EventEndpoints
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/events", StreamAsync)
            .WithName("StreamEvents").WithSummary("Log lines and changed states as server-sent events; ?topics=log,box,devices").WithTags("events")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream").Require(Role.Auditor);

    private static async Task<IResult> StreamAsync(HttpContext context, EventHub hub, string? topics)
    {
        var wanted = topics?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        long? after = long.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last : null;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        var cancel = context.RequestAborted;
        var events = hub.Subscribe(after, cancel);
        await context.Response.Body.FlushAsync(cancel).ConfigureAwait(false);
        while (!cancel.IsCancellationRequested)
        {
            if (await NextAsync(events, cancel).ConfigureAwait(false) is not { } told)
                await context.Response.WriteAsync(": still here\n\n", cancel).ConfigureAwait(false);
            else if (wanted is null || wanted.Contains(told.Topic))
                await context.Response.WriteAsync(Format(told), cancel).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(cancel).ConfigureAwait(false);
        }
        return Results.Empty;
    }

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
