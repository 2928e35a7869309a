using Gateway.Core.Net;

namespace Gateway.Core.Policy.Rules;

/// <summary>One enforced device per downlink, and one place per enforced hardware address: otherwise a binding says nothing.</summary>
internal sealed class SocketRule : ISiteRule
{
    public void Check(SiteIndex site, Report report)
    {
        var links = new Dictionary<string, string>(StringComparer.Ordinal);
        var macs = new Dictionary<MacAddress, string>();
        for (var i = 0; i < site.Document.Devices.Length; i++)
        {
            var device = site.Document.Devices[i];
            if (device.Enforcement != Enforcement.Enforce)
                continue;
            if (device.Link.Length > 0 && !links.TryAdd(device.Link, device.Name))
                report.Error(device.At, $"devices[{i}].link", device.Link,
                    $"{links[device.Link]} stands on this link already; "
                    + "each enforced device has a link of its own (socket, or VLAN of a trunk)");
            if (!macs.TryAdd(device.Mac, device.Name))
                report.Error(device.At, $"devices[{i}].mac", $"{device.Mac}",
                    $"{macs[device.Mac]} has this hardware address already; read it again from the device's label");
        }
    }
}
