using Gateway.Core.Net;

namespace Gateway.Core.Policy.Rules;

/// <summary>The range of gateway-owned addresses holds every device and the host link, and nothing of the plant.</summary>
internal sealed class SegmentRule : ISiteRule
{
    public void Check(SiteIndex site, Report report)
    {
        var range = site.Document.Segments;
        if (range.LengthBits is < PolicyLimits.LeastSegmentPrefix or > PolicyLimits.MaxSegmentPrefix || !range.Address.IsUnicast)
            report.Error(0, "segments", $"{range}",
                $"a range of ordinary addresses with a length of {PolicyLimits.LeastSegmentPrefix} to {PolicyLimits.MaxSegmentPrefix} is needed, "
                + "for example 100.64.0.0/16");
        else if (range.Address != range.Network)
            report.Error(0, "segments", $"{range}", $"this is one address in a range; write the range, {range.Network}/{range.LengthBits}");
        else if (site.Document.Devices.Length > SegmentPlan.Capacity(range))
            report.Error(0, "segments", $"{range}",
                $"the range has room for {SegmentPlan.Capacity(range)} devices, the document has {site.Document.Devices.Length}; "
                + "take a shorter length, for example /16");
        if (report.IsWrong("segments"))
            return;
        CheckLinks(site, report, range);
        CheckDevices(site, report, range);
    }

    private static void CheckLinks(SiteIndex site, Report report, Ipv4Prefix range)
    {
        for (var i = 0; i < site.Document.Links.Length; i++)
        {
            var link = site.Document.Links[i];
            if (link.Address is not { } address)
                continue;
            if (link.Role == LinkRole.Host && (address.LengthBits != range.LengthBits || !range.Contains(address.Address)))
                report.Error(link.At, $"links[{i}].address", $"{address}",
                    "the host link stands in 'segments'; "
                    + $"write an address of {range}, for example {new Ipv4Address(range.Network.Value + 1)}/{range.LengthBits}");
            if (link.Role == LinkRole.Uplink && (range.Contains(address.Address) || address.Contains(range.Address)))
                report.Error(link.At, $"links[{i}].address", $"{address}",
                    $"the plant network overlaps 'segments' ({range}); give 'segments' a range that the plant does not use");
        }
    }

    private static void CheckDevices(SiteIndex site, Report report, Ipv4Prefix range)
    {
        var taken = new Dictionary<Ipv4Address, string> { [SegmentPlan.Reserved(site)] = "the gateway itself" };
        for (var i = 0; i < site.Document.Devices.Length; i++)
        {
            var device = site.Document.Devices[i];
            if (device.SegmentAddress is not { } address)
                continue;
            if (!range.IsHost(address))
                report.Error(device.At, $"devices[{i}].segment", $"{address}",
                    $"this is no address of a host in 'segments' ({range}); remove it to have one chosen");
            else if (!taken.TryAdd(address, device.Name))
                report.Error(device.At, $"devices[{i}].segment", $"{address}",
                    $"{taken[address]} has this address already; remove it to have one chosen");
        }
    }
}
