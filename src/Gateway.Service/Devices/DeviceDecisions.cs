using System.Collections.Immutable;
using Gateway.Core.Api;
using Gateway.Core.Devices;
using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Core.State;
using Gateway.Service.Dataplane;
using Gateway.Service.State;

namespace Gateway.Service.Devices;

/// <summary>What people decide about devices. Every decision is checked on the state it would make, compiled policy included, before it
/// is stored; so nothing that is stored can fail to be enforced.</summary>
internal sealed class DeviceDecisions(
    StateStore state, SiteContext site, DeviceDiscovery discovery, DeviceProposals proposals, PolicyInstaller installer, DataplaneClient dataplane, TimeProvider time)
{
    private const int MaxPlaceLength = 80;
    private const int MaxEquipmentLength = 40;

    public Task NameAsync(string id, NameRequest request, string by) => ApplyAsync(current =>
    {
        var device = Need(current, id);
        if (!DeviceKinds.TryParse(request.Kind, out var kind))
            throw RefusedException.Input("kind", request.Kind, $"'{request.Kind}' is no kind of device; write plc, camera, badge-reader, sorting-machine, drive or other");
        if (DeviceLife.CheckName(request.Name) is { } wrong)
            throw RefusedException.Input("name", request.Name, wrong);
        if (request.Name.StartsWith(DeviceLife.UnnamedPrefix, StringComparison.Ordinal))
            throw RefusedException.Input("name", request.Name, $"names that begin with {DeviceLife.UnnamedPrefix} stand for devices without one; choose another");
        if (current.DeviceByName(request.Name) is { } other && other.Id != id)
            throw RefusedException.Input("name", request.Name, $"another device is called {request.Name} already ({other.Id}); choose another name");
        if (device.Binding is not null && device.Name != request.Name)
            throw RefusedException.Conflict($"{device.Name} is approved under its name, which stands in its certificate; retire it to use another one");
        CheckLength("place", request.Place, MaxPlaceLength);
        CheckLength("equipmentNumber", request.EquipmentNumber, MaxEquipmentLength);
        CheckLength("keeper", request.Keeper, MaxPlaceLength);
        var labels = ReadLabels(request.Labels).SetItem("kind", request.Kind);
        return new DeviceNamed(
            time.GetUtcNow(), by, id, request.Name, kind, labels, request.Place ?? "", request.EquipmentNumber ?? "", request.Keeper ?? "");
    });

    public Task ApproveAsync(string id, ApproveRequest request, string by) => ApplyAsync(current =>
    {
        var device = Need(current, id);
        if (device.State is not (DeviceState.Named or DeviceState.Protected))
            throw RefusedException.Conflict(device.State == DeviceState.New ? "give the device a name first" : $"{device.Name} is {Text(device.State)}; it cannot be approved now");
        if (current.Present.FirstOrDefault(d => d.Id != id && d.Link == device.Link && d.State == DeviceState.Protected) is { } holder)
            throw RefusedException.Conflict($"{holder.Name} holds {device.Link}; one socket protects one device: retire {holder.Name} first");
        var binding = ReadBinding(device, request.Address, request.GatewayAddress, device.Mac, by);
        var fabric = request.Fabric ?? "";
        if (fabric.Length > 0 && site.Document.Fabrics.All(f => f.Name != fabric))
            throw RefusedException.Input("fabric", fabric, $"there is no fabric {fabric}; the site file names: {string.Join(", ", site.Document.Fabrics.Select(f => f.Name))}");
        return new DeviceApproved(time.GetUtcNow(), by, id, binding, fabric, proposals.Choose(current, device, request.Proposals ?? []));
    });

    /// <summary>Grants more of what is proposed, to a device that is approved.</summary>
    public Task GrantAsync(string id, IReadOnlyList<string> chosen, string by) => ApplyAsync(current =>
    {
        var device = Need(current, id);
        if (device.Binding is null)
            throw RefusedException.Conflict("approve the device first; what it may do is chosen there");
        var addition = proposals.Choose(current, device, chosen);
        return addition.Grants.IsEmpty ? null : new GrantsAdded(time.GetUtcNow(), by, addition);
    });

    /// <summary>Takes a grant back and returns when the dataplane enforces that.</summary>
    public async Task RemoveGrantAsync(string grant, string by)
    {
        await ApplyAsync(current => current.Grants.Any(g => g.Name == grant)
            ? new GrantRemoved(time.GetUtcNow(), by, grant)
            : throw RefusedException.Missing("grant", grant)).ConfigureAwait(false);
    }

    /// <summary>A person says that what stands on the socket now is right.</summary>
    public async Task ConfirmAsync(string id, ConfirmRequest request, string by)
    {
        if (!MacAddress.TryParse(request.Mac, out var mac))
            throw RefusedException.Input("mac", request.Mac, $"'{request.Mac}' is no hardware address such as 28:63:36:aa:10:2f");
        await ApplyAsync(current =>
        {
            var device = Need(current, id);
            if (device.State != DeviceState.Changed)
                throw RefusedException.Conflict($"{device.Name} is {Text(device.State)}; only a changed device is confirmed");
            var binding = ReadBinding(device, request.Address, device.Binding!.GatewayAddress.ToString(), mac, by);
            return new DeviceBindingConfirmed(time.GetUtcNow(), by, id, binding);
        }).ConfigureAwait(false);
        await RetireTwinAsync(id, mac, by).ConfigureAwait(false);
        await dataplane.VerifyAsync(id, CancellationToken.None).ConfigureAwait(false);
    }

    public Task CutOffAsync(string id, string by) => ApplyAsync(current => new DeviceCutOff(time.GetUtcNow(), by, Need(current, id).Id));

    public Task RestoreAsync(string id, string by) => ApplyAsync(current => new DeviceRestored(time.GetUtcNow(), by, Need(current, id).Id));

    public Task RetireAsync(string id, string by) => ApplyAsync(current => new DeviceRetired(time.GetUtcNow(), by, Need(current, id).Id));

    /// <summary>Stores what <paramref name="decide"/> makes, once its outcome compiles, and waits until it is in force.</summary>
    internal async Task ApplyAsync(Func<GatewayState, StateEntry?> decide)
    {
        await state.ApplyAsync(current =>
        {
            var entry = decide(current);
            if (entry is not null)
                CheckCompiles(StateReducer.Apply(current, entry));
            return entry;
        }).ConfigureAwait(false);
        await installer.SettledAsync().ConfigureAwait(false);
    }

    private void CheckCompiles(GatewayState next)
    {
        var result = PolicyCompiler.Compile(SiteProjection.Enforced(next, site.Document, discovery.AddressOf, ImmutableHashSet<string>.Empty));
        if (!result.Valid)
            throw RefusedException.Conflict(result.Errors[0].ToString());
    }

    /// <summary>The record that was made of a replaced board when it was first seen has served its purpose.</summary>
    private Task RetireTwinAsync(string id, MacAddress mac, string by) => ApplyAsync(current =>
        current.Present.FirstOrDefault(d => d.Id != id && d.Mac == mac && d.Link == current.Devices[id].Link && d.Binding is null) is { } twin
            ? new DeviceRetired(time.GetUtcNow(), by, twin.Id)
            : null);

    private static Device Need(GatewayState current, string id) =>
        current.Devices.TryGetValue(id, out var device) && device.State != DeviceState.Retired ? device : throw RefusedException.Missing("device", id);

    private Binding ReadBinding(Device device, string address, string? gatewayAddress, MacAddress mac, string by)
    {
        if (!Ipv4Prefix.TryParse(address, out var own) || !own.IsHost(own.Address) || !own.Address.IsUnicast)
            throw RefusedException.Input("address", address, $"'{address}' is no address of a host with its length; write for example 192.168.10.21/24");
        var gateway = BindingSuggestion.GatewayOf(discovery.Of(device.Id), own);
        if (!string.IsNullOrEmpty(gatewayAddress) && !Ipv4Address.TryParse(gatewayAddress, out gateway))
            throw RefusedException.Input("gatewayAddress", gatewayAddress, $"'{gatewayAddress}' is no IPv4 address; write for example {BindingSuggestion.GatewayOf(discovery.Of(device.Id), own)}");
        if (!own.IsHost(gateway) || gateway == own.Address)
            throw RefusedException.Input("gatewayAddress", gateway.ToString(), $"{gateway} is no other host of {own}; the gateway speaks to the device from its own network");
        return new Binding(device.Link, site.VlanOf(device.Link), mac, own, gateway, by, time.GetUtcNow());
    }

    private static ImmutableSortedDictionary<string, string> ReadLabels(IReadOnlyDictionary<string, string>? labels)
    {
        foreach (var (key, value) in labels ?? ImmutableDictionary<string, string>.Empty)
        {
            if (LabelSet.CheckKey(key) is { } wrongKey)
                throw RefusedException.Input("labels", key, wrongKey);
            if (LabelSet.CheckValue(value ?? "") is { } wrongValue)
                throw RefusedException.Input("labels", value ?? "", wrongValue);
        }
        return LabelSet.From(labels ?? ImmutableDictionary<string, string>.Empty);
    }

    private static void CheckLength(string field, string? text, int most)
    {
        if (text?.Length > most)
            throw RefusedException.Input(field, text, $"{text.Length} characters are too many; at most {most}");
    }

    private static string Text(DeviceState deviceState) => ApiWords.Of(deviceState);
}
