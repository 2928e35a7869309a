using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Hub;

/// <summary>Tells each what it may know: a gateway who may call and what is offered, so that its pages can propose grants; a client
/// or device what it may dial.</summary>
internal sealed class DirectoryEndpoint(HubStore store, PeerTable peers)
{
    public async Task HandleAsync(HttpContext context, PeerConnection peer)
    {
        var directory = For(store.Current, peer.Credential.Id);
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(context.Response.Body, directory, CorridorWireJson.Default.CorridorDirectory, context.RequestAborted);
    }

    private CorridorDirectory For(HubState state, SpiffeId asker) => asker.Kind == SpiffeKind.Gateway
        ? ForGateway(state, asker.Name)
        : new CorridorDirectory(state.Site, state.Hub, [], [],
            [.. state.Services.Values.Where(service => May(state, asker, service.Name, CorridorWire.OwnPort))
                .Select(service => new DirectoryService(service.Name, service.Port, []))],
            [.. Devices(state).Select(device => Describe(device, Ports(state, asker, device.Name))).Where(device => device.Ports.Count > 0)], []);

    private CorridorDirectory ForGateway(HubState state, string segment)
    {
        var own = Devices(state).Where(device => device.Segment == segment).ToList();
        var callers = state.Identities.Values.Where(identity => identity.Kind == SpiffeKind.Client && identity.BarredAt is null)
            .Select(identity => new DirectoryCaller(identity.Id, identity.Name, [.. identity.AllGroups()])).ToImmutableArray();
        return new CorridorDirectory(state.Site, state.Hub, callers,
            [.. callers.SelectMany(caller => caller.Groups).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            [.. state.Services.Values.Select(service => new DirectoryService(service.Name, service.Port,
                [.. own.Where(device => May(state, SpiffeId.Parse(device.Id), service.Name, CorridorWire.OwnPort)).Select(device => device.Name)]))],
            [.. own.Select(device => Describe(device, PortsOf(state, device.Name)))],
            [.. state.Entitlements.Where(leave => !leave.IsForService && leave.From != CallerKind.Device).Select(leave => Describe(state.Site, leave))]);
    }

    private DirectoryDevice Describe(IdentityRecord device, IEnumerable<ushort> ports) =>
        new(device.Name, [.. ports], peers.IsPresent(SpiffeId.Parse(device.Id)));

    private static DirectoryEntitlement Describe(string site, Entitlement leave) => leave.From == CallerKind.Client
        ? new DirectoryEntitlement(leave.Caller, SpiffeId.ForClient(site, leave.Caller).ToString(), "", leave.Target, leave.Port)
        : new DirectoryEntitlement("", "", leave.Caller, leave.Target, leave.Port);

    private static IEnumerable<IdentityRecord> Devices(HubState state) => state.Identities.Values.Where(identity => identity.Kind == SpiffeKind.Device);

    private static IEnumerable<ushort> Ports(HubState state, SpiffeId caller, string device) =>
        PortsOf(state, device).Where(port => May(state, caller, device, port));

    private static IEnumerable<ushort> PortsOf(HubState state, string device) => state.Entitlements
        .Where(leave => !leave.IsForService && leave.HasTarget(device)).Select(leave => leave.Port).Distinct().Order();

    private static bool May(HubState state, SpiffeId caller, string target, ushort port) => Entitlements.Decide(state, caller, target, port).Allowed;
}
