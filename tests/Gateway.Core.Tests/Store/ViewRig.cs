using System.Text;
using System.Text.Json.Serialization;
using Gateway.Core.Store;
using Gateway.Core.Store.Views;

namespace Gateway.Core.Tests.Store;

public sealed record Sighting(string Attribute, string Value, int Confidence);

[JsonSerializable(typeof(Sighting))]
internal sealed partial class SightingJson : JsonSerializerContext;

/// <summary>A journal of log lines and a view that follows it, on a real disk.</summary>
internal sealed class ViewRig : IDisposable
{
    public static readonly DocumentSet<Sighting> Evidence = new("evidence", SightingJson.Default.Sighting);
    public static readonly CounterSet Uses = new("uses");

    private static readonly string[] Kinds = ["flow-refused", "operation-refused", "device-found", "sign-in"];
    private static readonly string[] Severities = ["info", "info", "notice", "alarm"];

    private readonly TempFolder _temp = new();

    public ViewRig(long? maxTotalBytes = null) => Journal = Gateway.Core.Store.Journal.Open(new JournalOptions
    {
        Name = "records",
        Folder = DiskFolder.Open(_temp.File("journal")),
        Key = JournalRig.Key,
        SegmentBytes = 16 * 1024,
        MaxPayloadBytes = 1024,
        MaxTotalBytes = maxTotalBytes,
        ReserveBytes = 0,
    });

    public Journal Journal { get; set; }

    public string Path => _temp.File("view.db");

    /// <summary>Name of another view in the same folder.</summary>
    public const string OtherName = "other.db";

    public string OtherPath => _temp.File(OtherName);

    public ViewOptions Options => new()
    {
        Folder = DiskFolder.Open(_temp.Path),
        Key = JournalRig.Key,
        FormatVersion = 1,
        Sources = [new ViewSource("records", Journal, Project, FeedsLog: true)],
        Sets = [Evidence, Uses],
        RoundPause = TimeSpan.Zero,
        RetryPause = TimeSpan.FromMilliseconds(50),
        BootId = () => "this boot",
    };

    public ViewStore Open(Func<ViewOptions, ViewOptions>? change = null) => ViewStore.Open(change is null ? Options : change(Options));

    /// <summary>Opens and waits until it is level.</summary>
    public async Task<ViewStore> OpenLevel(Func<ViewOptions, ViewOptions>? change = null)
    {
        var view = Open(change);
        await view.CatchUpAsync();
        return view;
    }

    /// <summary>Appends records whose projection is a pure function of their number.</summary>
    public async Task Append(int count)
    {
        var tasks = Enumerable.Range(0, count).Select(number => Journal.AppendAsync(Encoding.UTF8.GetBytes($"line {number}")).AsTask());
        foreach (var chunk in tasks.Chunk(1000))
            await Task.WhenAll(chunk);
    }

    public static LogEntry Entry(long sequence) => new(
        sequence,
        DateTimeOffset.UnixEpoch.AddSeconds(sequence),
        Kinds[sequence % 4],
        Severities[sequence / 3 % 4],
        $"spiffe://site/client/c{sequence % 7}",
        sequence % 5 == 0 ? null : $"dev{sequence % 11}",
        sequence % 5 == 0 ? "" : $"Device {sequence % 11}",
        new SortedDictionary<string, string>(StringComparer.Ordinal) { ["grant"] = $"g{sequence % 13}", ["Grant"] = "Größe " });

    /// <summary>What the view must hold for a record.</summary>
    public static void Project(JournalRecord record, IViewBatch batch)
    {
        var entry = Entry(record.Sequence);
        batch.Add(entry);
        batch.Count(Uses, entry.Values["grant"], entry.At);
        if (entry.DeviceId is { } device)
            batch.Put(Evidence, $"{device}/{entry.Kind}", device, new Sighting(entry.Kind, Encoding.UTF8.GetString(record.Payload.Span), 50));
        if (record.Sequence % 17 == 0)
            batch.Remove(Evidence, $"dev{record.Sequence % 11}/{entry.Kind}");
    }

    /// <summary>All lines, page by page.</summary>
    public static List<LogEntry> Lines(ViewStore view, LogQuery? query = null)
    {
        var lines = new List<LogEntry>();
        for (long? before = null; ;)
        {
            var slice = view.Log.Query((query ?? new LogQuery { PageSize = LogQuery.MaxPageSize }) with { Before = before });
            lines.AddRange(slice.Entries);
            if (slice.Next is null)
                return lines;
            before = slice.Next;
        }
    }

    /// <summary>Everything in the view, as text, to compare two of them.</summary>
    public static List<string> Dump(ViewStore view) =>
    [
        .. Lines(view).Select(Text),
        .. view.Counters(Uses).All().Select(pair => $"{pair.Key} {pair.Value}"),
        .. Enumerable.Range(0, 11).SelectMany(number => view.Documents(Evidence).OfDevice($"dev{number}")).Select(pair => $"{pair.Key} {pair.Value}"),
    ];

    public static string Text(LogEntry entry) =>
        $"{entry with { Values = new Dictionary<string, string>() }} {string.Join(';', entry.Values.Select(value => $"{value.Key}={value.Value}"))}";

    public void Dispose()
    {
        Journal.Dispose();
        _temp.Dispose();
    }
}
