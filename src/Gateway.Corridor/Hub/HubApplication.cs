using Gateway.Core.Fabric;
using Gateway.Corridor.State;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Corridor.Hub;

/// <summary>Every request comes through here: what it is, whether its certificate counts, and then to its endpoint. The three lines
/// above the check are all that a peer without a certificate can reach.</summary>
internal sealed class HubApplication(
    HubStore store, EstEndpoint est, DialEndpoint dial, DoorEndpoint door, DirectoryEndpoint directory, HubCounters counters, TimeProvider time,
    RefusalLog refusals, ILogger log)
{
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await RouteAsync(context, context.Features.Get<PeerConnection>());
        }
        catch (StateNotStoredException e)
        {
            log.StorageFailed(e.Message);
            await RefuseAsync(context, 503, CorridorProblems.Limit, "the hub cannot store its state; try again later");
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The peer went away: there is nobody to answer, and nothing must look like an answer.
            context.Abort();
        }
    }

    private async Task RouteAsync(HttpContext context, PeerConnection? peer)
    {
        var (method, path) = (context.Request.Method, context.Request.Path.Value ?? "");
        if (method == HttpMethods.Get && path == CorridorWire.EstAuthoritiesPath)
            await est.AuthoritiesAsync(context);
        else if (method == HttpMethods.Post && path == CorridorWire.EstEnrolPath && peer is null)
            await est.EnrolAsync(context, null);
        else if (peer is null)
            await RefuseAsync(context, 401, CorridorProblems.NoCredential, $"{method} {path} needs a client certificate of this site; enrol first");
        else if (Standing.Explain(store.Current, peer.Credential, time.GetUtcNow()) is { } wrong)
            await RefuseCredentialAsync(context, peer, wrong);
        else
            await RouteAsync(context, peer, method, path);
    }

    private async Task RouteAsync(HttpContext context, PeerConnection peer, string method, string path)
    {
        var protocol = context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect ? connect.Protocol : null;
        if (protocol == CorridorWire.DialProtocol && CorridorWire.TryParseDial(path, out var target, out var port))
            await dial.HandleAsync(context, peer, target, port);
        else if (protocol == CorridorWire.DoorProtocol && CorridorWire.TryParseDoor(path, out var device))
            await door.HandleAsync(context, peer, device);
        else if (method == HttpMethods.Get && path == CorridorWire.DirectoryPath)
            await directory.HandleAsync(context, peer);
        else if (method == HttpMethods.Post && path == CorridorWire.EstEnrolPath)
            await est.EnrolAsync(context, peer);
        else if (method == HttpMethods.Post && path == CorridorWire.EstReenrolPath)
            await est.ReenrolAsync(context, peer);
        else
            await RefuseAsync(context, 404, CorridorProblems.BadRequest, $"{method} {path} {(protocol is null ? "" : $"with :protocol {protocol} ")}is nothing this hub has");
    }

    private async Task RefuseCredentialAsync(HttpContext context, PeerConnection peer, string wrong)
    {
        counters.Add(HubCounter.CredentialsRefused);
        refusals.Credential(wrong);
        await Answers.RefuseAsync(context, store.Current.Hub, new Refusal(403, CorridorProblems.BadCredential, wrong), peer.Credential.Id.ToString());
    }

    private Task RefuseAsync(HttpContext context, int status, string kind, string detail) =>
        Answers.RefuseAsync(context, store.Current.Hub, new Refusal(status, kind, detail));
}
