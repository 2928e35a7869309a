using System.Globalization;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;

namespace Gateway.Corridor.State;

/// <summary>Whether a dial is allowed. The zero value is no.</summary>
/// <param name="Allowed">The answer.</param>
/// <param name="Service">Service that is dialled; null for a device.</param>
/// <param name="Device">Device that is dialled; null for a service.</param>
/// <param name="Problem">Why not, for programs; empty when allowed.</param>
/// <param name="Detail">Why not, naming caller, target and what is missing.</param>
internal readonly record struct DialVerdict(bool Allowed, ServiceRecord? Service, IdentityRecord? Device, string Problem, string Detail);

/// <summary>Decides on dials: a pure function of state, caller, target and port.</summary>
internal static class Entitlements
{
    /// <param name="state">State.</param>
    /// <param name="caller">Authenticated caller.</param>
    /// <param name="target">Name that is dialled.</param>
    /// <param name="port">Port that is dialled; 0 for the own port of a service.</param>
    public static DialVerdict Decide(HubState state, SpiffeId caller, string target, ushort port)
    {
        if (state.Identity(caller) is not { } record)
            return Refuse(CorridorProblems.BadCredential, $"{caller} is not on record");
        if (record.Kind is not (SpiffeKind.Client or SpiffeKind.Device))
            return Refuse(CorridorProblems.NotYours, $"{caller} is a {record.Kind}; only clients and devices dial");
        var service = state.Services.GetValueOrDefault(target);
        var wanted = service is null ? port : CorridorWire.OwnPort;
        var portFits = service is null || port == CorridorWire.OwnPort || port == service.Port;
        if (!portFits || !state.Entitlements.Any(leave => leave.Port == wanted && leave.HasTarget(target) && leave.HasCaller(record)))
            return Refuse(CorridorProblems.NotEntitled, Missing(record, target, port));
        if (service is not null)
            return new DialVerdict(true, service, null, "", "");
        return port != CorridorWire.OwnPort && state.Device(target) is { } device
            ? new DialVerdict(true, null, device, "", "")
            : Refuse(CorridorProblems.UnknownTarget, $"{target} is neither a device that was enrolled here nor a service");
    }

    private static DialVerdict Refuse(string problem, string detail) => new(false, null, null, problem, detail);

    /// <summary>The same for targets that exist and that do not, so that names cannot be tried out.</summary>
    private static string Missing(IdentityRecord caller, string target, ushort port)
    {
        var kind = caller.Kind == SpiffeKind.Client ? "client" : "device";
        var groups = string.Join(", ", caller.AllGroups());
        var where = port == CorridorWire.OwnPort ? target : string.Create(CultureInfo.InvariantCulture, $"{target}:{port}");
        return groups.Length == 0
            ? $"{kind} {caller.Name} has no entitlement to {where}"
            : $"{kind} {caller.Name} has no entitlement to {where}, neither by name nor by its groups {groups}";
    }
}
