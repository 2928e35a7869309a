using System.Collections.Immutable;
using Gateway.Core.Devices;
using Gateway.Core.Net;
using Gateway.Core.Policy;

namespace Gateway.Core.State;

/// <summary>Between what was decided and the document that is compiled and exported.</summary>
public static class SiteProjection
{
    /// <summary>The site as decided: links and fabrics of the site file, everything else of the state. What <c>gatewayctl export</c> writes.</summary>
    public static SiteDocument Export(GatewayState state, SiteDocument site) => site with
    {
        Devices = [.. state.Present.Where(d => d.Binding is not null).OrderBy(d => d.Name, StringComparer.Ordinal).Select(Spec)],
        Peers = state.Peers,
        Services = state.Services,
        Callers = state.Callers,
        Grants = state.Grants,
    };

    /// <summary>The document to enforce: as exported, and beside it the devices that wait for approval, held in quarantine.</summary>
    /// <param name="state">What was decided.</param>
    /// <param name="site">Links and fabrics.</param>
    /// <param name="addressOf">Address with length that a device without a binding seems to have; null while unknown.</param>
    /// <param name="asked">Devices that a person has asked to identify themselves now, by id.</param>
    public static SiteDocument Enforced(
        GatewayState state, SiteDocument site, Func<Device, Ipv4Prefix?> addressOf, IReadOnlySet<string> asked)
    {
        var document = Export(state, site);
        var quarantined = new List<DeviceSpec>();
        foreach (var device in state.Present.Where(d => d.Binding is null && d.State is DeviceState.New or DeviceState.Named))
        {
            if (addressOf(device) is { } address)
                quarantined.Add(Quarantine(device, address));
        }
        var devices = document.Devices.AddRange(quarantined);
        var questions = devices.Where(d => asked.Contains(d.EffectiveId)).Select(Question);
        return document with { Devices = devices, Grants = document.Grants.AddRange(questions) };
    }

    /// <summary>The first entries of the state, from a site file: its devices count as approved.</summary>
    /// <param name="site">The file, compiled without errors.</param>
    /// <param name="policy">The same, compiled: it has given out the segment addresses.</param>
    /// <param name="at">Now.</param>
    /// <param name="by">Who.</param>
    public static SiteImported Import(SiteDocument site, CompiledPolicy policy, DateTimeOffset at, string by) => new(
        at, by, [.. site.Devices.Select(spec => Imported(spec, policy, at, by))], site.Peers, site.Services, site.Callers, site.Grants);

    private static Device Imported(DeviceSpec spec, CompiledPolicy policy, DateTimeOffset at, string by) => new()
    {
        Id = spec.EffectiveId,
        State = spec.Enforcement == Enforcement.CutOff ? DeviceState.CutOff : DeviceState.Protected,
        StateBeforeCutOff = DeviceState.Protected,
        Link = spec.Link,
        Mac = spec.Mac,
        FoundAt = at,
        StateSince = at,
        SegmentAddress = policy.Devices.Single(d => d.Id == spec.EffectiveId).SegmentAddress,
        Name = spec.Name,
        Kind = DeviceKinds.FromLabel(spec.Labels.GetValueOrDefault("kind", "")),
        Labels = spec.Labels,
        Binding = new Binding(spec.Link, 0, spec.Mac, spec.Address, spec.EffectiveGatewayAddress, by, at),
        Fabric = spec.Fabric,
    };

    private static DeviceSpec Spec(Device device) => new()
    {
        Name = device.Name,
        Id = device.Id,
        Labels = device.Labels,
        Link = device.Binding!.Link,
        Mac = device.Binding.Mac,
        Address = device.Binding.Address,
        GatewayAddress = device.Binding.GatewayAddress,
        SegmentAddress = device.SegmentAddress,
        Fabric = device.Fabric,
        // A changed device is blocked by policy too, so that the block outlives the dataplane's memory.
        Enforcement = device.State == DeviceState.Protected ? Enforcement.Enforce : Enforcement.CutOff,
    };

    private static DeviceSpec Quarantine(Device device, Ipv4Prefix address) => new()
    {
        Name = device.Name.Length > 0 ? device.Name : DeviceLife.UnnamedPrefix + device.Id,
        Id = device.Id,
        Labels = device.Labels,
        Link = device.Link,
        Mac = device.Mac,
        Address = address,
        SegmentAddress = device.SegmentAddress,
        Enforcement = Enforcement.Quarantine,
    };

    private static GrantSpec Question(DeviceSpec device) => new(
        $"identify-{device.EffectiveId}", new Selector(EntityKind.Gateway, "", LabelSet.None, null, default),
        new Selector(EntityKind.Device, device.Name, LabelSet.None, null, default),
        [new AllowSpec(new ServicePort(Transport.Tcp, new PortRange(502, 502)), InspectorKind.Modbus, Operations.ModbusRule.Parse("identify"), RefuseMode.Answer, default)],
        "asked by a person", default);
}
