using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Gateway.Core.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gateway.WebUi.Tests.Fakes;

/// <summary>Log and events of the fake service.</summary>
internal static class FakeEventRoutes
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static void Map(WebApplication app, FakeBox box)
    {
        app.MapGet("/api/v1/log", (string? cursor, string? device, string? kind, string? actor, string? severity, int? limit) =>
            Page(box, cursor, limit ?? 100, e => (device is null || e.DeviceId == device) && (kind is null || e.Kind == kind)
                && (actor is null || e.Actor == actor) && (severity is null || e.Severity == severity)));
        app.MapGet("/api/v1/events", (string? topics, CancellationToken cancel) =>
            TypedResults.ServerSentEvents(StreamAsync(box, (topics ?? "box,devices,log").Split(','), cancel)));
    }

    private static LogPage Page(FakeBox box, string? cursor, int limit, Func<LogEntryView, bool> takes)
    {
        lock (box.Gate)
        {
            var before = cursor is null ? long.MaxValue : long.Parse(cursor, CultureInfo.InvariantCulture);
            var found = box.Log.Where(e => e.Sequence < before && takes(e)).Reverse().Take(limit + 1).ToList();
            return new LogPage([.. found.Take(limit)], found.Count > limit ? $"{found[limit - 1].Sequence}" : null);
        }
    }

    private static async IAsyncEnumerable<SseItem<string>> StreamAsync(
        FakeBox box, string[] topics, [EnumeratorCancellation] CancellationToken cancel)
    {
        var events = box.Listen(cancel);
        yield return new SseItem<string>("{}", "hello");
        await foreach (var (type, id, data) in events.ReadAllAsync(CancellationToken.None))
        {
            var topic = type switch { "box" => "box", "device" => "devices", _ => "log" };
            if (topics.Contains(topic))
                yield return new SseItem<string>(JsonSerializer.Serialize(data, data.GetType(), Json), type) { EventId = $"{id}" };
        }
    }
}
