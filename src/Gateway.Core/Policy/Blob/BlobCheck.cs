using Gateway.Core.Operations;
using Gateway.Core.Policy.Compiling;

namespace Gateway.Core.Policy.Blob;

/// <summary>Every index of a compiled policy leads to something of the right kind, and its conduits are sorted: the packet path relies
/// on both and checks neither.</summary>
internal static class BlobCheck
{
    /// <exception cref="InvalidDataException">One of them does not.</exception>
    public static void Check(CompiledPolicy policy)
    {
        foreach (var link in policy.Links)
        {
            if (link.Vlan > CompiledLink.LastVlan)
                throw Fault($"link {link.Name} is VLAN {link.Vlan}");
        }
        foreach (var device in policy.Devices)
        {
            if (!IsLink(policy, device.Link, LinkRole.Downlink))
                throw Fault($"device {device.Name} stands on link {device.Link}, which is no downlink");
            if (device.MaxFlows is < 1 or > PolicyLimits.MaxFlowsPerDevice)
                throw Fault($"device {device.Name} may have {device.MaxFlows} flows");
        }
        foreach (var peer in policy.Peers)
        {
            if (!IsLink(policy, peer.Link, LinkRole.Uplink))
                throw Fault($"peer {peer.Name} stands on link {peer.Link}, which is no uplink");
        }
        for (var i = 0; i < policy.Conduits.Length; i++)
            Check(policy, i);
    }

    private static void Check(CompiledPolicy policy, int index)
    {
        var conduit = policy.Conduits[index];
        if ((uint)conduit.Grant >= (uint)policy.Grants.Length)
            throw Fault($"conduit {index} names grant {conduit.Grant} of {policy.Grants.Length}");
        if (!IsSource(policy, conduit.From))
            throw Fault($"conduit {index} comes from {conduit.From.Kind} {conduit.From.Index}, which is no source");
        if (!IsTarget(policy, conduit.To))
            throw Fault($"conduit {index} leads to {conduit.To.Kind} {conduit.To.Index}, which is no target");
        if (conduit.Inspector.Protocol != (conduit.Operations?.Protocol ?? OperationProtocol.None))
            throw Fault($"conduit {index} has an inspector without its operations, or the reverse");
        if (index > 0 && Draft.Order(new(policy.Conduits[index - 1], 0), new(conduit, 0)) > 0)
            throw Fault($"conduit {index} stands out of order");
    }

    private static bool IsLink(CompiledPolicy policy, int index, LinkRole role) =>
        (uint)index < (uint)policy.Links.Length && policy.Links[index].Role == role;

    private static bool IsSource(CompiledPolicy policy, EntityRef entity) => entity.Kind switch
    {
        EntityKind.Device => (uint)entity.Index < (uint)policy.Devices.Length,
        EntityKind.Peer => (uint)entity.Index < (uint)policy.Peers.Length,
        EntityKind.Caller => (uint)entity.Index < (uint)policy.Callers.Length,
        EntityKind.Gateway => entity.Index == 0,
        _ => false,
    };

    private static bool IsTarget(CompiledPolicy policy, EntityRef entity) => entity.Kind switch
    {
        EntityKind.Device => (uint)entity.Index < (uint)policy.Devices.Length,
        EntityKind.Peer => (uint)entity.Index < (uint)policy.Peers.Length,
        EntityKind.Service => (uint)entity.Index < (uint)policy.Services.Length,
        _ => false,
    };

    private static InvalidDataException Fault(string message) => new($"the policy contradicts itself: {message}");
}
