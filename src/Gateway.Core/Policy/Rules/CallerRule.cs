namespace Gateway.Core.Policy.Rules;

/// <summary>A caller belongs to a fabric and is known by an identity or by a group, one of the two, and no two entries say the same.</summary>
internal sealed class CallerRule : ISiteRule
{
    public void Check(SiteIndex site, Report report)
    {
        var taken = new Dictionary<(string, string?, string?), string>();
        for (var i = 0; i < site.Document.Callers.Length; i++)
        {
            var (caller, path) = (site.Document.Callers[i], $"callers[{i}]");
            if (!site.Fabrics.ContainsKey(caller.Fabric))
                report.Error(caller.At, $"{path}.fabric", caller.Fabric,
                    $"there is no fabric of this name{Nearest.Hint(caller.Fabric, site.Fabrics.Keys)}");
            if ((caller.Id is null) == (caller.Group is null))
                report.Error(caller.At, path, caller.Name,
                    "a caller is known by 'id' or by 'group', exactly one of the two; write for example group: scada");
            else if (!taken.TryAdd((caller.Fabric, caller.Id, caller.Group), caller.Name))
                report.Error(caller.At, path, caller.Name,
                    $"{taken[(caller.Fabric, caller.Id, caller.Group)]} is the same caller already; use that name in the grants");
            CheckText(report, caller, $"{path}.id", caller.Id, "spiffe://hall-3/client/vendor-1");
            CheckText(report, caller, $"{path}.group", caller.Group, "scada");
        }
    }

    private static void CheckText(Report report, CallerSpec caller, string field, string? text, string example)
    {
        if (text is null)
            return;
        if (text.Length is 0 or > PolicyLimits.MaxTextLength || !LabelSet.IsPrintable(text) || text.Any(char.IsWhiteSpace))
            report.Error(caller.At, field, text,
                $"1 to {PolicyLimits.MaxTextLength} characters without spaces belong here, for example {example}");
    }
}
