using System.Globalization;
using System.Net.Sockets;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Corridor.Client;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Hub;

/// <summary>A dial, from request to last byte: 1 enter, 2 decide, 3 reach the target, 4 accept, 5 carry.</summary>
internal sealed class DialEndpoint(
    HubStore store, FlowTable flows, DoorYard yard, PeerTable peers, HubLimits limits, HubCounters counters, string hub, RefusalLog refusals,
    ILogger log)
{
    public async Task HandleAsync(HttpContext context, PeerConnection peer, string target, ushort port)
    {
        // 1
        var flow = flows.TryOpen(peer.Credential, target, port, out var limit);
        if (flow is null)
        {
            var refusal = new Refusal(429, CorridorProblems.Limit, $"{peer.Credential.Id} has reached the limit {limit}; close flows first");
            await Answers.RefuseAsync(context, hub, refusal, peer.Credential.Id.ToString(), target);
            return;
        }
        try
        {
            await HandleAsync(context, flow);
        }
        catch (OperationCanceledException) when (flow.EndReason.Length > 0 && !context.Response.HasStarted)
        {
            await RefuseAsync(context, flow, new Refusal(403, CorridorProblems.NotEntitled, flow.EndReason));
        }
        finally
        {
            flows.Close(flow);
        }
    }

    private async Task HandleAsync(HttpContext context, Flow flow)
    {
        // 2
        var verdict = Entitlements.Decide(store.Current, flow.Caller.Id, flow.Target, flow.Port);
        if (!verdict.Allowed)
        {
            await RefuseAsync(context, flow, new Refusal(verdict.Problem == CorridorProblems.UnknownTarget ? 502 : 403, verdict.Problem, verdict.Detail));
            return;
        }
        // 3
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, flow.Ended);
        var (far, refusal) = verdict.Service is { } service
            ? await DialServiceAsync(service, stop.Token)
            : await DialDeviceAsync(flow, verdict.Device!, stop.Token);
        if (far is null)
        {
            await RefuseAsync(context, flow, refusal!);
            return;
        }
        await using (far)
        {
            // 4
            var carrier = await ServerCarrier.AcceptAsync(context, hub);
            await using var near = new CapsuleStream(carrier.Input, carrier.Output, carrier);
            counters.Add(HubCounter.FlowsOpened);
            log.FlowOpened(flow.Id, flow.Caller.Id.ToString(), flow.Target, flow.Port);
            // 5
            var why = await Relay.RunAsync(near, far, flow.Counters, stop.Token);
            if (why is not null && !Relay.IsEndOfFlow(why))
                log.RequestFailed(why);
            var reason = flow.EndReason.Length > 0 ? flow.EndReason : why is null ? "both sides ended" : "broken off";
            log.FlowClosed(flow.Id, flow.Target, flow.Counters.LeftToRight, flow.Counters.RightToLeft, reason);
        }
    }

    private async Task<(DuplexStream? Stream, Refusal? Refusal)> DialServiceAsync(ServiceRecord service, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(limits.ServiceConnect);
        try
        {
            return (await TcpStream.ConnectAsync(service.Host, service.Port, limit.Token), null);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            var why = e is SocketException ? e.Message : $"no answer within {limits.ServiceConnect.TotalSeconds:0} s";
            return (null, new Refusal(502, CorridorProblems.Unreachable, string.Create(CultureInfo.InvariantCulture,
                $"the service {service.Name} at {service.Host}:{service.Port} cannot be reached from the hub: {why}")));
        }
    }

    private async Task<(DuplexStream? Stream, Refusal? Refusal)> DialDeviceAsync(Flow flow, IdentityRecord device, CancellationToken cancel)
    {
        var id = SpiffeId.Parse(device.Id);
        for (var tries = 0; tries < limits.DoorTries; tries++)
        {
            if (await yard.TakeAsync(id, peers.IsPresent(id) ? limits.DoorWait : TimeSpan.Zero, cancel) is not { } door)
                break;
            flow.Device = door.Device;
            var answer = await AskAsync(door, Request(flow), cancel);
            if (answer is { Refused: { } refusal })
                return (null, refusal);
            if (answer.Accepted)
                return (new CapsuleStream(door.Carrier.Input, door.Carrier.Output, door.Carrier), null);
            counters.Add(HubCounter.DoorsBroken);
        }
        return (null, new Refusal(502, CorridorProblems.NoDoor, $"no door of {device.Name} is open; its gateway {device.Segment} is away or busy"));
    }

    private async Task<(bool Accepted, Refusal? Refused)> AskAsync(ParkedDoor door, DoorRequest request, CancellationToken cancel)
    {
        var device = door.Device.Id;
        try
        {
            var answer = await door.AskAsync(request, limits.DoorAnswer, cancel);
            if (answer is { Accept: true })
                return (true, null);
            await door.Carrier.CloseAsync(inOrder: answer is not null);
            return (false, answer is null ? null : answer.Unreachable
                ? new Refusal(502, CorridorProblems.Unreachable, $"{device.Name} cannot be reached by its gateway {device.Segment}: {answer.Reason}")
                : new Refusal(403, CorridorProblems.GatewayRefused, $"the gateway {device.Segment} refused {request.Name} at {device.Name}:{request.Port}: {answer.Reason}"));
        }
        catch (TimeoutException e)
        {
            await door.Carrier.CloseAsync(inOrder: false);
            return (false, new Refusal(504, CorridorProblems.Unreachable, $"{device.Name} cannot be reached: {e.Message}"));
        }
        catch (OperationCanceledException)
        {
            await door.Carrier.CloseAsync(inOrder: false);
            throw;
        }
    }

    private DoorRequest Request(Flow flow) => new(
        flow.Id, flow.Caller.Id.ToString(), flow.Caller.Id.Name, [.. store.Current.Identity(flow.Caller.Id)?.AllGroups() ?? []],
        flow.Caller.Fingerprint, flow.Port);

    private async Task RefuseAsync(HttpContext context, Flow flow, Refusal refusal)
    {
        counters.Add(refusal.Kind switch
        {
            CorridorProblems.UnknownTarget => HubCounter.DialsUnknownTarget,
            CorridorProblems.NoDoor => HubCounter.DialsNoDoor,
            CorridorProblems.GatewayRefused => HubCounter.DialsRefusedByGateway,
            CorridorProblems.Unreachable => HubCounter.DialsUnreachable,
            _ => HubCounter.DialsNotEntitled,
        });
        refusals.Dial(refusal);
        await Answers.RefuseAsync(context, hub, refusal, flow.Caller.Id.ToString(), string.Create(CultureInfo.InvariantCulture, $"{flow.Target}:{flow.Port}"));
    }
}
