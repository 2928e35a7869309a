namespace Gateway.Core.Policy.Explaining;

/// <summary>Finds the ends of a question in a compiled policy.</summary>
internal sealed class PolicyNames(CompiledPolicy policy)
{
    /// <summary>The entity of that kind and name; null when the policy has none.</summary>
    public EntityRef? Find(EntityName entity)
    {
        if (entity.Kind == EntityKind.Gateway)
            return new EntityRef(EntityKind.Gateway, 0);
        var index = 0;
        foreach (var name in All(entity.Kind))
        {
            if (name == entity.Name)
                return new EntityRef(entity.Kind, index);
            index++;
        }
        return null;
    }

    public string NameOf(EntityRef entity) =>
        entity.Kind == EntityKind.Gateway ? "the gateway" : $"{SelectorText.Kind(entity.Kind)} {All(entity.Kind).ElementAt(entity.Index)}";

    public string GrantOf(Conduit conduit) => policy.Grants[conduit.Grant].Name;

    /// <summary>The answer when one end of the question does not exist or can be no such end; null when all is well.</summary>
    public Explanation? Missing(ExplainQuery query)
    {
        foreach (var end in query.From.Append(query.To))
        {
            if (Find(end) is not null)
                continue;
            var reason = end.Kind switch
            {
                EntityKind.Device => DropReason.UnknownDevice,
                EntityKind.Peer => DropReason.UnknownPeer,
                EntityKind.Caller => DropReason.NoCallerIdentity,
                _ => DropReason.NoGrant,
            };
            return Answer.Refused(reason, $"refused: the policy has no {end}{Nearest.Hint(end.Name, All(end.Kind))}", []);
        }
        if (query.To.Kind is EntityKind.Caller or EntityKind.Gateway)
            return Answer.Refused(DropReason.NoGrant, $"refused: {query.To} opens flows and is never reached", []);
        return query.From.Any(f => f.Kind == EntityKind.Service)
            ? Answer.Refused(DropReason.NoGrant, "refused: a service is reached and never opens flows", [])
            : null;
    }

    private IEnumerable<string> All(EntityKind kind) => kind switch
    {
        EntityKind.Device => policy.Devices.Select(d => d.Name),
        EntityKind.Peer => policy.Peers.Select(p => p.Name),
        EntityKind.Service => policy.Services.Select(s => s.Name),
        EntityKind.Caller => policy.Callers.Select(c => c.Name),
        _ => [],
    };
}
