using System.Collections.Immutable;
using Gateway.Core.Operations;
using Gateway.Core.Policy.Explaining;

namespace Gateway.Core.Policy;

/// <summary>Says whether something would be allowed, by which grant, and if not what comes near. A pure function over what the dataplane
/// enforces, so that it cannot promise anything else.</summary>
public static class Explainer
{
    /// <summary>Most near misses told; more are noise.</summary>
    public const int MaxNear = 8;

    /// <param name="policy">The policy in force, or one to try.</param>
    /// <param name="document">The document it came from, for labels and comments; null when there is none.</param>
    /// <param name="query">The question.</param>
    public static Explanation Explain(CompiledPolicy policy, SiteDocument? document, ExplainQuery query)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(query);
        var names = new PolicyNames(policy);
        if (names.Missing(query) is { } missing)
            return missing;
        var sources = query.From.Select(f => names.Find(f)!.Value).ToHashSet();
        var target = names.Find(query.To)!.Value;
        foreach (var end in sources.Append(target))
        {
            if (Shut(policy, end, asked: sources) is { } shut)
                return shut;
        }
        var hits = policy.Conduits.Where(c => sources.Contains(c.From) && c.To == target && Covers(c, query)).ToImmutableArray();
        var near = new NearMisses(policy, document, names, query, sources, target);
        if (hits.IsEmpty)
            return Refused(DropReason.NoGrant, $"refused: no grant lets {Sources(query)} open {query.Port} to {query.To}", near.OfFlow());
        return query.Operation is { } operation ? Inside(policy, document, names, query, hits, operation, near) : Open(policy, document, names, query, hits);
    }

    /// <summary>True when the conduit's ports hold all that are asked for.</summary>
    internal static bool Covers(Conduit conduit, ExplainQuery query) => conduit.Port.Transport == query.Port.Transport
        && conduit.Port.Ports.First <= query.Port.Ports.First && conduit.Port.Ports.Last >= query.Port.Ports.Last;

    private static Explanation Open(
        CompiledPolicy policy, SiteDocument? document, PolicyNames names, ExplainQuery query, ImmutableArray<Conduit> hits)
    {
        var grant = names.GrantOf(hits[0]);
        var inside = hits[0].Inspector == InspectorKind.None
            ? ""
            : $"; inside, only {string.Join(" or ", hits.Select(h => $"{SiteFormat.Inspectors.Of(h.Inspector)} {h.Operations!.Canonical}").Distinct())} passes";
        var sentence = $"allowed by grant {grant}: {Sources(query)} may open {query.Port} to {query.To}, {Addresses(policy, hits[0])}{inside}{Comment(document, grant)}";
        return new Explanation(true, grant, null, sentence, []);
    }

    private static Explanation Inside(
        CompiledPolicy policy, SiteDocument? document, PolicyNames names, ExplainQuery query, ImmutableArray<Conduit> hits,
        Operation operation, NearMisses near)
    {
        var what = OperationText.Describe(operation);
        foreach (var hit in hits)
        {
            if (hit.Operations is { } rule && rule.Check(operation) != RuleMiss.None)
                continue;
            var grant = names.GrantOf(hit);
            var how = hit.Operations is null ? ", uninspected like all that passes there" : "";
            return new Explanation(true, grant, null,
                $"allowed by grant {grant}: {Sources(query)} may {what} at {query.To} {query.Port}, {Addresses(policy, hit)}{how}{Comment(document, grant)}", []);
        }
        return Refused(DropReason.OperationNotGranted,
            $"refused: {Sources(query)} may open {query.Port} to {query.To}, but no grant lets it {what}", near.OfOperation(hits, operation));
    }

    /// <summary>The refusal of a device that is cut off or not approved; null for one that is enforced and for anything else.</summary>
    private static Explanation? Shut(CompiledPolicy policy, EntityRef end, HashSet<EntityRef> asked)
    {
        if (end.Kind != EntityKind.Device)
            return null;
        var device = policy.Devices[end.Index];
        return device.Enforcement switch
        {
            Enforcement.CutOff => Refused(DropReason.DeviceCutOff, $"refused: {device.Name} is cut off; nothing passes until a person restores it", []),
            Enforcement.Quarantine when asked.Any(a => a.Kind != EntityKind.Gateway) =>
                Refused(DropReason.UnknownDevice, $"refused: {device.Name} is not approved yet, so no grant applies to it", []),
            _ => null,
        };
    }

    private static string Addresses(CompiledPolicy policy, Conduit conduit) => conduit.From.Kind switch
    {
        EntityKind.Device or EntityKind.Peer => $"which it reaches at {conduit.SeenAt} and which sees it as {conduit.ShownAs}",
        _ => $"which sees it as {conduit.ShownAs}",
    } + (conduit.To.Kind == EntityKind.Service ? $" (fabric {policy.Services[conduit.To.Index].Fabric})" : "");

    private static string Comment(SiteDocument? document, string grant)
    {
        var comment = document?.Grants.FirstOrDefault(g => g.Name == grant)?.Comment ?? "";
        return comment.Length == 0 ? "" : $" ({comment})";
    }

    private static string Sources(ExplainQuery query) => string.Join(" and ", query.From);

    internal static Explanation Refused(DropReason reason, string sentence, ImmutableArray<NearMiss> near) =>
        new(false, "", reason, sentence, near);
}
