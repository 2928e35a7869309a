namespace Gateway.Core.Policy.Rules;

/// <summary>One rule over a whole document. It reports each breach with field, value and cure, and changes nothing.</summary>
internal interface ISiteRule
{
    void Check(SiteIndex site, Report report);
}

internal static class SiteRules
{
    private static readonly ISiteRule[] All =
    [
        new BoundsRule(), new NamesRule(), new LinkRule(), new SegmentRule(), new FabricRule(), new DeviceRule(), new SocketRule(),
        new PeerRule(), new ServiceRule(), new CallerRule(), new LabelRule(), new GrantEndsRule(), new GrantAllowRule(),
    ];

    public static void Check(SiteIndex site, Report report)
    {
        foreach (var rule in All)
            rule.Check(site, report);
    }
}
