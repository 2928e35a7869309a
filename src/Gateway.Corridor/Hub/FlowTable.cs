using System.Security.Cryptography;
using Gateway.Core.Identity;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Hub;

/// <summary>All flows. A flow is entered before it is decided on, so that a change of the state finds it whatever comes first.</summary>
internal sealed class FlowTable(HubLimits limits, HubCounters counters, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Flow> _flows = [];
    private readonly Dictionary<SpiffeId, int> _perCaller = [];

    /// <summary>Enters a flow.</summary>
    /// <param name="caller">Who dials.</param>
    /// <param name="target">Whom.</param>
    /// <param name="port">Port.</param>
    /// <param name="limit">Name of the limit that was reached; empty when none was.</param>
    /// <returns>Null when a limit was reached.</returns>
    public Flow? TryOpen(Credential caller, string target, ushort port, out string limit)
    {
        var flow = new Flow(RandomNumberGenerator.GetHexString(16, lowercase: true), caller, target, port, time.GetUtcNow());
        lock (_lock)
        {
            var own = _perCaller.GetValueOrDefault(caller.Id);
            limit = own >= limits.FlowsPerCaller ? nameof(limits.FlowsPerCaller) : _flows.Count >= limits.Flows ? nameof(limits.Flows) : "";
            if (limit.Length == 0)
            {
                _perCaller[caller.Id] = own + 1;
                _flows.Add(flow);
                return flow;
            }
        }
        counters.Add(limit == nameof(limits.Flows) ? HubCounter.LimitFlows : HubCounter.LimitFlowsPerCaller);
        flow.Dispose();
        return null;
    }

    public void Close(Flow flow)
    {
        lock (_lock)
        {
            if (!_flows.Remove(flow))
                return;
            if (--_perCaller[flow.Caller.Id] == 0)
                _perCaller.Remove(flow.Caller.Id);
            flow.Dispose();
        }
    }

    public IReadOnlyList<Flow> List()
    {
        lock (_lock)
            return [.. _flows.OrderBy(flow => flow.Since)];
    }

    /// <summary>Ends the flows that would not be let in any more.</summary>
    /// <param name="state">State.</param>
    /// <param name="now">Time.</param>
    /// <param name="stateChanged">Whether entitlements can have changed since the last look; else only time has gone on.</param>
    public void Reexamine(HubState state, DateTimeOffset now, bool stateChanged)
    {
        foreach (var flow in List())
        {
            if (flow.EndReason.Length > 0 || Explain(state, flow, now, stateChanged) is not { } why)
                continue;
            counters.Add(HubCounter.FlowsEndedByPolicy);
            flow.End(why);
        }
    }

    private static string? Explain(HubState state, Flow flow, DateTimeOffset now, bool stateChanged)
    {
        if (Standing.ExplainOpen(state, flow.Caller, now) is { } caller)
            return caller;
        if (flow.Device is { } device && Standing.ExplainOpen(state, device, now) is { } target)
            return target;
        if (!stateChanged)
            return null;
        var verdict = Entitlements.Decide(state, flow.Caller.Id, flow.Target, flow.Port);
        return verdict.Allowed ? null : verdict.Detail;
    }
}
