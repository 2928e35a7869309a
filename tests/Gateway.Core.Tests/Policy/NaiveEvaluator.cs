using System.Collections.Immutable;
using Gateway.Core.Operations;
using Gateway.Core.Policy;

namespace Gateway.Core.Tests.Policy;

/// <summary>The policy language once more, straight from the document and as plainly as possible: no compiling, no indexes, no addresses.</summary>
internal static class NaiveEvaluator
{
    /// <summary>Names of the grants that allow it; null with the reason when a device at an end is shut.</summary>
    public static (ImmutableArray<string> Grants, DropReason Reason) Evaluate(SiteDocument site, ExplainQuery query)
    {
        foreach (var end in query.From.Append(query.To))
        {
            if (StateOf(site, end) == Enforcement.CutOff)
                return ([], DropReason.DeviceCutOff);
            if (StateOf(site, end) == Enforcement.Quarantine && query.From.Any(f => f.Kind != EntityKind.Gateway))
                return ([], DropReason.UnknownDevice);
        }
        var open = new List<string>();
        var granted = new List<string>();
        foreach (var from in query.From)
        {
            foreach (var grant in site.Grants.Where(g => Speaks(site, g.From, from) && Speaks(site, g.To, query.To) && from != query.To))
            {
                foreach (var rule in RulesFor(site, grant, query))
                {
                    open.Add(grant.Name);
                    if (query.Operation is not { } operation || rule is null || rule.Check(operation) == RuleMiss.None)
                        granted.Add(grant.Name);
                }
            }
        }
        return ([.. granted], open.Count == 0 ? DropReason.NoGrant : DropReason.OperationNotGranted);
    }

    private static IEnumerable<OperationRule?> RulesFor(SiteDocument site, GrantSpec grant, ExplainQuery query)
    {
        if (query.To.Kind == EntityKind.Service)
            return site.Services.Where(s => s.Name == query.To.Name && s.Port == query.Port).Select(_ => (OperationRule?)null);
        return grant.Allow
            .Where(a => a.Port.Transport == query.Port.Transport
                && Enumerable.Range(query.Port.Ports.First, query.Port.Ports.Last - query.Port.Ports.First + 1).All(p => a.Port.Ports.Contains((ushort)p)))
            .Select(a => a.Operations);
    }

    private static bool Speaks(SiteDocument site, Selector selector, EntityName entity)
    {
        if (selector.Kind != entity.Kind)
            return false;
        if (selector.Kind == EntityKind.Gateway || selector.Name == entity.Name)
            return true;
        if (selector.Name.Length > 0)
            return false;
        var have = entity.Kind == EntityKind.Device
            ? site.Devices.Single(d => d.Name == entity.Name).Labels
            : site.Peers.Single(p => p.Name == entity.Name).Labels;
        return selector.Labels.All(want => have.Any(label => label.Key == want.Key && label.Value == want.Value));
    }

    private static Enforcement StateOf(SiteDocument site, EntityName entity) =>
        entity.Kind == EntityKind.Device ? site.Devices.Single(d => d.Name == entity.Name).Enforcement : Enforcement.Enforce;
}
