using Gateway.Core.Net;

namespace Gateway.Core.Policy.Compiling;

/// <summary>Conduits that apply to the same flow must agree: on who is reached, on whether the flow is inspected, and on what a refused
/// request gets.</summary>
internal sealed class ConduitRules(SitePlan plan, Report report)
{
    public static void Check(SitePlan plan, List<Draft> drafts, Report report)
    {
        if (report.HasErrors)
            return;
        var rules = new ConduitRules(plan, report);
        Draft[] sorted = [.. drafts];
        Array.Sort(sorted, static (a, b) => Draft.CompareFlow(a.Conduit, b.Conduit));
        Sweep(sorted, static (a, b) => a.From == b.From && a.SeenAt == b.SeenAt && a.Port.Transport == b.Port.Transport, rules.OneTarget);
        Array.Sort(sorted, static (a, b) => Draft.ComparePair(a.Conduit, b.Conduit));
        Sweep(sorted, static (a, b) => a.From == b.From && a.To == b.To && a.Port.Transport == b.Port.Transport, rules.Agree);
    }

    /// <summary>Walks conduits sorted by first port and shows each with those before it that share a port with it. A group ends at its
    /// first fault, so that the number of open conduits stays small.</summary>
    private static void Sweep(Draft[] drafts, Func<Conduit, Conduit, bool> sameGroup, Func<Draft, List<Draft>, bool> check)
    {
        var open = new List<Draft>();
        var faulty = false;
        for (var i = 0; i < drafts.Length; i++)
        {
            if (i > 0 && !sameGroup(drafts[i - 1].Conduit, drafts[i].Conduit))
            {
                open.Clear();
                faulty = false;
            }
            if (faulty)
                continue;
            var first = drafts[i].Conduit.Port.Ports.First;
            open.RemoveAll(o => o.Conduit.Port.Ports.Last < first);
            faulty = !check(drafts[i], open);
            open.Add(drafts[i]);
        }
    }

    private bool OneTarget(Draft draft, List<Draft> open)
    {
        foreach (var other in open)
        {
            if (other.Conduit.To == draft.Conduit.To)
                continue;
            var (first, second) = InOrder(other, draft);
            var grants = first.GrantPlace == second.GrantPlace
                ? $"grant {NameOf(first)} would show both {Target(first)} and {Target(second)} to {Source(draft)}"
                : $"grant {NameOf(first)} shows {Target(first)} and grant {NameOf(second)} shows {Target(second)} to {Source(draft)}";
            report.Error(At(second), $"grants[{second.GrantPlace}].to", $"{draft.Conduit.SeenAt}",
                $"{grants} at this address and port {Shared(other, draft)}; "
                + "give one of them another address by 'as' in 'to', one grant for each target");
            return false;
        }
        // More of one target at one port are Agree's business; here they only bound the search.
        return open.Count < PolicyLimits.MaxConduitsPerFlow;
    }

    private bool Agree(Draft draft, List<Draft> open)
    {
        foreach (var other in open)
        {
            var (first, second) = InOrder(other, draft);
            var both = $"grants {NameOf(first)} and {NameOf(second)} both cover {Source(draft)} to {Target(draft)} {Shared(other, draft)}";
            if (other.Conduit.Inspector != draft.Conduit.Inspector)
                return Fault(second,
                    $"{both}, one inspected and one not, so nothing would be inspected; give both an inspector, or remove one of the two");
            if (other.Conduit.Refuse != draft.Conduit.Refuse)
                return Fault(second, $"{both}, with different answers to a refused operation ('refuse'); give both the same");
        }
        return open.Count < PolicyLimits.MaxConduitsPerFlow || Fault(draft,
            $"more than {PolicyLimits.MaxConduitsPerFlow} allowed ports cover {Source(draft)} to {Target(draft)} {draft.Conduit.Port}; "
            + "put their operations into one line");
    }

    private bool Fault(Draft draft, string message)
    {
        report.Error(At(draft), $"grants[{draft.GrantPlace}]", NameOf(draft), message);
        return false;
    }

    private static (Draft First, Draft Second) InOrder(Draft a, Draft b) => a.GrantPlace <= b.GrantPlace ? (a, b) : (b, a);

    private static ServicePort Shared(Draft a, Draft b)
    {
        var (left, right) = (a.Conduit.Port.Ports, b.Conduit.Port.Ports);
        return new ServicePort(a.Conduit.Port.Transport, new PortRange(Math.Max(left.First, right.First), Math.Min(left.Last, right.Last)));
    }

    private SourceLine At(Draft draft) => plan.Document.Grants[draft.GrantPlace].At;

    private string NameOf(Draft draft) => plan.Document.Grants[draft.GrantPlace].Name;

    private string Source(Draft draft) => plan.NameOf(draft.Conduit.From);

    private string Target(Draft draft) => plan.NameOf(draft.Conduit.To);
}
