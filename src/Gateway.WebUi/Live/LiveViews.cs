using System.Globalization;
using System.Text.Json;
using Gateway.Core.Api;
using Gateway.WebUi.Api;
using Gateway.WebUi.Rows;

namespace Gateway.WebUi.Live;

/// <param name="Rows">Rows to set.</param>
/// <param name="Stale">Whether the page must be made again.</param>
internal sealed record LiveChange(IReadOnlyList<LiveRow> Rows, bool Stale = false)
{
    public static readonly LiveChange None = new([]);
}

/// <summary>What one kind of page shows of the service's events.</summary>
internal abstract class LiveView
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Topics of the service's stream.</summary>
    public abstract string Topics { get; }

    /// <summary>Everything that the page shows, as it is now.</summary>
    public abstract Task<LiveChange> SnapshotAsync();

    /// <summary>What an event of the service changes.</summary>
    public abstract Task<LiveChange> ChangesAsync(string type, string data);

    protected static T Read<T>(string data) => JsonSerializer.Deserialize<T>(data, Json) ?? throw new JsonException("the event is null");
}

/// <summary>Finds the view that a page asks for.</summary>
internal sealed class LiveViews(GatewayApi api, BoxRows box, DeviceRows devices, DetailRows detail, LogRows log)
{
    /// <param name="query">Query of <c>/live</c>, as the page wrote it.</param>
    /// <returns>Null when there is no such view.</returns>
    public LiveView? Find(IQueryCollection query) => query["view"].ToString() switch
    {
        "box" => new BoxLiveView(api, box),
        "devices" => new DevicesLiveView(api, devices, box, Number(query, "seq")),
        "device" => new DeviceLiveView(api, detail, log, box, query["id"].ToString(), query["shape"].ToString()),
        "log" => new LogLiveView(api, log, box, Filter(query), Number(query, "seq")),
        _ => null,
    };

    private static LogFilter Filter(IQueryCollection query) =>
        new(Text(query, "device"), Text(query, "kind"), Text(query, "actor"), Text(query, "severity"));

    private static long Number(IQueryCollection query, string name) =>
        long.TryParse(query[name].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string? Text(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;
}

/// <summary>The head is on every page; on the Box page, all the rest of it too.</summary>
internal sealed class BoxLiveView(GatewayApi api, BoxRows rows) : LiveView
{
    public override string Topics => "box";

    public override async Task<LiveChange> SnapshotAsync() => new([.. rows.All(await api.BoxAsync())]);

    public override Task<LiveChange> ChangesAsync(string type, string data) =>
        Task.FromResult(type == "box" ? new LiveChange([.. rows.All(Read<BoxView>(data))]) : LiveChange.None);
}

internal sealed class DevicesLiveView(GatewayApi api, DeviceRows rows, BoxRows head, long made) : LiveView
{
    public override string Topics => "devices,box";

    public override async Task<LiveChange> SnapshotAsync()
    {
        var box = await api.BoxAsync();
        if (box.Sequence == made)
            return LiveChange.None;
        return new LiveChange([head.Head(box), rows.Count(box.DevicesTotal), .. (await api.DevicesAsync(retired: false)).Select(rows.Row)]);
    }

    public override Task<LiveChange> ChangesAsync(string type, string data) => Task.FromResult(type switch
    {
        "device" => new LiveChange([rows.Row(Read<DeviceView>(data))]),
        "box" => BoxChanged(Read<BoxView>(data)),
        _ => LiveChange.None,
    });

    private LiveChange BoxChanged(BoxView box) => new([head.Head(box), rows.Count(box.DevicesTotal)]);
}

internal sealed class DeviceLiveView(GatewayApi api, DetailRows rows, LogRows log, BoxRows head, string id, string shape) : LiveView
{
    public override string Topics => "devices,box,log";

    public override async Task<LiveChange> SnapshotAsync()
    {
        var detail = await api.DeviceAsync(id);
        return new LiveChange([.. rows.All(detail)], Stale: DetailRows.Shape(detail) != shape);
    }

    public override async Task<LiveChange> ChangesAsync(string type, string data)
    {
        switch (type)
        {
            case "device":
                return Read<DeviceView>(data).Id == id ? await SnapshotAsync() : LiveChange.None;
            case "box":
                return new LiveChange([head.Head(Read<BoxView>(data))]);
            default:
                var entry = Read<LogEntryView>(data);
                if (entry.Kind != type || entry.DeviceId != id)
                    return LiveChange.None;
                return LogRows.IsRefusal(entry) ? new LiveChange([log.Row(entry, LogFilter.None)]) : await SnapshotAsync();
        }
    }
}

internal sealed class LogLiveView(GatewayApi api, LogRows rows, BoxRows head, LogFilter filter, long newest) : LiveView
{
    public override string Topics => "log,box";

    public override async Task<LiveChange> SnapshotAsync()
    {
        // Oldest first: each goes on top of the one before.
        var page = await api.LogAsync(filter, null, WebLimits.LogRows);
        return new LiveChange([.. page.Entries.Where(entry => entry.Sequence > newest).Reverse().Select(entry => rows.Row(entry, filter))]);
    }

    public override Task<LiveChange> ChangesAsync(string type, string data)
    {
        if (type == "box")
            return Task.FromResult(new LiveChange([head.Head(Read<BoxView>(data))]));
        var entry = Read<LogEntryView>(data);
        return Task.FromResult(entry.Kind == type && filter.Takes(entry) ? new LiveChange([rows.Row(entry, filter)]) : LiveChange.None);
    }
}
