using System.Collections.Immutable;

namespace Gateway.Core.Policy;

/// <summary>Finds the things of a document by name and by labels. Where a name stands twice the first counts; a rule reports it.</summary>
internal sealed class SiteIndex
{
    private readonly LabelIndex _deviceLabels;
    private readonly LabelIndex _peerLabels;

    public SiteIndex(SiteDocument document)
    {
        Document = document;
        Links = ByName(document.Links, l => l.Name);
        Fabrics = ByName(document.Fabrics, f => f.Name);
        Devices = ByName(document.Devices, d => d.Name);
        Peers = ByName(document.Peers, p => p.Name);
        Services = ByName(document.Services, s => s.Name);
        Callers = ByName(document.Callers, c => c.Name);
        _deviceLabels = new LabelIndex(document.Devices.Select(d => d.Labels));
        _peerLabels = new LabelIndex(document.Peers.Select(p => p.Labels));
        HostLink = document.Links.FirstOrDefault(l => l.Role == LinkRole.Host);
    }

    public SiteDocument Document { get; }

    public IReadOnlyDictionary<string, int> Links { get; }

    public IReadOnlyDictionary<string, int> Fabrics { get; }

    public IReadOnlyDictionary<string, int> Devices { get; }

    public IReadOnlyDictionary<string, int> Peers { get; }

    public IReadOnlyDictionary<string, int> Services { get; }

    public IReadOnlyDictionary<string, int> Callers { get; }

    public LinkSpec? HostLink { get; }

    /// <summary>The link of that name, or null.</summary>
    public LinkSpec? Link(string name) => Links.TryGetValue(name, out var index) ? Document.Links[index] : null;

    public IReadOnlyDictionary<string, int> Names(EntityKind kind) => kind switch
    {
        EntityKind.Device => Devices,
        EntityKind.Peer => Peers,
        EntityKind.Service => Services,
        _ => Callers,
    };

    /// <summary>Indexes, growing, of everything the selector speaks of; the gateway itself is index 0 of its kind.</summary>
    public ImmutableArray<int> Expand(Selector selector)
    {
        if (selector.Kind == EntityKind.Gateway)
            return [0];
        if (selector.ByLabels)
            return (selector.Kind == EntityKind.Device ? _deviceLabels : _peerLabels).Find(selector.Labels);
        return Names(selector.Kind).TryGetValue(selector.Name, out var index) ? [index] : [];
    }

    private static Dictionary<string, int> ByName<T>(ImmutableArray<T> items, Func<T, string> name)
    {
        var index = new Dictionary<string, int>(items.Length, StringComparer.Ordinal);
        for (var i = 0; i < items.Length; i++)
            index.TryAdd(name(items[i]), i);
        return index;
    }

    /// <summary>For each label the growing list of who carries it, so that a selector costs its shortest list and not everyone.</summary>
    private sealed class LabelIndex
    {
        private readonly Dictionary<(string Key, string Value), List<int>> _carriers = [];
        private readonly List<ImmutableSortedDictionary<string, string>> _labels = [];

        public LabelIndex(IEnumerable<ImmutableSortedDictionary<string, string>> all)
        {
            foreach (var labels in all)
            {
                foreach (var (key, value) in labels)
                {
                    if (!_carriers.TryGetValue((key, value), out var list))
                        _carriers.Add((key, value), list = []);
                    list.Add(_labels.Count);
                }
                _labels.Add(labels);
            }
        }

        public ImmutableArray<int> Find(ImmutableSortedDictionary<string, string> want)
        {
            List<int>? shortest = null;
            foreach (var (key, value) in want)
            {
                if (!_carriers.TryGetValue((key, value), out var list))
                    return [];
                if (shortest is null || list.Count < shortest.Count)
                    shortest = list;
            }
            return shortest is null ? [] : [.. shortest.Where(i => LabelSet.Matches(_labels[i], want))];
        }
    }
}
