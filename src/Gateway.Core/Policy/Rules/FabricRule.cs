using System.Globalization;

namespace Gateway.Core.Policy.Rules;

/// <summary>A fabric is of a known kind and says where its hub and its authority's certificate are.</summary>
internal sealed class FabricRule : ISiteRule
{
    public void Check(SiteIndex site, Report report)
    {
        for (var i = 0; i < site.Document.Fabrics.Length; i++)
        {
            var (fabric, path) = (site.Document.Fabrics[i], $"fabrics[{i}]");
            if (!SiteFormat.FabricKinds.Contains(fabric.Kind))
                report.Error(fabric.At, $"{path}.kind", fabric.Kind,
                    $"write {string.Join(" or ", SiteFormat.FabricKinds)}{Nearest.Hint(fabric.Kind, SiteFormat.FabricKinds)}");
            if (!IsHostAndPort(fabric.Hub))
                report.Error(fabric.At, $"{path}.hub", fabric.Hub, "this is no host with a port, for example 10.20.0.10:8443");
            File(report, fabric, $"{path}.authority", fabric.Authority, "corridor-ca.pem");
            if (fabric.Token is { } token)
                File(report, fabric, $"{path}.token", token, "gateway.token");
        }
    }

    private static bool IsHostAndPort(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && text.Length <= PolicyLimits.MaxTextLength
            && Uri.CheckHostName(text[..colon]) is UriHostNameType.Dns or UriHostNameType.IPv4
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port != 0;
    }

    private static void File(Report report, FabricSpec fabric, string field, string name, string example)
    {
        if (name.Length is 0 or > PolicyLimits.MaxTextLength || !LabelSet.IsPrintable(name))
            report.Error(fabric.At, field, name,
                $"a file name of 1 to {PolicyLimits.MaxTextLength} characters belongs here, for example {example}");
    }
}
