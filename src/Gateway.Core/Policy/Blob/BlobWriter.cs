using System.Collections.Immutable;
using Gateway.Core.Control;
using Gateway.Core.Net;
using Gateway.Core.Operations;

namespace Gateway.Core.Policy.Blob;

/// <summary>Writes the fields of a compiled policy. <see cref="BlobReader"/> reads them in the same order.</summary>
internal static class BlobWriter
{
    public static void Write(ControlWriter to, CompiledPolicy policy)
    {
        to.Text(policy.Site);
        Prefix(to, policy.SegmentRange);
        List(to, policy.Links, Link);
        List(to, policy.Devices, Device);
        List(to, policy.Peers, Peer);
        List(to, policy.Services, Service);
        List(to, policy.Callers, Caller);
        List(to, policy.Grants, static (to, grant) => to.Text(grant.Name));
        var rules = Rules(policy.Conduits);
        List(to, [.. rules.Keys], Rule);
        List(to, policy.Conduits, (to, conduit) => Conduit(to, conduit, conduit.Operations is { } rule ? rules[rule] : -1));
    }

    /// <summary>Each different rule once: thousands of conduits share a handful.</summary>
    private static OrderedDictionary<OperationRule, int> Rules(ImmutableArray<Conduit> conduits)
    {
        var rules = new OrderedDictionary<OperationRule, int>();
        foreach (var conduit in conduits)
        {
            if (conduit.Operations is { } rule)
                rules.TryAdd(rule, rules.Count);
        }
        return rules;
    }

    private static void Link(ControlWriter to, CompiledLink link)
    {
        to.Text(link.Name);
        to.U8((byte)link.Role);
        to.Text(link.Interface);
        to.U16(link.Vlan);
        to.U8(link.Socket);
        to.Bool(link.Address is not null);
        if (link.Address is { } address)
            Prefix(to, address);
    }

    private static void Device(ControlWriter to, CompiledDevice device)
    {
        to.Text(device.Id);
        to.Text(device.Name);
        to.I32(device.Link);
        to.U64(device.Mac.Value);
        Prefix(to, device.Address);
        to.U32(device.GatewayAddress.Value);
        to.U32(device.SegmentAddress.Value);
        to.U8((byte)device.Enforcement);
        to.I32(device.MaxFlows);
    }

    private static void Peer(ControlWriter to, CompiledPeer peer)
    {
        to.Text(peer.Name);
        to.I32(peer.Link);
        to.U32(peer.Address.Value);
    }

    private static void Service(ControlWriter to, CompiledService service)
    {
        to.Text(service.Name);
        to.Text(service.Fabric);
        to.Text(service.Remote);
        Port(to, service.Port);
        to.U16(service.ListenerPort);
    }

    private static void Caller(ControlWriter to, CompiledCaller caller)
    {
        to.Text(caller.Name);
        to.Text(caller.Fabric);
        to.OptionalText(caller.Id);
        to.OptionalText(caller.Group);
    }

    private static void Rule(ControlWriter to, OperationRule rule)
    {
        to.U8((byte)rule.Protocol);
        to.Text(rule.Canonical);
    }

    private static void Conduit(ControlWriter to, Conduit conduit, int rule)
    {
        to.I32(conduit.Grant);
        Entity(to, conduit.From);
        Entity(to, conduit.To);
        to.U32(conduit.SeenAt.Value);
        to.U32(conduit.ShownAs.Value);
        Port(to, conduit.Port);
        to.U8((byte)conduit.Inspector);
        to.I32(rule);
        to.U8((byte)conduit.Refuse);
    }

    private static void Entity(ControlWriter to, EntityRef entity)
    {
        to.U8((byte)entity.Kind);
        to.I32(entity.Index);
    }

    private static void Prefix(ControlWriter to, Ipv4Prefix prefix)
    {
        to.U32(prefix.Address.Value);
        to.U8(prefix.LengthBits);
    }

    private static void Port(ControlWriter to, ServicePort port)
    {
        to.U8((byte)port.Transport);
        to.U16(port.Ports.First);
        to.U16(port.Ports.Last);
    }

    private static void List<T>(ControlWriter to, ImmutableArray<T> items, Action<ControlWriter, T> write)
    {
        to.I32(items.Length);
        foreach (var item in items)
            write(to, item);
    }
}
