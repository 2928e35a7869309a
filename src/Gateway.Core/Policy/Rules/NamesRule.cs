using System.Collections.Immutable;
using Gateway.Core.Devices;

namespace Gateway.Core.Policy.Rules;

/// <summary>Names are well formed and unique within their kind: records, pages and the fabric speak of things by name alone.</summary>
internal sealed class NamesRule : ISiteRule
{
    public void Check(SiteIndex site, Report report)
    {
        var document = site.Document;
        if (DeviceLife.CheckName(document.Site) is { } wrong)
            report.Error(0, "site", document.Site, wrong);
        Names(report, "links", document.Links, l => (l.Name, l.At), 1, DeviceLife.MaxNameLength);
        Names(report, "fabrics", document.Fabrics, f => (f.Name, f.At), 1, DeviceLife.MaxNameLength);
        CheckGateways(document, report);
        Names(report, "devices", document.Devices, d => (d.Name, d.At), DeviceLife.LeastNameLength, DeviceLife.MaxNameLength);
        Names(report, "peers", document.Peers, p => (p.Name, p.At), 1, DeviceLife.MaxNameLength);
        Names(report, "services", document.Services, s => (s.Name, s.At), 1, DeviceLife.MaxNameLength);
        Names(report, "callers", document.Callers, c => (c.Name, c.At), 1, DeviceLife.MaxNameLength);
        Names(report, "grants", document.Grants, g => (g.Name, g.At), 1, PolicyLimits.MaxGrantNameLength);
    }

    private static void CheckGateways(SiteDocument document, Report report)
    {
        for (var i = 0; i < document.Fabrics.Length; i++)
        {
            var fabric = document.Fabrics[i];
            if (fabric.Gateway.Length > 0 && DeviceLife.CheckName(fabric.Gateway, 1, DeviceLife.MaxNameLength) is { } wrong)
                report.Error(fabric.At, $"fabrics[{i}].gateway", fabric.Gateway, wrong);
        }
    }

    private static void Names<T>(
        Report report, string list, ImmutableArray<T> items, Func<T, (string Name, SourceLine At)> of, int least, int most)
    {
        var first = new Dictionary<string, int>(items.Length, StringComparer.Ordinal);
        for (var i = 0; i < items.Length; i++)
        {
            var (name, at) = of(items[i]);
            if (DeviceLife.CheckName(name, least, most) is { } wrong)
                report.Error(at, $"{list}[{i}].name", name, wrong);
            else if (!first.TryAdd(name, i))
                report.Error(at, $"{list}[{i}].name", name, $"{list}[{first[name]}] has this name already; give each its own");
        }
    }
}
