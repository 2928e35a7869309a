using System.Text;
using System.Text.Json;

namespace Gateway.Core.Store.Views;

/// <summary>Checks and writes down changes. The file is not touched here, so that an error of a projection is not taken for a broken file.</summary>
internal sealed class ViewBatch : IViewBatch
{
    private readonly List<ViewChange> _changes = [];

    public IReadOnlyList<ViewChange> Changes => _changes;

    public long CutTexts { get; private set; }

    public void Add(LogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        _changes.Add(new AddEntry(entry with
        {
            At = entry.At.ToUniversalTime(),
            Kind = Cut(entry.Kind, ViewLimits.MaxKeyLength),
            Severity = Cut(entry.Severity, ViewLimits.MaxKeyLength),
            Actor = Cut(entry.Actor, ViewLimits.MaxKeyLength),
            DeviceId = entry.DeviceId is { } device ? Cut(device, ViewLimits.MaxKeyLength) : null,
            DeviceName = Cut(entry.DeviceName, ViewLimits.MaxTextLength),
            Values = Cut(entry.Values),
        }));
    }

    public void Put<T>(DocumentSet<T> set, string key, string deviceId, T document)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(set);
        CheckKey(key, nameof(key));
        CheckKey(deviceId, nameof(deviceId));
        var json = JsonSerializer.Serialize(document, set.Type);
        if (Encoding.UTF8.GetByteCount(json) > ViewLimits.MaxDocumentBytes)
        {
            throw new ArgumentException(
                $"document {key} of {set.Name} is longer than {ViewLimits.MaxDocumentBytes} bytes", nameof(document));
        }
        _changes.Add(new PutDocument(set.Name, key, deviceId, json));
    }

    public void Remove<T>(DocumentSet<T> set, string key)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(set);
        CheckKey(key, nameof(key));
        _changes.Add(new RemoveDocument(set.Name, key));
    }

    public void Count(CounterSet set, string key, DateTimeOffset at, long times = 1)
    {
        ArgumentNullException.ThrowIfNull(set);
        CheckKey(key, nameof(key));
        _changes.Add(new AddCount(set.Name, key, at, times));
    }

    /// <summary>Runs a projection; when it throws, none of its changes stay.</summary>
    public bool TryProject(Action<IViewBatch> project)
    {
        var count = _changes.Count;
        try
        {
            project(this);
            return true;
        }
        catch (Exception)
        {
            _changes.RemoveRange(count, _changes.Count - count);
            return false;
        }
    }

    private static void CheckKey(string key, string name)
    {
        if (key is not { Length: > 0 and <= ViewLimits.MaxKeyLength })
            throw new ArgumentException($"{name} is \"{key}\"; it must have 1 to {ViewLimits.MaxKeyLength} characters", name);
    }

    private SortedDictionary<string, string> Cut(IReadOnlyDictionary<string, string> values)
    {
        var cut = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in values.OrderBy(pair => pair.Key, StringComparer.Ordinal).Take(ViewLimits.MaxValues))
            cut[Cut(name, ViewLimits.MaxKeyLength)] = Cut(text, ViewLimits.MaxTextLength);
        CutTexts += Math.Max(0, values.Count - ViewLimits.MaxValues);
        return cut;
    }

    private string Cut(string text, int most)
    {
        if (text.Length <= most)
            return text;
        CutTexts++;
        return text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
    }
}
