using System.Net;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Corridor.Authority;
using Gateway.Corridor.Client;
using Gateway.Corridor.Hub;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Admin;

/// <summary>Does what operators ask.</summary>
internal sealed class AdminDesk(HubParts parts, IPEndPoint endpoint)
{
    public static readonly TimeSpan ShortestToken = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan LongestToken = TimeSpan.FromDays(7);

    private readonly AdminViews _views = new(parts, endpoint);
    private readonly Revocations _revocations = new(parts.Store, parts.Options.Time);

    public AdminReply Answer(AdminRequest request)
    {
        if (request is not (AskStatus or ListFlows or ListEntitlements or ListServices))
            parts.Log.Operator(request.GetType().Name);
        try
        {
            return request switch
            {
                NewToken token => Token(token),
                ChangeEntitlements change => Entitle(change),
                ListEntitlements => new AdminReply { Entitlements = _views.Entitlements() },
                AddService service => Add(service),
                RemoveService service => Remove(service),
                ListServices => new AdminReply { Services = _views.Services() },
                Revoke revoke => new AdminReply { Notes = _revocations.Revoke(revoke.What) },
                Restore restore => new AdminReply { Notes = _revocations.Restore(restore.What) },
                Release release => new AdminReply { Notes = _revocations.Release(release.What) },
                ListFlows => new AdminReply { Flows = _views.Flows() },
                _ => new AdminReply { Status = _views.Status() },
            };
        }
        catch (Exception e) when (e is AdminRefusedException or EnrolmentRefusedException or FormatException)
        {
            return new AdminReply { Error = e.Message };
        }
    }

    private AdminReply Token(NewToken request)
    {
        var valid = TimeSpan.FromSeconds(Math.Clamp(request.ValidSeconds, 0, LongestToken.TotalSeconds * 2));
        if (valid < ShortestToken || valid > LongestToken)
            throw new AdminRefusedException($"valid: {request.ValidSeconds:0} s; a token lives {ShortestToken.TotalMinutes:0} minute to {LongestToken.TotalDays:0} days");
        if (request.Groups.Count > CorridorWireDoor.MaxGroups)
            throw new AdminRefusedException($"groups: {request.Groups.Count}; at most {CorridorWireDoor.MaxGroups}");
        if (request.Kind != SpiffeKind.Client && request.Groups.Count > 0)
            throw new AdminRefusedException("groups: only clients have groups");
        foreach (var group in request.Groups)
            Check(SpiffeId.CheckName(group), "group");
        var site = parts.Options.Site;
        var id = request.Kind == SpiffeKind.Gateway ? SpiffeId.ForGateway(site, request.Name) : SpiffeId.ForClient(site, request.Name);
        var (token, expiresAt) = parts.Desk.NewToken(id, request.Groups, valid);
        return new AdminReply { Token = new TokenView(id.ToString(), token, expiresAt) };
    }

    private AdminReply Entitle(ChangeEntitlements request) => parts.Store.Change(state =>
    {
        Check(SpiffeId.CheckName(request.Caller), "caller");
        var notes = new List<string>();
        foreach (var text in request.Targets)
        {
            var leave = EntitlementReader.Read(request.From, request.Caller, text, declared: false, out var wrong)
                ?? throw new AdminRefusedException($"target {text}: {wrong}");
            state = request.Add ? Added(state, leave, notes) : Removed(state, leave, notes);
        }
        return (state, new AdminReply { Notes = notes });
    });

    private HubState Added(HubState state, Entitlement leave, List<string> notes)
    {
        if (state.Entitlements.Any(leave.SameAs))
        {
            notes.Add($"{leave} is there already");
            return state;
        }
        if (state.Entitlements.Length >= parts.Options.Limits.Entitlements)
            throw new AdminRefusedException($"there are {state.Entitlements.Length} entitlements, the most this hub keeps; remove some or use groups and prefixes");
        notes.Add($"added {leave}");
        return state with { Entitlements = state.Entitlements.Add(leave) };
    }

    private static HubState Removed(HubState state, Entitlement leave, List<string> notes)
    {
        var there = state.Entitlements.FirstOrDefault(leave.SameAs) ?? throw new AdminRefusedException($"there is no {leave}; corridor entitle list shows what there is");
        if (there.Declared)
            throw new AdminRefusedException($"{leave} comes from the configuration file; remove it there and start the hub again");
        notes.Add($"removed {leave}; its flows end now");
        return state with { Entitlements = state.Entitlements.Remove(there) };
    }

    private AdminReply Add(AddService request) => parts.Store.Change(state =>
    {
        Check(SpiffeId.CheckName(request.Name), "name");
        var address = CorridorEndpoint.Parse(request.Address);
        if (state.Device(request.Name) is { } device)
            throw new AdminRefusedException($"the name {request.Name} belongs to the device {device.Id}; name the service otherwise");
        if (state.Services.Count >= parts.Options.Limits.Services)
            throw new AdminRefusedException($"there are {state.Services.Count} services, the most this hub keeps");
        RefuseDeclared(state, request.Name);
        var service = new ServiceRecord(request.Name, address.Host, address.Port, Declared: false);
        return (state with { Services = state.Services.SetItem(service.Name, service) },
            new AdminReply { Notes = [$"{service.Name} is at {address}; entitle devices to it: corridor entitle add --device NAME {service.Name}"] });
    });

    private AdminReply Remove(RemoveService request) => parts.Store.Change(state =>
    {
        if (!state.Services.ContainsKey(request.Name))
            throw new AdminRefusedException($"there is no service {request.Name}; corridor service list shows what there is");
        RefuseDeclared(state, request.Name);
        return (state with { Services = state.Services.Remove(request.Name) }, new AdminReply { Notes = [$"removed {request.Name}; its flows end now"] });
    });

    private static void RefuseDeclared(HubState state, string service)
    {
        if (state.Services.TryGetValue(service, out var there) && there.Declared)
            throw new AdminRefusedException($"the service {service} comes from the configuration file; change it there and start the hub again");
    }

    private static void Check(string? wrong, string field)
    {
        if (wrong is not null)
            throw new AdminRefusedException($"{field}: {wrong}");
    }
}

/// <summary>Not done; the message says why and what would be right.</summary>
internal sealed class AdminRefusedException(string message) : Exception(message);
