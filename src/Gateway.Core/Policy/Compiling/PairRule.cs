using Gateway.Core.Net;

namespace Gateway.Core.Policy.Compiling;

/// <summary>The addresses of one conduit can work: what the source calls is not itself and not the gateway, and what the target sees is
/// not itself.</summary>
internal sealed class PairRule(SitePlan plan, Report report)
{
    public void Check(GrantSpec grant, int place, EntityRef from, EntityRef to, Ipv4Address seenAt, Ipv4Address shownAs)
    {
        var path = $"grants[{place}]";
        var fault = from.Kind switch
        {
            EntityKind.Device => SeenByDevice(plan.Devices[from.Index], plan.NameOf(to), to, seenAt),
            EntityKind.Peer => SeenByPeer(from.Index, plan.NameOf(to), seenAt),
            _ => null,
        };
        if (fault is not null)
            report.Error(grant.At, grant.To.As is null ? $"{path}.to" : $"{path}.to.as", $"{seenAt}", fault);
        fault = to.Kind switch
        {
            EntityKind.Device => ShownToDevice(grant, place, plan.Devices[to.Index], shownAs),
            EntityKind.Peer when grant.From.As is not null => ShownToPeer(to.Index, shownAs),
            _ => null,
        };
        if (fault is not null)
            report.Error(grant.At, $"{path}.from.as", $"{shownAs}", fault);
        WarnOfFabric(grant, path, from, to);
    }

    private static string? SeenByDevice(DeviceSpec source, string target, EntityRef to, Ipv4Address seenAt)
    {
        var cure = $"to: {{ {SelectorText.Kind(to.Kind)}: {target}, as: {FreeAddress(source)} }}";
        if (seenAt == source.Address.Address)
            return $"{source.Name} would have to reach {target} at its own address; "
                + $"choose the address at which it knows {target}, for example {cure}";
        if (seenAt == source.EffectiveGatewayAddress)
            return $"{source.Name} would have to reach {target} at {seenAt}, the address of its gateway; "
                + $"set 'gateway' of {source.Name} to a free address, or choose another here, for example {cure}";
        if (!seenAt.IsUnicast || (source.Address.Contains(seenAt) && !source.Address.IsHost(seenAt)))
            return $"no host can have this address in the network of {source.Name}; choose another, for example {cure}";
        return null;
    }

    private string? SeenByPeer(int rank, string target, Ipv4Address seenAt)
    {
        var (peer, uplink) = (plan.Peers[rank], plan.UplinkOf(rank));
        if (seenAt == uplink.Address)
            return $"this is the gateway's own address on {peer.Link}; "
                + $"choose a free address there for {target}, or remove 'as' and the segment address serves";
        if (plan.PeerAddresses.Contains((peer.Link, seenAt)))
            return $"a peer on {peer.Link} has this address itself; "
                + $"choose a free one for {target}, or remove 'as' and the segment address serves";
        if (!seenAt.IsUnicast || (uplink.Contains(seenAt) && !uplink.IsHost(seenAt)))
            return $"no host can have this address on {peer.Link}; choose another for {target}, or remove 'as' and the segment address serves";
        return null;
    }

    private string? ShownToDevice(GrantSpec grant, int place, DeviceSpec target, Ipv4Address shownAs)
    {
        if (grant.From.As is null)
            return null;
        if (shownAs == target.Address.Address)
            return $"{target.Name} would see its own address as the caller; choose another address of its network, or remove 'as'";
        if (!shownAs.IsUnicast || (target.Address.Contains(shownAs) && !target.Address.IsHost(shownAs)))
            return $"no host can have this address in the network of {target.Name}; choose another, or remove 'as'";
        if (!target.Address.Contains(shownAs))
            report.Warn(grant.At, $"grants[{place}].from.as", $"{shownAs}",
                $"this lies outside the network of {target.Name}, which can answer only if {target.EffectiveGatewayAddress} "
                + "is set as its default gateway");
        return null;
    }

    private string? ShownToPeer(int rank, Ipv4Address shownAs)
    {
        var (peer, uplink) = (plan.Peers[rank], plan.UplinkOf(rank));
        if (!uplink.IsHost(shownAs))
            return $"{peer.Name} answers only to addresses of {uplink.Network}/{uplink.LengthBits}; choose a free one there, or remove 'as'";
        return plan.PeerAddresses.Contains((peer.Link, shownAs))
            ? $"a peer on {peer.Link} has this address itself; choose a free one, or remove 'as'"
            : null;
    }

    private void WarnOfFabric(GrantSpec grant, string path, EntityRef from, EntityRef to)
    {
        if (from.Kind == EntityKind.Caller && plan.Devices[to.Index].Fabric != plan.Callers[from.Index].Fabric)
            report.Warn(grant.At, $"{path}.to", plan.NameOf(to),
                $"caller {plan.NameOf(from)} comes through fabric {plan.Callers[from.Index].Fabric}, in which {plan.NameOf(to)} does not appear; "
                + "set 'fabric' of the device");
        if (to.Kind == EntityKind.Service && plan.Devices[from.Index].Fabric != plan.Services[to.Index].Fabric)
            report.Warn(grant.At, $"{path}.from", plan.NameOf(from),
                $"service {plan.NameOf(to)} is of fabric {plan.Services[to.Index].Fabric}, in which {plan.NameOf(from)} does not appear; "
                + "set 'fabric' of the device");
    }

    /// <summary>An address for an example: the highest one of the network that is neither the device nor its gateway.</summary>
    private static Ipv4Address FreeAddress(DeviceSpec device)
    {
        var network = device.Address;
        var last = network.LengthBits >= 31 ? network.Network.Value + 1 : (network.Network.Value | ~network.Mask) - 1;
        while (last == device.Address.Address.Value || last == device.EffectiveGatewayAddress.Value)
            last--;
        return new Ipv4Address(last);
    }
}
