namespace Gateway.Core.Policy.Compiling;

/// <summary>One person can match several caller entries. Where one entry's flow to a device is inspected and another's is not, the
/// second voids the first for whoever matches both; only the fabric knows who does, so this is a warning.</summary>
internal static class CallerOverlap
{
    public static void Check(SitePlan plan, List<Draft> drafts, Report report)
    {
        if (report.HasErrors)
            return;
        var open = new Dictionary<(string Fabric, EntityRef To), List<Draft>>();
        foreach (var draft in drafts.Where(d => d.Conduit is { From.Kind: EntityKind.Caller, Inspector: InspectorKind.None }))
        {
            var key = (plan.Callers[draft.Conduit.From.Index].Fabric, draft.Conduit.To);
            if (!open.TryGetValue(key, out var list))
                open.Add(key, list = []);
            list.Add(draft);
        }
        var told = new HashSet<(int, int)>();
        foreach (var draft in drafts.TakeWhile(_ => told.Count < PolicyLimits.MaxErrors)
            .Where(d => d.Conduit is { From.Kind: EntityKind.Caller, Inspector: not InspectorKind.None }))
        {
            var caller = plan.Callers[draft.Conduit.From.Index];
            if (!open.TryGetValue((caller.Fabric, draft.Conduit.To), out var list))
                continue;
            foreach (var other in list.Where(o => Meet(o.Conduit, draft.Conduit) && CanBeOne(plan.Callers[o.Conduit.From.Index], caller)))
            {
                if (told.Add((other.GrantPlace, draft.GrantPlace)))
                    Warn(plan, report, other, draft);
            }
        }
    }

    private static bool Meet(Conduit a, Conduit b) =>
        a.From != b.From && a.Port.Transport == b.Port.Transport && a.Port.Ports.Overlaps(b.Port.Ports);

    /// <summary>Two different identities are never one caller; everything else may be.</summary>
    private static bool CanBeOne(CallerSpec a, CallerSpec b) => a.Id is null || b.Id is null;

    private static void Warn(SitePlan plan, Report report, Draft open, Draft inspected)
    {
        var (grant, other) = (plan.Document.Grants[open.GrantPlace], plan.Document.Grants[inspected.GrantPlace]);
        report.Warn(grant.At, $"grants[{open.GrantPlace}]", grant.Name,
            $"whoever matches both caller {plan.NameOf(open.Conduit.From)} and caller {plan.NameOf(inspected.Conduit.From)} is not inspected at "
            + $"{plan.NameOf(open.Conduit.To)} {open.Conduit.Port}, though grant {other.Name} inspects it; "
            + "give this grant an inspector, too");
    }
}
