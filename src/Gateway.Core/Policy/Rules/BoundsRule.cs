namespace Gateway.Core.Policy.Rules;

/// <summary>No list is longer than its bound. The reader cuts long lists; this rule also holds for documents made by a program.</summary>
internal sealed class BoundsRule : ISiteRule
{
    public void Check(SiteIndex site, Report report)
    {
        var document = site.Document;
        Bound(report, "links", document.Links.Length, PolicyLimits.MaxLinks);
        Bound(report, "fabrics", document.Fabrics.Length, PolicyLimits.MaxFabrics);
        Bound(report, "devices", document.Devices.Length, PolicyLimits.MaxDevices);
        Bound(report, "peers", document.Peers.Length, PolicyLimits.MaxPeers);
        Bound(report, "services", document.Services.Length, PolicyLimits.MaxServices);
        Bound(report, "callers", document.Callers.Length, PolicyLimits.MaxCallers);
        Bound(report, "grants", document.Grants.Length, PolicyLimits.MaxGrants);
    }

    private static void Bound(Report report, string list, int count, int most)
    {
        if (count > most)
            report.Error(0, list, "", $"the list has {count} items; at most {most} are allowed");
    }
}
