using System.Text.Json.Serialization.Metadata;

namespace Gateway.Core.Store.Views;

/// <summary>A set of documents of one type, each with a key and the device it belongs to.</summary>
/// <param name="Name">Name of the set, 1 to 32 letters; unique in a view.</param>
/// <param name="Type">How a document is written as JSON.</param>
public sealed record DocumentSet<T>(string Name, JsonTypeInfo<T> Type) : IViewSet
    where T : class;

/// <summary>A set of counters by key, such as the last use of each grant.</summary>
/// <param name="Name">Name of the set, 1 to 32 letters; unique in a view.</param>
public sealed record CounterSet(string Name) : IViewSet;

/// <summary>Something a view holds beside the log.</summary>
public interface IViewSet
{
    string Name { get; }
}

/// <param name="Count">How often.</param>
/// <param name="LastAt">When last.</param>
public sealed record Counter(long Count, DateTimeOffset LastAt);

/// <summary>Collects changes to a view. They take effect together, later, on the view's own thread.</summary>
public interface IViewBatch
{
    /// <summary>Adds a line to the log, or replaces the one of the same sequence. Texts beyond <see cref="ViewLimits"/> are cut, and counted.</summary>
    void Add(LogEntry entry);

    /// <summary>Stores a document, in place of the one with that key.</summary>
    /// <exception cref="ArgumentException">Key, device or document are longer than <see cref="ViewLimits"/> allows.</exception>
    void Put<T>(DocumentSet<T> set, string key, string deviceId, T document)
        where T : class;

    void Remove<T>(DocumentSet<T> set, string key)
        where T : class;

    /// <summary>Counts <paramref name="times"/> more, last at <paramref name="at"/> unless a later time is known.</summary>
    void Count(CounterSet set, string key, DateTimeOffset at, long times = 1);
}

/// <summary>The log, newest first. Any thread.</summary>
public interface ILogView
{
    /// <exception cref="ArgumentException">The page size is out of range.</exception>
    /// <exception cref="ViewUnavailableException">The view is being made again.</exception>
    LogSlice Query(LogQuery query);
}

/// <summary>Documents of one set. Any thread.</summary>
public interface IDocumentView<T>
    where T : class
{
    /// <summary>The document with that key; null when there is none.</summary>
    /// <exception cref="ViewUnavailableException">The view is being made again.</exception>
    T? Get(string key);

    /// <summary>Documents of a device, by key, at most <see cref="ViewLimits.MaxDocumentsRead"/>.</summary>
    /// <exception cref="ViewUnavailableException">The view is being made again.</exception>
    IReadOnlyDictionary<string, T> OfDevice(string deviceId);
}

/// <summary>Counters of one set. Any thread.</summary>
public interface ICounterView
{
    /// <exception cref="ViewUnavailableException">The view is being made again.</exception>
    Counter? Get(string key);

    /// <summary>All of them, by key.</summary>
    /// <exception cref="ViewUnavailableException">The view is being made again.</exception>
    IReadOnlyDictionary<string, Counter> All();
}

/// <summary>The view cannot be read now. What it shows is safe in the journal; ask again in a moment.</summary>
public sealed class ViewUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
