using Gateway.Core.Discovery;
using Gateway.Core.Net;

namespace Gateway.Service.Devices;

/// <summary>What the evidence suggests for a binding. A person confirms or corrects it.</summary>
internal static class BindingSuggestion
{
    /// <summary>Networks of machines are most often of this length; a device does not tell its own without DHCP.</summary>
    private const int UsualLengthBits = 24;

    /// <summary>Address the device seems to have; null while unknown.</summary>
    public static Ipv4Prefix? AddressOf(Fingerprint seen) =>
        Ipv4Address.TryParse(seen.Best(EvidenceAttribute.Address)?.Value, out var address) && address.IsUnicast
            ? new Ipv4Prefix(address, UsualLengthBits)
            : null;

    /// <summary>Address from which the gateway would speak to it: the one the device looks for as its own gateway, as far as that can be
    /// told, else the first host of its network.</summary>
    public static Ipv4Address GatewayOf(Fingerprint seen, Ipv4Prefix address)
    {
        var first = new Ipv4Address(address.Network.Value + 1);
        var last = new Ipv4Address(address.DirectedBroadcast.Value - 1);
        foreach (var asked in seen.All(EvidenceAttribute.AsksFor))
        {
            if (Ipv4Address.TryParse(asked.Value, out var candidate) && candidate != address.Address && (candidate == first || candidate == last))
                return candidate;
        }
        return first != address.Address ? first : last;
    }
}
