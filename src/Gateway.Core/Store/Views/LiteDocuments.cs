using LiteDB;

namespace Gateway.Core.Store.Views;

/// <summary>One set of documents in LiteDB, each kept as JSON text.</summary>
internal sealed class LiteDocuments
{
    private readonly ILiteCollection<BsonDocument> _documents;
    private int _count;

    public LiteDocuments(LiteDatabase database, string set)
    {
        _documents = database.GetCollection("set_" + set);
        _documents.EnsureIndex("d", "$.d");
        _count = _documents.Count();
    }

    /// <summary>Documents refused because the set was full.</summary>
    public long Refused { get; private set; }

    public void Put(PutDocument put)
    {
        if (_count >= ViewLimits.MaxDocuments && _documents.FindById(put.Key) is null)
            Refused++;
        else if (_documents.Upsert(new BsonDocument { ["_id"] = put.Key, ["d"] = put.DeviceId, ["j"] = put.Json }))
            _count++;
    }

    public void Remove(string key)
    {
        if (_documents.Delete(key))
            _count--;
    }

    public string? Get(string key) => _documents.FindById(key)?["j"].AsString;

    /// <summary>Key and JSON of a device's documents, by key.</summary>
    public List<KeyValuePair<string, string>> OfDevice(string deviceId) =>
    [
        .. _documents.Find(BsonExpression.Create("$.d = @0", deviceId), 0, ViewLimits.MaxDocumentsRead)
            .Select(found => KeyValuePair.Create(found["_id"].AsString, found["j"].AsString))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal),
    ];
}
