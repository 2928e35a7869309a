using System.Collections.Immutable;
using Gateway.Core.Operations;

namespace Gateway.Core.Policy.Explaining;

/// <summary>Finds grants that would allow what was asked if one thing were different, and says which.</summary>
internal sealed class NearMisses(
    CompiledPolicy policy, SiteDocument? document, PolicyNames names, ExplainQuery query, HashSet<EntityRef> sources, EntityRef target)
{
    /// <summary>For a flow that no grant allows: another port, a label that is missing, another source, another target.</summary>
    public ImmutableArray<NearMiss> OfFlow() => First(OtherPort().Concat(MissingLabels()).Concat(OtherSource()).Concat(OtherTarget()));

    /// <summary>For an operation that no rule of the flow's conduits covers: what each allows instead, then who may do it.</summary>
    public ImmutableArray<NearMiss> OfOperation(IEnumerable<Conduit> hits, Operation operation) =>
        First(hits.Select(hit => new NearMiss(names.GrantOf(hit), Instead(hit, operation))).Concat(OtherSource(operation)));

    private static ImmutableArray<NearMiss> First(IEnumerable<NearMiss> all) => [.. all.Distinct().Take(Explainer.MaxNear)];

    private static string Instead(Conduit hit, in Operation operation) => hit.Operations!.Check(operation) switch
    {
        RuleMiss.Unit => $"it allows {hit.Operations.Canonical}, which leaves out unit {operation.Unit}",
        RuleMiss.Function => $"it allows {hit.Operations.Canonical}, which leaves out function {operation.Function}",
        _ => $"it allows {hit.Operations.Canonical}, which does not cover all the addresses",
    };

    private IEnumerable<NearMiss> OtherPort() => policy.Conduits
        .Where(c => c.To == target && sources.Contains(c.From))
        .Select(c => new NearMiss(names.GrantOf(c), $"it allows {c.Port}, not {query.Port}"));

    private IEnumerable<NearMiss> OtherSource(Operation? operation = null) => policy.Conduits
        .Where(c => c.To == target && !sources.Contains(c.From) && Answer.Covers(c.Port, query))
        .Where(c => operation is not { } asked || c.Operations is not { } rule || rule.Check(asked) == RuleMiss.None)
        .Select(c => new NearMiss(names.GrantOf(c), $"it is for {names.NameOf(c.From)}"));

    private IEnumerable<NearMiss> OtherTarget() => policy.Conduits
        .Where(c => sources.Contains(c.From) && c.To != target && Answer.Covers(c.Port, query))
        .Select(c => new NearMiss(names.GrantOf(c), $"it leads to {names.NameOf(c.To)}"));

    /// <summary>Grants by labels of which one end of the question lacks exactly one. Only the document still knows labels.</summary>
    private IEnumerable<NearMiss> MissingLabels()
    {
        if (document is null)
            yield break;
        foreach (var grant in document.Grants.Where(g => g.Allow.Any(a => Answer.Covers(a.Port, query))))
        {
            var fromLacks = query.From.Select(f => Lacks(grant.From, f)).MinBy(l => l?.Count ?? int.MaxValue);
            var toLacks = Lacks(grant.To, query.To);
            if (fromLacks is null || toLacks is null || fromLacks.Count + toLacks.Count != 1)
                continue;
            var (who, label) = toLacks.Count == 1 ? (query.To.Name, toLacks[0]) : (query.From[0].Name, fromLacks[0]);
            yield return new NearMiss(grant.Name, $"it is for those with the label {label}, which {who} does not have");
        }
    }

    /// <summary>Labels that <paramref name="entity"/> lacks to be selected; none when it is selected; null when it cannot be by labels.</summary>
    private List<string>? Lacks(Selector selector, EntityName entity)
    {
        if (selector.Kind != entity.Kind)
            return null;
        if (!selector.ByLabels)
            return selector.Name == entity.Name || selector.Kind == EntityKind.Gateway ? [] : null;
        var have = entity.Kind == EntityKind.Device
            ? document!.Devices.FirstOrDefault(d => d.Name == entity.Name)?.Labels
            : document!.Peers.FirstOrDefault(p => p.Name == entity.Name)?.Labels;
        if (have is null)
            return null;
        var lacking = selector.Labels.Where(want => !have.TryGetValue(want.Key, out var value) || value != want.Value);
        return [.. lacking.Select(label => $"{label.Key}={label.Value}")];
    }
}
