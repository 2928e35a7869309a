using System.Globalization;
using Gateway.Core.Api;
using Gateway.Core.Devices;
using Gateway.Core.Discovery;
using Gateway.Core.Fabric;
using Gateway.Core.Net;
using Gateway.Core.Operations;
using Gateway.Core.Policy;
using Gateway.Core.State;
using Gateway.Service.Fabrics;
using Gateway.Service.State;

namespace Gateway.Service.Devices;

/// <summary>One thing a device may be allowed to do.</summary>
/// <param name="View">How it is shown.</param>
/// <param name="Addition">What choosing it adds to the policy.</param>
internal sealed record Proposal(ProposalView View, PolicyAddition Addition);

/// <summary>Proposes grants from what the fabric already allows, from what kind of device it is, and from what it tried while it was
/// blocked. Proposes only; a person chooses, and nothing is accepted by itself.</summary>
internal sealed class DeviceProposals(StateStore state, SiteContext site, FabricSet fabrics, DeviceDiscovery discovery)
{
    private const ushort ModbusPort = 502;
    private const ushort RtspPort = 554;

    /// <summary>Proposals shown at most; beyond that nobody reads them.</summary>
    private const int MaxProposals = 60;

    public IReadOnlyList<ProposalView> List(string deviceId)
    {
        if (!state.Current.Devices.TryGetValue(deviceId, out var device))
            throw RefusedException.Missing("device", deviceId);
        return [.. Make(state.Current, device).Select(p => p.View)];
    }

    /// <summary>What the chosen proposals add.</summary>
    /// <exception cref="RefusedException">One is not proposed (any more).</exception>
    public PolicyAddition Choose(GatewayState current, Device device, IReadOnlyList<string> chosen)
    {
        var all = Make(current, device).ToDictionary(p => p.View.Id);
        var addition = PolicyAddition.None;
        foreach (var id in chosen.Distinct())
        {
            if (!all.TryGetValue(id ?? "", out var proposal))
                throw RefusedException.Input("proposals", id ?? "", $"'{id}' is not proposed for {device.Name} any more; reload the page and choose again");
            addition = new PolicyAddition(
                addition.Grants.AddRange(proposal.Addition.Grants),
                addition.Callers.AddRange(proposal.Addition.Callers.Where(c => addition.Callers.All(known => known.Name != c.Name))),
                addition.Services.AddRange(proposal.Addition.Services.Where(s => addition.Services.All(known => known.Name != s.Name))));
        }
        return addition;
    }

    private List<Proposal> Make(GatewayState current, Device device)
    {
        if (device.Name.Length == 0)
            return [];
        var proposals = new List<Proposal>();
        foreach (var fabric in site.Document.Fabrics)
            proposals.AddRange(Inward(current, device, fabric.Name));
        proposals.AddRange(Outward(current, device));
        // What is granted already is not proposed again.
        return [.. proposals
            .Where(p => p.Addition.Grants.All(g => current.Grants.All(known => known.Name != g.Name)))
            .DistinctBy(p => p.View.Id).Take(MaxProposals)];
    }

    /// <summary>Others reach the device: what the fabric already allows, and what devices of its kind are for.</summary>
    private IEnumerable<Proposal> Inward(GatewayState current, Device device, string fabric)
    {
        var directory = fabrics.DirectoryOf(fabric);
        foreach (var entitlement in directory.Entitlements.Where(e => e.HasTarget(device.Name)))
        {
            foreach (var proposal in ForPort(current, device, fabric, Caller(fabric, entitlement), entitlement.Port, entitled: true))
                yield return proposal;
        }
        ushort? usual = device.Kind switch { DeviceKind.Plc or DeviceKind.SortingMachine or DeviceKind.Drive => ModbusPort, DeviceKind.Camera => RtspPort, _ => null };
        if (usual is not { } port)
            yield break;
        foreach (var group in directory.Groups)
        {
            var caller = Caller(fabric, new DirectoryEntitlement("", "", group, "", port));
            foreach (var proposal in ForPort(current, device, fabric, caller, port, entitled: false))
                yield return proposal;
        }
    }

    private static IEnumerable<Proposal> ForPort(GatewayState current, Device device, string fabric, CallerSpec wanted, ushort port, bool entitled)
    {
        var why = entitled ? ProposalReasons.FabricAllows : ProposalReasons.FabricRefuses;
        var caller = current.Callers.FirstOrDefault(c => c.Fabric == fabric && c.Id == wanted.Id && c.Group == wanted.Group) ?? Free(current, wanted);
        if (port != ModbusPort)
        {
            var what = port == RtspPort ? "watch" : "reach";
            yield return Inward(device, caller, what, new AllowSpec(Tcp(port), InspectorKind.None, null, RefuseMode.Answer, default), entitled, why);
            yield break;
        }
        yield return Inward(device, caller, "read", Modbus("read"), entitled, why);
        // Who may not even come in is not offered to write.
        if (entitled)
            yield return Inward(device, caller, "operate", Modbus("operate"), suggested: false, ProposalReasons.WritesValues);
    }

    private static Proposal Inward(Device device, CallerSpec caller, string what, AllowSpec allow, bool suggested, string reason)
    {
        var name = Shorten($"{caller.Name}-{what}-{device.Name}");
        var grant = new GrantSpec(name, Name(EntityKind.Caller, caller.Name, null), Name(EntityKind.Device, device.Name, null), [allow], "", default);
        var view = new ProposalView(
            name, caller.Group ?? caller.Name, device.Name, allow.Port.ToString(), allow.Operations?.Canonical ?? "", "in",
            Purpose(what), suggested, reason, 0);
        return new Proposal(view, new PolicyAddition([grant], [caller], []));
    }

    /// <summary>The device reaches others: what it tried, as far as somebody known is there.</summary>
    private IEnumerable<Proposal> Outward(GatewayState current, Device device)
    {
        foreach (var dialled in discovery.Of(device.Id).All(EvidenceAttribute.Dials))
        {
            var parts = dialled.Value.Split(' ');
            if (parts.Length != 2 || !ServicePort.TryParse(parts[0], out var port) || !Ipv4Address.TryParse(parts[1], out var address))
                continue;
            var seen = (int)Math.Min(int.MaxValue, dialled.Count);
            var targets = current.Present.Where(d => d.Id != device.Id && d.Binding?.Address.Address == address).ToList();
            foreach (var target in targets)
            {
                foreach (var proposal in ToDevice(device, target, port, address, seen, alone: targets.Count == 1))
                    yield return proposal;
            }
            foreach (var proposal in ToServices(current, device, port, address, seen))
                yield return proposal;
        }
    }

    private static IEnumerable<Proposal> ToDevice(Device device, Device target, ServicePort port, Ipv4Address address, int seen, bool alone)
    {
        var reason = alone ? ProposalReasons.Tried : ProposalReasons.SameAddressTwice;
        if (port.Ports.First != ModbusPort || port.Transport != Transport.Tcp)
        {
            yield return Outward(device, target, "reach", new AllowSpec(port, InspectorKind.None, null, RefuseMode.Answer, default), address, seen, alone, reason);
            yield break;
        }
        yield return Outward(device, target, "read", Modbus("read"), address, seen, alone, reason);
        yield return Outward(device, target, "operate", Modbus("operate"), address, seen, suggested: false, alone ? ProposalReasons.WritesValues : reason);
    }

    private static Proposal Outward(
        Device device, Device target, string what, AllowSpec allow, Ipv4Address address, int seen, bool suggested, string reason)
    {
        var name = Shorten($"{device.Name}-{what}-{target.Name}");
        var grant = new GrantSpec(name, Name(EntityKind.Device, device.Name, null), Name(EntityKind.Device, target.Name, address), [allow], "", default);
        var view = new ProposalView(
            name, device.Name, target.Name, allow.Port.ToString(), allow.Operations?.Canonical ?? "", "out", Purpose(what), suggested, reason, seen);
        return new Proposal(view, new PolicyAddition([grant], [], []));
    }

    private IEnumerable<Proposal> ToServices(GatewayState current, Device device, ServicePort port, Ipv4Address address, int seen)
    {
        if (port.Transport != Transport.Tcp)
            yield break;
        foreach (var fabric in site.Document.Fabrics)
        {
            var fitting = fabrics.DirectoryOf(fabric.Name).Services.Where(s => s.Port == port.Ports.First).ToList();
            foreach (var offered in fitting)
            {
                var service = current.Services.FirstOrDefault(s => s.Fabric == fabric.Name && s.Remote == offered.Name)
                    ?? new ServiceSpec(offered.Name, fabric.Name, offered.Name, port, address, default);
                var name = Shorten($"{device.Name}-to-{service.Name}");
                var grant = new GrantSpec(name, Name(EntityKind.Device, device.Name, null), Name(EntityKind.Service, service.Name, address), [], "", default);
                var view = new ProposalView(
                    name, device.Name, service.Name, port.ToString(), "", "out", ProposalPurposes.Send, fitting.Count == 1,
                    fitting.Count == 1 ? ProposalReasons.Tried : ProposalReasons.SamePortTwice, seen);
                yield return new Proposal(view, new PolicyAddition([grant], [], [service]));
            }
        }
    }

    private static string Purpose(string what) => what switch
    {
        "read" => ProposalPurposes.ModbusRead,
        "operate" => ProposalPurposes.ModbusOperate,
        "watch" => ProposalPurposes.Watch,
        _ => ProposalPurposes.Reach,
    };

    private static CallerSpec Caller(string fabric, DirectoryEntitlement entitlement) => entitlement.Group.Length > 0
        ? new CallerSpec(entitlement.Group, fabric, null, entitlement.Group, default)
        : new CallerSpec(entitlement.Client, fabric, entitlement.ClientId, null, default);

    /// <summary>The entry under a name that no other entry has.</summary>
    private static CallerSpec Free(GatewayState current, CallerSpec wanted)
    {
        var name = wanted.Name;
        for (var n = 2; current.Callers.Any(c => c.Name == name); n++)
            name = string.Create(CultureInfo.InvariantCulture, $"{wanted.Name}-{n}");
        return wanted with { Name = name };
    }

    private static AllowSpec Modbus(string preset) =>
        new(Tcp(ModbusPort), InspectorKind.Modbus, ModbusRule.Parse(preset), RefuseMode.Answer, default);

    private static ServicePort Tcp(ushort port) => new(Transport.Tcp, new PortRange(port, port));

    private static Selector Name(EntityKind kind, string name, Ipv4Address? seenAt) => new(kind, name, LabelSet.None, seenAt, default);

    private static string Shorten(string name) => name.Length <= PolicyLimits.MaxGrantNameLength ? name : name[..PolicyLimits.MaxGrantNameLength].TrimEnd('-');
}
