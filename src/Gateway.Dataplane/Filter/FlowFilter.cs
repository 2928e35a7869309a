using System.Runtime.CompilerServices;
using Gateway.Core.Policy;
using Gateway.Dataplane.Flows;

namespace Gateway.Dataplane.Filter;

/// <summary>Conduit indexes that cover a flow, in a fixed array.</summary>
[InlineArray(FlowLimits.MaxConduits)]
internal struct ConduitList
{
    private int _first;
}

/// <summary>Who wants to reach whom: the facts the filter decides on.</summary>
/// <param name="Kind">Kind of source.</param>
/// <param name="Source">Index of the source in its kind's list.</param>
/// <param name="SeenAt">Address the source sent to.</param>
/// <param name="Transport">IP protocol number.</param>
/// <param name="Port">Destination port.</param>
internal readonly record struct FlowFacts(EntityKind Kind, int Source, uint SeenAt, byte Transport, ushort Port);

/// <summary>The filter: a pure function from facts and policy to a verdict. The zero value of the result refuses.</summary>
internal static class FlowFilter
{
    /// <summary>Adds the conduits that cover the flow to those found so far (one caller may match several entries).</summary>
    /// <param name="image">Policy.</param>
    /// <param name="facts">Who wants what.</param>
    /// <param name="conduits">Receives conduit indexes.</param>
    /// <param name="count">How many are in it, before and after.</param>
    public static void Match(PolicyImage image, in FlowFacts facts, ref ConduitList conduits, ref int count)
    {
        var (start, length) = image.Bucket(facts.Kind, facts.Source, facts.SeenAt);
        for (var i = start; i < start + length && count < FlowLimits.MaxConduits; i++)
        {
            ref readonly var conduit = ref image.Conduits[i];
            if (conduit.Transport != facts.Transport || facts.Port < conduit.FirstPort || facts.Port > conduit.LastPort)
                continue;
            // Several entries of a caller may name the same device only; a second target would make the flow ambiguous.
            if (count > 0 && !SameTarget(image.Conduits[conduits[0]], conduit))
                continue;
            if (ReachesTarget(image, facts.Kind, conduit))
                conduits[count++] = i;
        }
    }

    /// <summary>Whether the target's state lets conduits apply: grants need an approved device; what the gateway asks by itself also
    /// reaches one that waits for approval.</summary>
    private static bool ReachesTarget(PolicyImage image, EntityKind source, in ConduitEntry conduit)
    {
        if (conduit.TargetKind != EntityKind.Device)
            return true;
        var enforcement = image.Devices[conduit.Target].Enforcement;
        return enforcement == Enforcement.Enforce || (enforcement == Enforcement.Quarantine && source == EntityKind.Gateway);
    }

    private static bool SameTarget(in ConduitEntry left, in ConduitEntry right) =>
        left.TargetKind == right.TargetKind && left.Target == right.Target && left.ShownAs == right.ShownAs;
}
