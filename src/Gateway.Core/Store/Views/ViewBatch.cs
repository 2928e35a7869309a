using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gateway.Core.Store.Views;

/// <summary>Checks and writes down changes. The file is not touched here, so that an error of a projection is not taken for a broken file.</summary>
/// <param name="sets">Sets that the view has.</param>
internal sealed class ViewBatch(IReadOnlyList<IViewSet> sets) : IViewBatch
{
    private readonly List<ViewChange> _changes = [];

    public bool IsEmpty => _changes.Count == 0;

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
        CheckSet(sets, set);
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
        CheckSet(sets, set);
        CheckKey(key, nameof(key));
        _changes.Add(new RemoveDocument(set.Name, key));
    }

    public void Count(CounterSet set, string key, DateTimeOffset at, long times = 1)
    {
        CheckSet(sets, set);
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

    /// <summary>What remains to be stored: the last word on each document, the sum of each counter.</summary>
    public IReadOnlyCollection<ViewChange> Condense()
    {
        var condensed = new Dictionary<(Type, string, string), ViewChange>(_changes.Count);
        foreach (var change in _changes)
        {
            var (key, value) = change switch
            {
                AddEntry add => ((typeof(AddEntry), "", add.Entry.Sequence.ToString(CultureInfo.InvariantCulture)), change),
                PutDocument put => ((typeof(PutDocument), put.Set, put.Key), change),
                RemoveDocument remove => ((typeof(PutDocument), remove.Set, remove.Key), change),
                AddCount count => ((typeof(AddCount), count.Set, count.Key), count),
                _ => throw new UnreachableException(change.GetType().Name),
            };
            condensed[key] = value is AddCount more && condensed.TryGetValue(key, out var known) ? Sum((AddCount)known, more) : value;
        }
        return condensed.Values;
    }

    private static AddCount Sum(AddCount known, AddCount more) =>
        known with { Times = known.Times + more.Times, At = more.At > known.At ? more.At : known.At };

    /// <exception cref="ArgumentException">The view has no such set.</exception>
    public static void CheckSet(IReadOnlyList<IViewSet> sets, IViewSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        if (!sets.Any(known => known.Name == set.Name && known.GetType() == set.GetType()))
            throw new ArgumentException($"the view has no set {set.Name} of this type; name it in {nameof(ViewOptions)}.{nameof(ViewOptions.Sets)}", nameof(set));
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
