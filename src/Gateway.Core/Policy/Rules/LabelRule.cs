using System.Collections.Immutable;

namespace Gateway.Core.Policy.Rules;

/// <summary>Labels are short plain words, wherever they stand.</summary>
internal sealed class LabelRule : ISiteRule
{
    public void Check(SiteIndex site, Report report)
    {
        var document = site.Document;
        for (var i = 0; i < document.Devices.Length; i++)
            Labels(report, document.Devices[i].At, $"devices[{i}].labels", document.Devices[i].Labels);
        for (var i = 0; i < document.Peers.Length; i++)
            Labels(report, document.Peers[i].At, $"peers[{i}].labels", document.Peers[i].Labels);
        for (var i = 0; i < document.Grants.Length; i++)
        {
            End(report, $"grants[{i}].from", document.Grants[i].From);
            End(report, $"grants[{i}].to", document.Grants[i].To);
        }
    }

    private static void End(Report report, string path, Selector selector)
    {
        if (selector.ByLabels)
            Labels(report, selector.At, $"{path}.{(selector.Kind == EntityKind.Device ? "devices" : "peers")}", selector.Labels);
    }

    private static void Labels(Report report, SourceLine at, string path, ImmutableSortedDictionary<string, string> labels)
    {
        if (labels.Count > LabelSet.MaxCount)
            report.Error(at, path, "", $"there are {labels.Count} labels; at most {LabelSet.MaxCount} are allowed");
        foreach (var (key, value) in labels)
        {
            if (LabelSet.CheckKey(key) is { } wrongKey)
                report.Error(at, $"{path}.{key}", key, wrongKey);
            else if (LabelSet.CheckValue(value) is { } wrongValue)
                report.Error(at, $"{path}.{key}", value, wrongValue);
        }
    }
}
