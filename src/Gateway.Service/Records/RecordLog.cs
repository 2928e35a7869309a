using System.Text.Json;
using Gateway.Core.Api;
using Gateway.Core.Store;
using Gateway.Core.Store.Views;

namespace Gateway.Service.Records;

/// <summary>The log: appends lines to the records journal and tells them on. A line that cannot be stored (disk full beyond the reserve)
/// is told on and counted, and never stops what it speaks of.</summary>
internal sealed partial class RecordLog(Journal journal, ViewStore view, TimeProvider time, ILogger<RecordLog> logger)
{
    private static readonly Dictionary<string, string> NoValues = [];

    private readonly Lock _telling = new();
    private readonly SortedDictionary<long, LogEntryView> _untold = [];
    private long _told = journal.Head.Sequence;
    private long _lost;
    private long _lostTold;

    /// <summary>Raised with each stored line, in order of storage.</summary>
    public event Action<LogEntryView>? Added;

    /// <summary>Lines that could not be stored since start.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    public Journal Journal => journal;

    /// <summary>Whether lines get stored.</summary>
    public Hosting.Pulse Pulse { get; } = new(TimeProvider.System);

    /// <summary>Adds a line; returns at once, storing goes on behind.</summary>
    public void Add(
        string kind, string severity, string actor, string? deviceId = null, string deviceName = "",
        IReadOnlyDictionary<string, string>? values = null, DateTimeOffset? at = null)
    {
        var record = new LogRecord(at ?? time.GetUtcNow(), kind, severity, actor, deviceId, deviceName, values ?? NoValues);
        _ = StoreAsync(record);
    }

    /// <summary>Says how many lines could not be stored since it was last said; nothing when there are none.</summary>
    public void TellLost()
    {
        var lost = Lost;
        var count = lost - Interlocked.Exchange(ref _lostTold, lost);
        if (count > 0)
            Add(LogKinds.RecordsSuppressed, LogSeverities.Alarm, LogActors.Gateway,
                values: new Dictionary<string, string> { ["count"] = count.ToString(System.Globalization.CultureInfo.InvariantCulture), ["reason"] = "journal-full" });
    }

    /// <summary>Lines, newest first.</summary>
    /// <exception cref="ViewUnavailableException">The view is being made again.</exception>
    public LogPage Query(LogQuery query)
    {
        var slice = view.Log.Query(query);
        return new LogPage(
            [.. slice.Entries.Select(e => new LogEntryView(e.Sequence, e.At, e.Kind, e.Severity, e.Actor, e.DeviceId, e.DeviceName, e.Values))],
            slice.Next?.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Done when all lines added before can be queried.</summary>
    public Task CatchUpAsync() => view.CatchUpAsync();

    /// <summary>How the view reads a record.</summary>
    public static void Project(JournalRecord record, IViewBatch batch)
    {
        var line = JsonSerializer.Deserialize(record.Payload.Span, LogJson.Default.LogRecord) ?? throw new InvalidDataException("the line is null");
        batch.Add(new LogEntry(record.Sequence, line.At, line.Kind, line.Severity, line.Actor, line.DeviceId, line.DeviceName, line.Values));
    }

    private async Task StoreAsync(LogRecord record)
    {
        try
        {
            using var busy = Pulse.Enter();
            var sequence = await journal.AppendAsync(JsonSerializer.SerializeToUtf8Bytes(record, LogJson.Default.LogRecord), AppendUse.Audit).ConfigureAwait(false);
            Tell(new LogEntryView(sequence, record.At, record.Kind, record.Severity, record.Actor, record.DeviceId, record.DeviceName, record.Values));
        }
        catch (Exception e) when (e is JournalException or ObjectDisposedException)
        {
            if (Interlocked.Increment(ref _lost) == 1)
                LogLost(e);
        }
    }

    /// <summary>Tells in order of storage, whichever append was heard of first: who asks for what came after a line must not miss one
    /// before it.</summary>
    private void Tell(LogEntryView line)
    {
        lock (_telling)
        {
            _untold.Add(line.Sequence, line);
            while (_untold.Remove(_told + 1, out var next))
            {
                _told++;
                Added?.Invoke(next);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the log cannot be stored; lines are counted from here on")]
    private partial void LogLost(Exception e);
}
