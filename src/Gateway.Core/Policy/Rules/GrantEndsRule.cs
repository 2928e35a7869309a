namespace Gateway.Core.Policy.Rules;

/// <summary>Both ends of a grant exist and can have a conduit between them, and <c>as</c> stands only where it has a meaning.</summary>
internal sealed class GrantEndsRule : ISiteRule
{
    public void Check(SiteIndex site, Report report)
    {
        for (var i = 0; i < site.Document.Grants.Length; i++)
        {
            var (grant, path) = (site.Document.Grants[i], $"grants[{i}]");
            CheckExists(site, report, grant.From, $"{path}.from");
            CheckExists(site, report, grant.To, $"{path}.to");
            if (PairFault(grant.From, grant.To) is { } fault)
                report.Error(grant.At, $"{path}.to", grant.To.Name, fault);
            CheckAs(report, grant, path);
            if (site.HostLink is null && grant.From.Kind is EntityKind.Caller or EntityKind.Gateway)
                report.Error(grant.At, $"{path}.from", grant.From.Name,
                    "a caller comes through the host link, and there is none; "
                    + "add { name: host, role: host, interface: host1, address: 100.64.0.1/16 } to 'links'");
            if (grant.Comment.Length > PolicyLimits.MaxCommentLength || !LabelSet.IsPrintable(grant.Comment))
                report.Error(grant.At, $"{path}.comment", grant.Comment,
                    $"a comment is one line of at most {PolicyLimits.MaxCommentLength} characters; "
                    + $"this one has {grant.Comment.Length}, or a line break");
        }
    }

    private static void CheckExists(SiteIndex site, Report report, Selector end, string path)
    {
        if (end.Kind == EntityKind.Gateway)
            return;
        var kind = SelectorText.Kind(end.Kind);
        if (end.ByLabels)
        {
            if (end.Labels.IsEmpty)
                report.Error(end.At, $"{path}.{kind}s", "",
                    $"without a label this would mean every {kind}; name at least one label, for example {{ kind: plc }}");
            return;
        }
        var names = site.Names(end.Kind);
        if (!names.ContainsKey(end.Name))
            report.Error(end.At, $"{path}.{kind}", end.Name, $"there is no {kind} of this name{Nearest.Hint(end.Name, names.Keys)}");
    }

    /// <summary>The pairs of decision 0001; no others have addresses by which they could know each other.</summary>
    private static string? PairFault(Selector from, Selector to) => (from.Kind, to.Kind) switch
    {
        (EntityKind.Device, EntityKind.Device) when !from.ByLabels && from.Name == to.Name && !to.ByLabels =>
            "a device needs no grant to reach itself; name another target",
        (EntityKind.Device, EntityKind.Device or EntityKind.Peer or EntityKind.Service) => null,
        (EntityKind.Caller or EntityKind.Gateway or EntityKind.Peer, EntityKind.Device) => null,
        (EntityKind.Service, _) => "a service is reached and never opens flows; name it in 'to'",
        (_, EntityKind.Caller or EntityKind.Gateway) => $"a {SelectorText.Kind(to.Kind)} is never reached; name a device, peer or service",
        (EntityKind.Peer, EntityKind.Peer) => "two peers talk on the plant network without the gateway; name a device at one end",
        (EntityKind.Peer, EntityKind.Service) => "only devices reach services of the fabric through the gateway; a peer joins the fabric itself",
        _ => $"a {SelectorText.Kind(from.Kind)} reaches devices only; name a device",
    };

    private static void CheckAs(Report report, GrantSpec grant, string path)
    {
        if (grant.To.As is { } seenAt && grant.From.Kind is EntityKind.Caller or EntityKind.Gateway)
            report.Error(grant.At, $"{path}.to.as", $"{seenAt}",
                "a caller comes by the device's name, so there is no address to choose; remove 'as'");
        if (grant.From.As is { } shownAs && grant.To.Kind == EntityKind.Service)
            report.Error(grant.At, $"{path}.from.as", $"{shownAs}", "the connector knows the device by its segment address; remove 'as'");
    }
}
