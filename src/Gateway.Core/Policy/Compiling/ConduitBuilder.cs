using System.Collections.Immutable;
using Gateway.Core.Net;

namespace Gateway.Core.Policy.Compiling;

/// <summary>Expands grants into conduits, with the addresses of decision 0001.</summary>
internal sealed class ConduitBuilder(SitePlan plan, Report report)
{
    private readonly List<Draft> _drafts = [];
    private readonly PairRule _pairs = new(plan, report);

    public List<Draft> Build()
    {
        for (var place = 0; place < plan.Document.Grants.Length && !report.Full; place++)
        {
            Expand(plan.Document.Grants[place], place);
            if (_drafts.Count > PolicyLimits.MaxConduits)
            {
                report.Error(plan.Document.Grants[place].At, $"grants[{place}]", plan.Document.Grants[place].Name,
                    $"up to this grant the labels expand to more than {PolicyLimits.MaxConduits} conduits; use labels that select fewer");
                break;
            }
        }
        return _drafts;
    }

    private void Expand(GrantSpec grant, int place)
    {
        var sources = plan.Site.Expand(grant.From);
        var targets = plan.Site.Expand(grant.To);
        var before = _drafts.Count;
        var pairs = 0;
        foreach (var source in sources)
        {
            foreach (var target in targets)
            {
                if (grant.From.Kind == grant.To.Kind && source == target)
                    continue;
                pairs++;
                AddPair(grant, place, plan.Ref(grant.From.Kind, source), plan.Ref(grant.To.Kind, target));
                if (_drafts.Count - before > PolicyLimits.MaxConduits)
                    return;
            }
        }
        if (pairs == 0)
            WarnEmpty(grant, place, sources, targets);
    }

    /// <summary>A device that is not enforced has no conduits: not approved or cut off means that nothing passes, so nothing is left
    /// to be enforced wrongly. Only the gateway's own questions may go to one that is not approved yet.</summary>
    private void AddPair(GrantSpec grant, int place, EntityRef from, EntityRef to)
    {
        if (!IsOpen(from, to))
            return;
        if (SeenAt(grant, to, from) is not { } seenAt)
        {
            report.Error(grant.At, $"grants[{place}].to", plan.NameOf(to),
                "the service has no address at which a device could know it; add 'address' to the service or 'as' here");
            return;
        }
        var shownAs = ShownAs(grant, from, to);
        _pairs.Check(grant, place, from, to, seenAt, shownAs);
        if (to.Kind == EntityKind.Service)
            Add(new AllowSpec(plan.Services[to.Index].Port, InspectorKind.None, null, RefuseMode.Answer, grant.At));
        foreach (var allow in grant.Allow)
            Add(allow);

        void Add(AllowSpec allow)
        {
            var conduit = new Conduit(
                plan.Grants.Rank(place), from, to, seenAt, shownAs, allow.Port, allow.Inspector, allow.Operations, allow.Refuse);
            _drafts.Add(new Draft(conduit, place));
        }
    }

    private bool IsOpen(EntityRef from, EntityRef to)
    {
        if (from.Kind == EntityKind.Device && plan.CompiledDevices[from.Index].Enforcement != Enforcement.Enforce)
            return false;
        return to.Kind != EntityKind.Device || plan.CompiledDevices[to.Index].Enforcement switch
        {
            Enforcement.Enforce => true,
            Enforcement.Quarantine => from.Kind == EntityKind.Gateway,
            _ => false,
        };
    }

    private Ipv4Address? SeenAt(GrantSpec grant, EntityRef to, EntityRef from) => grant.To.As ?? (to.Kind, from.Kind) switch
    {
        (EntityKind.Device, EntityKind.Device) => plan.CompiledDevices[to.Index].Address.Address,
        (EntityKind.Device, _) => plan.CompiledDevices[to.Index].SegmentAddress,
        (EntityKind.Peer, _) => plan.Peers[to.Index].Address,
        _ => plan.Services[to.Index].Address,
    };

    private Ipv4Address ShownAs(GrantSpec grant, EntityRef from, EntityRef to) => grant.From.As ?? to.Kind switch
    {
        EntityKind.Device => plan.CompiledDevices[to.Index].GatewayAddress,
        EntityKind.Peer => plan.UplinkOf(to.Index).Address,
        _ => plan.CompiledDevices[from.Index].SegmentAddress,
    };

    private void WarnEmpty(GrantSpec grant, int place, ImmutableArray<int> sources, ImmutableArray<int> targets)
    {
        if (sources.IsEmpty)
            report.Warn(grant.From.At, $"grants[{place}].from", LabelSet.Format(grant.From.Labels),
                "nothing carries these labels, so the grant allows nothing yet");
        if (targets.IsEmpty)
            report.Warn(grant.To.At, $"grants[{place}].to", LabelSet.Format(grant.To.Labels),
                "nothing carries these labels, so the grant allows nothing yet");
        if (!sources.IsEmpty && !targets.IsEmpty)
            report.Warn(grant.At, $"grants[{place}]", grant.Name, "both sides are one and the same device, so the grant allows nothing yet");
    }
}
