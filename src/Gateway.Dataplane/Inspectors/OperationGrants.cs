using Gateway.Core.Operations;
using Gateway.Core.Policy;
using Gateway.Dataplane.Filter;

namespace Gateway.Dataplane.Inspectors;

/// <summary>The conduits under which a flow was allowed: grants add up, so an operation is allowed when one of them covers it.</summary>
internal readonly ref struct OperationGrants(ReadOnlySpan<ConduitEntry> conduits, ReadOnlySpan<int> matched)
{
    private readonly ReadOnlySpan<ConduitEntry> _conduits = conduits;
    private readonly ReadOnlySpan<int> _matched = matched;

    /// <summary>Finds the conduit that covers the operation.</summary>
    /// <param name="operation">What is asked.</param>
    /// <param name="conduit">Index of the conduit; -1 when none covers it.</param>
    /// <param name="refuse">How to refuse, when none does: as the first conduit says.</param>
    /// <returns>The smallest miss: a wrong address is nearer than a wrong function.</returns>
    public RuleMiss Check(in Operation operation, out int conduit, out RefuseMode refuse)
    {
        var (nearest, onlyRead) = (RuleMiss.Unit, true);
        foreach (var index in _matched)
        {
            var miss = _conduits[index].Rule is { } rule ? rule.Check(operation) : RuleMiss.None;
            if (miss == RuleMiss.None)
            {
                conduit = index;
                refuse = RefuseMode.Answer;
                return RuleMiss.None;
            }
            nearest = miss < nearest ? miss : nearest;
            onlyRead &= _conduits[index].Rule!.OnlyReads;
        }
        conduit = -1;
        refuse = _matched.IsEmpty ? RefuseMode.Reset : _conduits[_matched[0]].Refuse;
        return nearest == RuleMiss.Function && onlyRead && operation.Kind is OperationKind.Write or OperationKind.ReadWrite ? RuleMiss.ReadingOnly : nearest;
    }
}
