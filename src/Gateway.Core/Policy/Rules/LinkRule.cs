using System.Text;

namespace Gateway.Core.Policy.Rules;

/// <summary>Links name usable interfaces, each once or each VLAN of it once, and have an address where the gateway needs one of its own.</summary>
internal sealed class LinkRule : ISiteRule
{
    public void Check(SiteIndex site, Report report)
    {
        var links = site.Document.Links;
        var interfaces = new Dictionary<string, Dictionary<ushort, string>>(StringComparer.Ordinal);
        var sockets = new Dictionary<byte, LinkSpec>();
        LinkSpec? host = null;
        for (var i = 0; i < links.Length; i++)
        {
            var (link, path) = (links[i], $"links[{i}]");
            if (InterfaceFault(link.Interface) is { } fault)
                report.Error(link.At, $"{path}.interface", link.Interface, fault);
            else
                CheckShared(report, link, path, interfaces);
            // The VLANs of a trunk come over one cable, in one socket.
            if (link.Socket != 0 && !sockets.TryAdd(link.Socket, link) && !(link.Vlan != 0 && sockets[link.Socket].Interface == link.Interface))
                report.Error(link.At, $"{path}.socket", $"{link.Socket}", $"link {sockets[link.Socket].Name} is socket {link.Socket} already");
            if (link.Role == LinkRole.Host && link.Vlan != 0)
                report.Error(link.At, $"{path}.vlan", $"{link.Vlan}", "the host link is inside the box and has no VLANs; remove it");
            if (!report.IsWrong($"{path}.role"))
                CheckAddress(report, link, path);
            if (link.Role == LinkRole.Host && host is not null)
                report.Error(link.At, $"{path}.role", "host", $"link {host.Name} is the host link already; there is at most one");
            if (link.Role == LinkRole.Host)
                host ??= link;
        }
    }

    /// <summary>An interface is one link, or a trunk of which every link is a VLAN. Nothing stands beside tagged links without a tag: what
    /// loses its tag on the way would come out there.</summary>
    private static void CheckShared(Report report, LinkSpec link, string path, Dictionary<string, Dictionary<ushort, string>> interfaces)
    {
        if (!interfaces.TryGetValue(link.Interface, out var vlans))
            interfaces.Add(link.Interface, vlans = []);
        if (vlans.TryGetValue(link.Vlan, out var same))
            report.Error(link.At, link.Vlan == 0 ? $"{path}.interface" : $"{path}.vlan", link.Vlan == 0 ? link.Interface : $"{link.Vlan}",
                $"link {same} uses this interface already; each link has its own, or its own VLAN of it");
        else if (vlans.Count > 0 && (link.Vlan == 0 || vlans.ContainsKey(0)))
            report.Error(link.At, $"{path}.vlan", link.Vlan == 0 ? "" : $"{link.Vlan}",
                $"link {vlans.Values.First()} uses this interface already, {(link.Vlan == 0 ? "as a trunk: give this one a 'vlan' too" : "untagged: give that one a 'vlan' too")}");
        vlans.TryAdd(link.Vlan, link.Name);
    }

    private static string? InterfaceFault(string name)
    {
        var length = Encoding.UTF8.GetByteCount(name);
        if (length is 0 or > PolicyLimits.MaxInterfaceBytes)
            return $"an interface name has 1 to {PolicyLimits.MaxInterfaceBytes} bytes; this one has {length}";
        // What the kernel refuses (dev_valid_name in net/core/dev.c), and what nobody can type.
        return name is "." or ".." || name.Any(c => c is '/' or ':' || char.IsWhiteSpace(c)) || !LabelSet.IsPrintable(name)
            ? "an interface name has no '/', ':' or space, for example eth1"
            : null;
    }

    private static void CheckAddress(Report report, LinkSpec link, string path)
    {
        var field = $"{path}.address";
        if (link.Role == LinkRole.Downlink)
        {
            if (link.Address is { } given)
                report.Error(link.At, field, $"{given}",
                    "a downlink has no address: the gateway speaks from 'gateway' of the device on it; remove it");
            return;
        }
        if (link.Role == LinkRole.Host && link.Socket != 0)
            report.Error(link.At, $"{path}.socket", $"{link.Socket}", "the host link is inside the box and has no socket; remove it");
        if (link.Address is not { } address)
            report.Error(link.At, field, "", link.Role == LinkRole.Host
                ? "the host link needs the gateway's own address with the length of 'segments', for example 100.64.0.1/16"
                : "an uplink needs the gateway's address on it, for example 10.77.0.254/24");
        else if (!address.Address.IsUnicast || !address.IsHost(address.Address))
            report.Error(link.At, field, $"{address}", $"{address.Address} is no address of a host in {address.Network}/{address.LengthBits}");
    }
}
