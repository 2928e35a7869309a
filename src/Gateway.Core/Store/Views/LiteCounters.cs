using LiteDB;

namespace Gateway.Core.Store.Views;

/// <summary>One set of counters in LiteDB.</summary>
internal sealed class LiteCounters
{
    private readonly ILiteCollection<BsonDocument> _counters;
    private int _count;

    public LiteCounters(LiteDatabase database, string set)
    {
        _counters = database.GetCollection("count_" + set);
        _count = _counters.Count();
    }

    /// <summary>Counts refused because the set was full.</summary>
    public long Refused { get; private set; }

    public void Add(AddCount add)
    {
        var known = Get(add.Key);
        if (known is null && _count >= ViewLimits.MaxDocuments)
        {
            Refused++;
            return;
        }
        var last = known is null || add.At > known.LastAt ? add.At : known.LastAt;
        var isNew = _counters.Upsert(new BsonDocument
        {
            ["_id"] = add.Key,
            ["n"] = (known?.Count ?? 0) + add.Times,
            ["t"] = last.UtcTicks,
        });
        _count += isNew ? 1 : 0;
    }

    public Counter? Get(string key) => _counters.FindById(key) is { } found ? Read(found) : null;

    public SortedDictionary<string, Counter> All() => new(
        _counters.FindAll().ToDictionary(found => found["_id"].AsString, Read), StringComparer.Ordinal);

    private static Counter Read(BsonDocument found) => new(found["n"].AsInt64, new DateTimeOffset(found["t"].AsInt64, TimeSpan.Zero));
}
