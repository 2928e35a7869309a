using System.Globalization;
using System.Net;
using Gateway.Core.Identity;
using Gateway.Corridor.Hub;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Admin;

/// <summary>What operators see.</summary>
internal sealed class AdminViews(HubParts parts, IPEndPoint endpoint)
{
    private readonly DateTimeOffset _started = parts.Options.Time.GetUtcNow();

    public IReadOnlyList<EntitlementView> Entitlements() =>
        [.. parts.Store.Current.Entitlements.OrderBy(leave => leave.ToString(), StringComparer.Ordinal).Select(leave => new EntitlementView(
            leave.From.ToString().ToLowerInvariant(), leave.Caller, leave.Target, leave.IsForService ? null : leave.Port, leave.Declared))];

    public IReadOnlyList<ServiceView> Services() =>
        [.. parts.Store.Current.Services.Values.Select(service => new ServiceView(
            service.Name, string.Create(CultureInfo.InvariantCulture, $"{service.Host}:{service.Port}"), service.Declared))];

    public IReadOnlyList<FlowView> Flows() =>
        [.. parts.Flows.List().Select(flow => new FlowView(
            flow.Id, flow.Caller.Id.ToString(), flow.Target, flow.Port, flow.Since, flow.Counters.LeftToRight, flow.Counters.RightToLeft))];

    public StatusView Status()
    {
        var state = parts.Store.Current;
        var newest = state.Certificates.Values.GroupBy(record => record.Id)
            .ToDictionary(group => group.Key, group => group.MaxBy(record => record.NotAfter)!, StringComparer.Ordinal);
        var flows = parts.Flows.List();
        var counters = Enum.GetValues<HubCounter>().Where(counter => parts.Counters[counter] > 0)
            .ToDictionary(counter => counter.ToString(), counter => parts.Counters[counter], StringComparer.Ordinal);
        return new StatusView(
            state.Site, state.Hub, endpoint.ToString(), parts.Authority.Fingerprint, _started,
            [.. state.Identities.Values.Select(identity => Identity(state, identity, newest.GetValueOrDefault(identity.Id), flows))], counters);
    }

    private IdentityView Identity(HubState state, IdentityRecord identity, CertificateRecord? certificate, IReadOnlyList<Flow> flows)
    {
        var id = SpiffeId.Parse(identity.Id);
        var connections = parts.Peers.CountOf(id);
        return new IdentityView(
            identity.Id, [.. identity.AllGroups()], StateOf(state, identity, certificate, connections), certificate?.Fingerprint, certificate?.NotAfter,
            connections, parts.Yard.CountOf(id), flows.Count(flow => flow.Caller.Id == id || flow.Device?.Id == id));
    }

    private string StateOf(HubState state, IdentityRecord identity, CertificateRecord? certificate, int connections)
    {
        if (Standing.Barred(state, identity) is not null || certificate?.RevokedAt is not null)
            return "revoked";
        if (certificate is null)
            return "not-enrolled";
        if (certificate.NotAfter < parts.Options.Time.GetUtcNow())
            return "expired";
        return connections > 0 ? "connected" : "away";
    }
}
