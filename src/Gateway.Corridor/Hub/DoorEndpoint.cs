using Gateway.Core.Fabric;
using Gateway.Core.Identity;

namespace Gateway.Corridor.Hub;

/// <summary>Takes the doors that gateways park for their devices.</summary>
internal sealed class DoorEndpoint(DoorYard yard, HubLimits limits, string hub)
{
    public async Task HandleAsync(HttpContext context, PeerConnection peer, string device)
    {
        var id = peer.Credential.Id;
        if (id.Kind != SpiffeKind.Device || id.Name != device)
        {
            var refusal = new Refusal(403, CorridorProblems.NotYours, $"{id} may not open a door for {device}; only the certificate of {device} itself opens one");
            await Answers.RefuseAsync(context, hub, refusal, id.ToString(), device);
            return;
        }
        if (yard.CountOf(id) >= limits.DoorsPerDevice)
        {
            await RefuseAsync(context, id);
            return;
        }
        var carrier = await ServerCarrier.AcceptAsync(context, hub);
        var door = new ParkedDoor(peer.Credential, carrier);
        if (!yard.TryPark(door))
            await carrier.CloseAsync(inOrder: false);
        await using (context.RequestAborted.UnsafeRegister(_ => _ = yard.CloseAsync(door).AsTask(), null))
            await carrier.Finished;
    }

    private Task RefuseAsync(HttpContext context, SpiffeId id) => Answers.RefuseAsync(context, hub,
        new Refusal(429, CorridorProblems.Limit, $"{id.Name} has {limits.DoorsPerDevice} doors parked (DoorsPerDevice); park the next when one is taken"),
        id.ToString(), id.Name);
}
