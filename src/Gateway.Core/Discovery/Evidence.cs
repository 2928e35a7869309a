namespace Gateway.Core.Discovery;

/// <summary>One value that one source gave for one attribute, as often as it did.</summary>
/// <param name="Attribute">What it says.</param>
/// <param name="Value">Its value.</param>
/// <param name="Source">Where from.</param>
/// <param name="Confidence">How far it is believed, 0 to 100; see <see cref="SourceTrust"/>.</param>
/// <param name="FirstSeen">First time.</param>
/// <param name="LastSeen">Last time.</param>
/// <param name="Count">How often, 1 or more.</param>
public sealed record Evidence(
    EvidenceAttribute Attribute, string Value, ObservationSource Source, int Confidence,
    DateTimeOffset FirstSeen, DateTimeOffset LastSeen, long Count);

/// <summary>How far a source is believed about an attribute. None is certain: a device says what it wants.</summary>
public static class SourceTrust
{
    /// <summary>0 to 100.</summary>
    public static int Of(ObservationSource source, EvidenceAttribute attribute) => (source, attribute) switch
    {
        // What the frames themselves are: seen, not told.
        (ObservationSource.Ethernet, EvidenceAttribute.Presence) => 100,
        (_, EvidenceAttribute.Dials) => 95,
        (ObservationSource.Arp, EvidenceAttribute.Address) => 90,
        (ObservationSource.Dhcp, EvidenceAttribute.Address) => 80,
        (ObservationSource.Ipv4, EvidenceAttribute.Address) => 70,
        (ObservationSource.Arp, EvidenceAttribute.AsksFor) => 90,
        // What it says of itself, by how much the protocol is meant for it.
        (ObservationSource.ModbusIdentification, _) => 90,
        (ObservationSource.Lldp, _) => 80,
        (ObservationSource.Mdns, _) => 60,
        (ObservationSource.Dhcp, _) => 60,
        // Who bought the block of addresses: often the maker of the network chip, not of the device.
        (ObservationSource.Oui, _) => 40,
        _ => 50,
    };
}

/// <summary>Bounds of what is kept of one device, so that no device can fill the gateway by talking.</summary>
public static class EvidenceLimits
{
    /// <summary>Values kept of an attribute that should have one: enough to see that it changes.</summary>
    public const int SingleValues = 6;

    /// <summary>Values kept of an attribute that may have many: partners, services.</summary>
    public const int ManyValues = 32;

    /// <summary>Attributes of which a device rightly has several values at once, so that another value is no conflict.</summary>
    public static bool MayHaveMany(EvidenceAttribute attribute) =>
        attribute is EvidenceAttribute.AsksFor or EvidenceAttribute.Dials or EvidenceAttribute.Service;

    public static int ValuesOf(EvidenceAttribute attribute) => MayHaveMany(attribute) ? ManyValues : SingleValues;

    /// <summary>Most pieces of evidence one device can have.</summary>
    public static int Total { get; } = Enum.GetValues<EvidenceAttribute>().Sum(ValuesOf);
}
