using System.Text;

namespace Gateway.Core.Policy.Rules;

/// <summary>Links name usable interfaces, each once, and have an address where the gateway needs one of its own.</summary>
internal sealed class LinkRule : ISiteRule
{
    public void Check(SiteIndex site, Report report)
    {
        var links = site.Document.Links;
        var interfaces = new Dictionary<string, string>(StringComparer.Ordinal);
        var sockets = new Dictionary<byte, string>();
        LinkSpec? host = null;
        for (var i = 0; i < links.Length; i++)
        {
            var (link, path) = (links[i], $"links[{i}]");
            if (InterfaceFault(link.Interface) is { } fault)
                report.Error(link.At, $"{path}.interface", link.Interface, fault);
            else if (!interfaces.TryAdd(link.Interface, link.Name))
                report.Error(link.At, $"{path}.interface", link.Interface,
                    $"link {interfaces[link.Interface]} uses this interface already; each link has its own");
            if (link.Socket != 0 && !sockets.TryAdd(link.Socket, link.Name))
                report.Error(link.At, $"{path}.socket", $"{link.Socket}", $"link {sockets[link.Socket]} is socket {link.Socket} already");
            if (!report.IsWrong($"{path}.role"))
                CheckAddress(report, link, path);
            if (link.Role == LinkRole.Host && host is not null)
                report.Error(link.At, $"{path}.role", "host", $"link {host.Name} is the host link already; there is at most one");
            if (link.Role == LinkRole.Host)
                host ??= link;
        }
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
