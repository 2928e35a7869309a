using Gateway.Core.Devices;
using Gateway.Core.Policy;

namespace Gateway.Core.State;

/// <summary>The state after an entry. Pure, and for ever the same: each start applies every entry again.</summary>
public static class StateReducer
{
    /// <exception cref="InvalidOperationException">The entry does not fit the state; it must be refused before it is stored.</exception>
    public static GatewayState Apply(GatewayState state, StateEntry entry) => entry switch
    {
        SiteImported site => Import(state, site),
        DeviceFound found => Put(state, DeviceLife.Found(found.DeviceId, found.Link, found.Mac, found.SegmentAddress, found.At)),
        DeviceApproved approved => Add(Step(state, approved), approved.Addition),
        DeviceRetired retired => Forget(Step(state, retired), state.Devices[retired.DeviceId].Name),
        GrantsAdded added => Add(state, added.Addition),
        GrantRemoved removed => state with { Grants = state.Grants.RemoveAll(g => g.Name == removed.Grant) },
        PolicyReplaced replaced => Replace(state, replaced),
        AccountAdded added => state with { Accounts = state.Accounts.SetItem(added.Account.Name, added.Account) },
        IdentityIssued issued => state with { Identities = state.Identities.SetItem(issued.DeviceId, issued.Identity) },
        IdentityDestroyed destroyed => state with { Identities = state.Identities.Remove(destroyed.DeviceId) },
        _ => Step(state, entry),
    };

    /// <summary>The command that an entry about one device stands for; null for other entries.</summary>
    public static (string DeviceId, DeviceCommand Command)? CommandOf(StateEntry entry) => entry switch
    {
        DeviceNamed e => (e.DeviceId, new NameDevice(e.At, e.By, e.Name, e.Kind, e.Labels, e.Place, e.EquipmentNumber, e.Keeper)),
        DeviceApproved e => (e.DeviceId, new ApproveDevice(e.At, e.By, e.Binding, e.Fabric)),
        DeviceBindingBroke e => (e.DeviceId, new BindingBroke(e.At, e.By, e.Break)),
        DeviceBindingConfirmed e => (e.DeviceId, new ConfirmBinding(e.At, e.By, e.Binding)),
        DeviceCutOff e => (e.DeviceId, new CutOffDevice(e.At, e.By)),
        DeviceRestored e => (e.DeviceId, new RestoreDevice(e.At, e.By)),
        DeviceRetired e => (e.DeviceId, new RetireDevice(e.At, e.By)),
        _ => null,
    };

    private static GatewayState Step(GatewayState state, StateEntry entry)
    {
        var (id, command) = CommandOf(entry) ?? throw new InvalidOperationException($"no rule for {entry.GetType().Name}");
        if (!state.Devices.TryGetValue(id, out var device))
            throw new InvalidOperationException($"no device has the id {id}");
        var result = DeviceLife.Apply(device, command);
        return result.Done ? Put(state, result.Device) : throw new InvalidOperationException(result.Refusal);
    }

    private static GatewayState Put(GatewayState state, Device device) => state with { Devices = state.Devices.SetItem(device.Id, device) };

    private static GatewayState Import(GatewayState state, SiteImported site) => state with
    {
        Imported = true,
        Devices = state.Devices.SetItems(site.Devices.Select(d => KeyValuePair.Create(d.Id, d))),
        Peers = site.Peers,
        Services = site.Services,
        Callers = site.Callers,
        Grants = site.Grants,
    };

    private static GatewayState Add(GatewayState state, PolicyAddition addition) => state with
    {
        Callers = state.Callers.AddRange(addition.Callers.Where(c => state.Callers.All(known => known.Name != c.Name))),
        Services = state.Services.AddRange(addition.Services.Where(s => state.Services.All(known => known.Name != s.Name))),
        Grants = state.Grants.AddRange(addition.Grants.Where(g => state.Grants.All(known => known.Name != g.Name))),
    };

    /// <summary>Grants that name a retired device by name end with it; those by label do not.</summary>
    private static GatewayState Forget(GatewayState state, string device) => device.Length == 0 ? state : state with
    {
        Grants = state.Grants.RemoveAll(g => Names(g.From, device) || Names(g.To, device)),
    };

    private static bool Names(Selector selector, string device) => selector.Kind == EntityKind.Device && selector.Name == device;

    private static GatewayState Replace(GatewayState state, PolicyReplaced replaced) => state with
    {
        Peers = replaced.Peers,
        Services = replaced.Services,
        Callers = replaced.Callers,
        Grants = replaced.Grants,
        Devices = state.Devices.SetItems(state.Present
            .Where(d => replaced.Labels.ContainsKey(d.Name))
            .Select(d => KeyValuePair.Create(d.Id, d with { Labels = replaced.Labels[d.Name] }))),
    };
}
