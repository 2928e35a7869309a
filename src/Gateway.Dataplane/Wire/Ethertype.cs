namespace Gateway.Dataplane.Wire;

/// <summary>Values of the type field of an Ethernet II frame (IEEE Registration Authority, "EtherType" list). Only those that the
/// gateway carries, reads or names in a refusal.</summary>
public static class Ethertype
{
    /// <summary>Least value that is a type; below it the field is an IEEE 802.3 length (IEEE Std 802.3-2022, clause 3.2.6).</summary>
    public const ushort Least = 0x0600;

    public const ushort Ipv4 = 0x0800;
    public const ushort Arp = 0x0806;
    public const ushort ReverseArp = 0x8035;

    /// <summary>C-tag (IEEE Std 802.1Q, clause 9.5).</summary>
    public const ushort VlanTag = 0x8100;
    public const ushort Ipv6 = 0x86DD;
    public const ushort MacControl = 0x8808;
    public const ushort MplsUnicast = 0x8847;
    public const ushort PppoeSession = 0x8864;
    public const ushort PortAuthentication = 0x888E;
    public const ushort Profinet = 0x8892;
    public const ushort EtherCat = 0x88A4;

    /// <summary>S-tag, the outer one of two (IEEE Std 802.1Q, clause 9.5).</summary>
    public const ushort ServiceTag = 0x88A8;
    public const ushort Goose = 0x88B8;
    public const ushort Lldp = 0x88CC;
    public const ushort MacSec = 0x88E5;
    public const ushort PrecisionTime = 0x88F7;
    public const ushort Hsr = 0x892F;

    /// <summary>Outer tag of switches from before 802.1ad.</summary>
    public const ushort LegacyServiceTag = 0x9100;

    /// <summary>True for a type that says another tag follows; a frame with one is not a plain frame.</summary>
    public static bool IsTag(ushort value) => value is VlanTag or ServiceTag or LegacyServiceTag;
}
