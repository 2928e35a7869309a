using System.Collections.Immutable;
using Gateway.Core.Net;

namespace Gateway.Core.Policy;

/// <summary>Gives each device its gateway-owned address: the one written, else the lowest free one, in the order of the list.</summary>
internal static class SegmentPlan
{
    /// <summary>Devices that fit: all addresses but network, broadcast and the gateway's own.</summary>
    public static long Capacity(Ipv4Prefix range) => (1L << (32 - range.LengthBits)) - 3;

    /// <summary>The gateway's own address in the range: the host link's, else the first host, kept free for one.</summary>
    public static Ipv4Address Reserved(SiteIndex site) =>
        site.HostLink?.Address?.Address ?? new Ipv4Address(site.Document.Segments.Network.Value + 1);

    /// <summary>One address per device; the document has been checked, so that they fit and those written are unique.</summary>
    public static ImmutableArray<Ipv4Address> Assign(SiteIndex site)
    {
        var devices = site.Document.Devices;
        var taken = new HashSet<Ipv4Address>(devices.Length + 1) { Reserved(site) };
        foreach (var device in devices)
        {
            if (device.SegmentAddress is { } written)
                taken.Add(written);
        }
        var next = site.Document.Segments.Network.Value;
        var plan = ImmutableArray.CreateBuilder<Ipv4Address>(devices.Length);
        foreach (var device in devices)
        {
            if (device.SegmentAddress is { } written)
            {
                plan.Add(written);
                continue;
            }
            do
                next++;
            while (!taken.Add(new Ipv4Address(next)));
            plan.Add(new Ipv4Address(next));
        }
        return plan.MoveToImmutable();
    }
}
