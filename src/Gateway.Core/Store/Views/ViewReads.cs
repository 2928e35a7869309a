using System.Text.Json;

namespace Gateway.Core.Store.Views;

internal sealed class LogView(ViewStore store) : ILogView
{
    public LogSlice Query(LogQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.PageSize is < 1 or > LogQuery.MaxPageSize)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"the page size is {query.PageSize}; it must be 1 to {LogQuery.MaxPageSize}"), nameof(query));
        }
        return store.Read(file => file.Log.Query(query, store.LogFloor));
    }
}

internal sealed class DocumentView<T>(ViewStore store, DocumentSet<T> set) : IDocumentView<T>
    where T : class
{
    public T? Get(string key) =>
        store.Read(file => file.Documents(set.Name).Get(key) is { } json ? JsonSerializer.Deserialize(json, set.Type) : null);

    public IReadOnlyDictionary<string, T> OfDevice(string deviceId) => store.Read(file => new SortedDictionary<string, T>(
        file.Documents(set.Name).OfDevice(deviceId).ToDictionary(pair => pair.Key, pair => JsonSerializer.Deserialize(pair.Value, set.Type)!),
        StringComparer.Ordinal));
}

internal sealed class CounterView(ViewStore store, CounterSet set) : ICounterView
{
    public Counter? Get(string key) => store.Read(file => file.Counters(set.Name).Get(key));

    public IReadOnlyDictionary<string, Counter> All() => store.Read(file => file.Counters(set.Name).All());
}
