using Gateway.Core.Policy.Writing;

namespace Gateway.Core.Policy;

/// <summary>What changes from one document to another, one line per change, for people who are about to apply it.</summary>
public static class SiteDiff
{
    /// <returns>Lines such as <c>grant scada-reads: allow is { port: tcp/502 }, was { port: tcp/503 }</c>; none when the documents are equal.</returns>
    public static IReadOnlyList<string> Compare(SiteDocument before, SiteDocument after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var changes = new List<string>();
        if (before.Site != after.Site)
            changes.Add($"site is {after.Site}, was {before.Site}");
        if (before.Segments != after.Segments)
            changes.Add($"segments is {after.Segments}, was {before.Segments}");
        foreach (var (old, now) in SiteOutline.Of(before).Zip(SiteOutline.Of(after)))
            Compare(old, now, changes);
        return changes;
    }

    private static void Compare(OutlineSection before, OutlineSection after, List<string> changes)
    {
        var old = ByName(before);
        var now = ByName(after);
        foreach (var item in before.Items.Where(i => !now.ContainsKey(i.Name)))
            changes.Add($"{before.What} {item.Name} removed");
        foreach (var item in after.Items)
        {
            if (old.TryGetValue(item.Name, out var was))
                Compare($"{after.What} {item.Name}", was, item, changes);
            else
                changes.Add($"{after.What} {item.Name} added: {string.Join(", ", item.Fields.Select(f => $"{f.Key} {Text(f)}"))}");
        }
        var kept = after.Items.Where(i => old.ContainsKey(i.Name)).Select(i => i.Name);
        if (!kept.SequenceEqual(before.Items.Where(i => now.ContainsKey(i.Name)).Select(i => i.Name)))
            changes.Add($"{after.List} stand in another order");
    }

    private static void Compare(string who, OutlineItem before, OutlineItem after, List<string> changes)
    {
        foreach (var key in before.Fields.Concat(after.Fields).Select(f => f.Key).Distinct())
        {
            var old = before.Fields.FirstOrDefault(f => f.Key == key);
            var now = after.Fields.FirstOrDefault(f => f.Key == key);
            if (old is null)
                changes.Add($"{who}: {key} is {Text(now!)}, was not set");
            else if (now is null)
                changes.Add($"{who}: {key} is no longer set, was {Text(old)}");
            else if (Text(old) != Text(now))
                changes.Add($"{who}: {key} is {Text(now)}, was {Text(old)}");
        }
    }

    private static Dictionary<string, OutlineItem> ByName(OutlineSection section)
    {
        var items = new Dictionary<string, OutlineItem>(StringComparer.Ordinal);
        foreach (var item in section.Items)
            items.TryAdd(item.Name, item);
        return items;
    }

    private static string Text(OutlineField field) => field.Items.IsEmpty ? field.Text : string.Join(" and ", field.Items);
}
