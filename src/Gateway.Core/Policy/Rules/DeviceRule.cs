using Gateway.Core.Devices;

namespace Gateway.Core.Policy.Rules;

/// <summary>A device stands on a downlink, and its addresses are ones that a single host in its network can have.</summary>
internal sealed class DeviceRule : ISiteRule
{
    public void Check(SiteIndex site, Report report)
    {
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < site.Document.Devices.Length; i++)
        {
            var (device, path) = (site.Document.Devices[i], $"devices[{i}]");
            CheckReferences(site, report, device, path);
            if (device.Mac.IsZero || device.Mac.IsMulticast)
                report.Error(device.At, $"{path}.mac", $"{device.Mac}", "no device can send from this address; write the one on its label");
            CheckAddress(report, device, path);
            CheckGateway(report, device, path);
            CheckId(report, device, path, ids);
            if (device.MaxFlows is < 1 or > PolicyLimits.MaxFlowsPerDevice)
                report.Error(device.At, $"{path}.max-flows", $"{device.MaxFlows}", $"write 1 to {PolicyLimits.MaxFlowsPerDevice}");
        }
    }

    private static void CheckReferences(SiteIndex site, Report report, DeviceSpec device, string path)
    {
        if (site.Link(device.Link) is not { } link)
            report.Error(device.At, $"{path}.link", device.Link, $"there is no link of this name{Nearest.Hint(device.Link, site.Links.Keys)}");
        else if (link.Role != LinkRole.Downlink && !report.IsWrong($"links[{site.Links[device.Link]}].role"))
            report.Error(device.At, $"{path}.link", device.Link,
                $"this link is the {SiteFormat.Roles.Of(link.Role)}; a device stands on a downlink");
        if (device.Fabric.Length > 0 && !site.Fabrics.ContainsKey(device.Fabric))
            report.Error(device.At, $"{path}.fabric", device.Fabric,
                $"there is no fabric of this name{Nearest.Hint(device.Fabric, site.Fabrics.Keys)}");
    }

    private static void CheckAddress(Report report, DeviceSpec device, string path)
    {
        var address = device.Address;
        if (address.LengthBits is < PolicyLimits.LeastDevicePrefix or > PolicyLimits.MaxDevicePrefix)
            report.Error(device.At, $"{path}.address", $"{address}",
                $"the length is that of the mask set in the device, /{PolicyLimits.LeastDevicePrefix} to /{PolicyLimits.MaxDevicePrefix}; "
                + "255.255.255.0 is /24");
        else if (!address.Address.IsUnicast)
            report.Error(device.At, $"{path}.address", $"{address}", "no host can have this address; write the one set in the device");
        else if (!address.IsHost(address.Address))
            report.Error(device.At, $"{path}.address", $"{address}",
                $"this is the {(address.Address == address.Network ? "network" : "broadcast")} address of {address.Network}/{address.LengthBits}; "
                + $"write the device's own, for example {address.FirstHostBut(default)}/{address.LengthBits}");
    }

    private static void CheckGateway(Report report, DeviceSpec device, string path)
    {
        if (device.GatewayAddress is not { } gateway)
            return;
        if (gateway == device.Address.Address)
            report.Error(device.At, $"{path}.gateway", $"{gateway}",
                "this is the device's own address; write the default gateway set in it, or a free address of its network");
        else if (!device.Address.IsHost(gateway) || !gateway.IsUnicast)
            report.Error(device.At, $"{path}.gateway", $"{gateway}",
                $"this is no address of a host in the device's network {device.Address.Network}/{device.Address.LengthBits}; "
                + "the device could not answer it");
    }

    private static void CheckId(Report report, DeviceSpec device, string path, Dictionary<string, string> ids)
    {
        if (device.Id.Length > DeviceLife.MaxNameLength || !device.Id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            report.Error(device.At, $"{path}.id", device.Id,
                $"an id has 1 to {DeviceLife.MaxNameLength} letters, digits and hyphens, for example k7m2qd; "
                + "remove it and the name serves");
        else if (device.EffectiveId.Length > 0 && !ids.TryAdd(device.EffectiveId, device.Name))
            report.Error(device.At, $"{path}.id", device.Id,
                $"{ids[device.EffectiveId]} is known by this id already; records could not tell them apart");
    }
}
