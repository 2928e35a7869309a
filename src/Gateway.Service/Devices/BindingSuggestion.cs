using Gateway.Core.Discovery;
using Gateway.Core.Net;

namespace Gateway.Service.Devices;

/// <summary>What the evidence suggests for a binding. A person confirms or corrects it.</summary>
internal static class BindingSuggestion
{
    /// <summary>Networks of machines are most often of this length; a device does not tell its own without DHCP.</summary>
    private const int UsualLengthBits = 24;

    /// <summary>Network of addresses for devices that look for one and had none: alone in its segment, any will do.</summary>
    private static readonly Ipv4Address GivenNetwork = Ipv4Address.Parse("192.168.77.0");

    /// <summary>First and number of the addresses given; those below are left for the gateway and for a person's choice.</summary>
    private const uint FirstGiven = 20, GivenCount = 200;

    /// <summary>Address the device seems to have, or had where it comes from; null while unknown. An address that it gave itself for want of
    /// a DHCP server (RFC 3927) is none: it will want another.</summary>
    public static Ipv4Prefix? AddressOf(Fingerprint seen)
    {
        foreach (var evidence in seen.All(EvidenceAttribute.Address))
        {
            if (Ipv4Address.TryParse(evidence.Value, out var address) && address.IsUnicast && !address.IsLinkLocal)
                return new Ipv4Prefix(address, UsualLengthBits);
        }
        return null;
    }

    /// <summary>Address to give to a device that has none and looks for one by DHCP; null for any other.</summary>
    public static Ipv4Prefix? GivenTo(Fingerprint seen, Ipv4Address segment) => seen.Evidence.Any(e => e.Source == ObservationSource.Dhcp)
        ? new Ipv4Prefix(new Ipv4Address(GivenNetwork.Value + FirstGiven + (segment.Value % GivenCount)), UsualLengthBits)
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
