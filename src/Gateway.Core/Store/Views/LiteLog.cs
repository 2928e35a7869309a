using LiteDB;

namespace Gateway.Core.Store.Views;

/// <summary>The log in LiteDB. Beside the sequence, each field that people filter by has an index of field and sequence together, so that a
/// page of a rare device is found without walking over everyone else's lines, already in order. Such a key is a number, a few bits of a hash of
/// the text above the sequence: numbers cost a third of what texts cost, and a line of a text with the same bits is left out when read.</summary>
internal sealed class LiteLog
{
    private const string Device = "xd";
    private const string Actor = "xa";
    private const string Kind = "xk";
    private const string Severity = "xs";

    // 2^40 records are 34 years at 1,000 a second.
    private const int SequenceBits = 40;
    private const long MaxSequence = (1L << SequenceBits) - 1;

    private readonly ILiteCollection<BsonDocument> _lines;
    private long _trimmedTo;
    private long _newest;

    public LiteLog(LiteDatabase database)
    {
        _lines = database.GetCollection("log");
        foreach (var index in new[] { Device, Actor, Kind, Severity })
            _lines.EnsureIndex(index, "$." + index);
        _newest = _lines.Query().OrderByDescending("$._id").FirstOrDefault() is { } newest ? newest["_id"].AsInt64 : 0;
    }

    public void Add(LogEntry entry)
    {
        var line = new BsonDocument
        {
            ["_id"] = entry.Sequence,
            ["t"] = entry.At.UtcTicks,
            ["k"] = entry.Kind,
            ["s"] = entry.Severity,
            ["a"] = entry.Actor,
            ["d"] = entry.DeviceId,
            ["n"] = entry.DeviceName,
            // Names and texts in turn: field names of LiteDB ignore case.
            ["v"] = new BsonArray(entry.Values.SelectMany(value => new BsonValue[] { value.Key, value.Value })),
            [Kind] = Key(entry.Kind, entry.Sequence),
            [Severity] = Key(entry.Severity, entry.Sequence),
            [Actor] = Key(entry.Actor, entry.Sequence),
        };
        if (entry.DeviceId is { } device)
            line[Device] = Key(device, entry.Sequence);
        if (entry.Sequence <= _newest)
        {
            _lines.Upsert(line);
            return;
        }
        _lines.Insert(line);
        _newest = entry.Sequence;
    }

    /// <summary>Whether lines below may be there.</summary>
    public bool MayTrim(long below) => below > _trimmedTo;

    /// <summary>Removes up to <paramref name="most"/> lines below a sequence; false when none is left.</summary>
    public bool Trim(long below, int most)
    {
        var lines = _lines.Query().Where("$._id < @0", below).OrderBy("$._id").Limit(most).ToList();
        foreach (var line in lines)
            _lines.Delete(line["_id"]);
        if (lines.Count < most)
            _trimmedTo = below;
        return lines.Count == most;
    }

    /// <param name="query">What to look for.</param>
    /// <param name="floor">Lines below it do not exist for the reader.</param>
    public LogSlice Query(LogQuery query, long floor)
    {
        var entries = new List<LogEntry>();
        var scanned = 0;
        foreach (var line in _lines.Find(Plan(query, floor)))
        {
            scanned++;
            var entry = Read(line);
            if (Matches(entry, query))
                entries.Add(entry);
            if (entries.Count == query.PageSize || scanned == ViewLimits.MaxEntriesScanned)
                return new LogSlice(entries, entry.Sequence > floor ? entry.Sequence : null);
        }
        return new LogSlice(entries, null);
    }

    /// <summary>Walks the index that leaves the fewest lines, newest first. Values are parameters: LiteDB keeps every text of an expression
    /// for ever.</summary>
    private static Query Plan(LogQuery query, long floor)
    {
        var last = Math.Min(query.Before ?? long.MaxValue, MaxSequence) - 1;
        var (index, text) = query switch
        {
            { DeviceId: { } device } => (Device, device),
            { Actor: { } actor } => (Actor, actor),
            { Kind: { } kind } => (Kind, kind),
            { Severity: { } severity } => (Severity, severity),
            _ => ("_id", null),
        };
        var plan = new Query { OrderBy = "$." + index, Order = LiteDB.Query.Descending };
        var (lowest, highest) = text is null ? (floor, last) : (Key(text, floor), Key(text, Math.Max(0, last)));
        plan.Where.Add(BsonExpression.Create($"$.{index} BETWEEN @0 AND @1", lowest, highest));
        return plan;
    }

    private static bool Matches(LogEntry entry, LogQuery query) =>
        (query.Kind is null || entry.Kind == query.Kind)
        && (query.Severity is null || entry.Severity == query.Severity)
        && (query.Actor is null || entry.Actor == query.Actor)
        && (query.DeviceId is null || entry.DeviceId == query.DeviceId)
        && (query.Value is not { } value || (entry.Values.TryGetValue(value.Key, out var text) && text == value.Value));

    private static LogEntry Read(BsonDocument line)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var pairs = line["v"].AsArray;
        for (var index = 0; index + 1 < pairs.Count; index += 2)
            values[pairs[index].AsString] = pairs[index + 1].AsString;
        return new LogEntry(
            line["_id"].AsInt64, new DateTimeOffset(line["t"].AsInt64, TimeSpan.Zero), line["k"].AsString, line["s"].AsString,
            line["a"].AsString, line["d"].IsNull ? null : line["d"].AsString, line["n"].AsString, values);
    }

    private static long Key(string text, long sequence)
    {
        // FNV-1a: the same in every process, unlike string.GetHashCode.
        var hash = 2166136261u;
        foreach (var character in text)
            hash = (hash ^ character) * 16777619u;
        return ((long)(hash ^ (hash >> 16)) & 0x3F_FFFF) << SequenceBits | sequence & MaxSequence;
    }
}
