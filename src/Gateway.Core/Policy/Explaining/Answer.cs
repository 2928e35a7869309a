using System.Collections.Immutable;
using Gateway.Core.Operations;

namespace Gateway.Core.Policy.Explaining;

/// <summary>The way to one answer; both ends of the question exist.</summary>
internal sealed class Answer
{
    private readonly CompiledPolicy _policy;
    private readonly SiteDocument? _document;
    private readonly PolicyNames _names;
    private readonly ExplainQuery _query;
    private readonly HashSet<EntityRef> _sources;
    private readonly EntityRef _target;
    private readonly string _who;

    public Answer(CompiledPolicy policy, SiteDocument? document, PolicyNames names, ExplainQuery query)
    {
        (_policy, _document, _names, _query) = (policy, document, names, query);
        _sources = query.From.Select(f => names.Find(f)!.Value).ToHashSet();
        _target = names.Find(query.To)!.Value;
        _who = string.Join(" and ", query.From);
    }

    public Explanation Find()
    {
        foreach (var end in _sources.Append(_target))
        {
            if (Shut(end) is { } shut)
                return shut;
        }
        var hits = _policy.Conduits.Where(c => _sources.Contains(c.From) && c.To == _target && Covers(c.Port, _query)).ToImmutableArray();
        if (hits.IsEmpty)
            return Refused(DropReason.NoGrant, $"refused: no grant lets {_who} open {_query.Port} to {_query.To}", Near.OfFlow());
        return _query.Operation is { } operation ? Inside(hits, operation) : Open(hits);
    }

    /// <summary>True when the ports hold all that are asked for.</summary>
    public static bool Covers(Net.ServicePort port, ExplainQuery query) => port.Transport == query.Port.Transport
        && port.Ports.First <= query.Port.Ports.First && port.Ports.Last >= query.Port.Ports.Last;

    public static Explanation Refused(DropReason reason, string sentence, ImmutableArray<NearMiss> near) =>
        new(false, "", reason, sentence, near);

    private NearMisses Near => new(_policy, _document, _names, _query, _sources, _target);

    private Explanation Open(ImmutableArray<Conduit> hits)
    {
        var inside = "";
        if (hits[0].Inspector != InspectorKind.None)
        {
            var rules = hits.Select(h => $"{SiteFormat.Inspectors.Of(h.Inspector)} {h.Operations!.Canonical}").Distinct();
            inside = $"; inside, only {string.Join(" or ", rules)} passes";
        }
        return Allowed(hits[0], $"may open {_query.Port} to {_query.To}, {Addresses(hits[0])}{inside}");
    }

    private Explanation Inside(ImmutableArray<Conduit> hits, Operation operation)
    {
        var what = OperationText.Describe(operation);
        foreach (var hit in hits)
        {
            if (hit.Operations is { } rule && rule.Check(operation) != RuleMiss.None)
                continue;
            var how = hit.Operations is null ? ", uninspected like all that passes there" : "";
            return Allowed(hit, $"may {what} at {_query.To} {_query.Port}, {Addresses(hit)}{how}");
        }
        return Refused(DropReason.OperationNotGranted,
            $"refused: {_who} may open {_query.Port} to {_query.To}, but no grant lets it {what}", Near.OfOperation(hits, operation));
    }

    /// <summary>The refusal of a device that is cut off or not approved; null for one that is enforced and for anything else.</summary>
    private Explanation? Shut(EntityRef end)
    {
        if (end.Kind != EntityKind.Device)
            return null;
        var device = _policy.Devices[end.Index];
        return device.Enforcement switch
        {
            Enforcement.CutOff =>
                Refused(DropReason.DeviceCutOff, $"refused: {device.Name} is cut off; nothing passes until a person restores it", []),
            Enforcement.Quarantine when _sources.Any(s => s.Kind != EntityKind.Gateway) =>
                Refused(DropReason.UnknownDevice, $"refused: {device.Name} is not approved yet, so no grant applies to it", []),
            _ => null,
        };
    }

    private Explanation Allowed(Conduit conduit, string what)
    {
        var grant = _names.GrantOf(conduit);
        var comment = _document?.Grants.FirstOrDefault(g => g.Name == grant)?.Comment ?? "";
        var why = comment.Length == 0 ? "" : $" ({comment})";
        return new Explanation(true, grant, null, $"allowed by grant {grant}: {_who} {what}{why}", []);
    }

    private string Addresses(Conduit conduit)
    {
        var seenAt = conduit.From.Kind is EntityKind.Device or EntityKind.Peer ? $"which it reaches at {conduit.SeenAt} and " : "";
        var fabric = conduit.To.Kind == EntityKind.Service ? $" (fabric {_policy.Services[conduit.To.Index].Fabric})" : "";
        return $"{seenAt}which sees it as {conduit.ShownAs}{fabric}";
    }
}
