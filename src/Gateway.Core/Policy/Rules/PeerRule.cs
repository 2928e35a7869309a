using Gateway.Core.Net;

namespace Gateway.Core.Policy.Rules;

/// <summary>A peer is one host on an uplink, directly reachable there, and told from others by its address.</summary>
internal sealed class PeerRule : ISiteRule
{
    public void Check(SiteIndex site, Report report)
    {
        var taken = new Dictionary<(string Link, Ipv4Address Address), string>();
        for (var i = 0; i < site.Document.Peers.Length; i++)
        {
            var (peer, path) = (site.Document.Peers[i], $"peers[{i}]");
            if (site.Link(peer.Link) is not { } link)
            {
                report.Error(peer.At, $"{path}.link", peer.Link, $"there is no link of this name{Nearest.Hint(peer.Link, site.Links.Keys)}");
                continue;
            }
            if (report.IsWrong($"links[{site.Links[peer.Link]}].role"))
                continue;
            if (link.Role != LinkRole.Uplink)
                report.Error(peer.At, $"{path}.link", peer.Link,
                    $"this link is the {SiteFormat.Roles.Of(link.Role)}; a peer stands on an uplink (what stands on a downlink is a device)");
            else if (link.Address is { } network)
                CheckAddress(report, peer, $"{path}.address", network);
            if (!taken.TryAdd((peer.Link, peer.Address), peer.Name))
                report.Error(peer.At, $"{path}.address", $"{peer.Address}",
                    $"{taken[(peer.Link, peer.Address)]} has this address on this link already; nothing could tell the two apart");
        }
    }

    private static void CheckAddress(Report report, PeerSpec peer, string field, Ipv4Prefix network)
    {
        if (peer.Address == network.Address)
            report.Error(peer.At, field, $"{peer.Address}", $"this is the gateway's own address on {peer.Link}; write the peer's");
        else if (!network.IsHost(peer.Address) || !peer.Address.IsUnicast)
            report.Error(peer.At, field, $"{peer.Address}",
                $"this is no address of a host in {network.Network}/{network.LengthBits}, the network of {peer.Link}; "
                + "a peer stands on that network, not behind a router");
    }
}
