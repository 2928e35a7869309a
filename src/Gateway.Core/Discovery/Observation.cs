using Gateway.Core.Net;

namespace Gateway.Core.Discovery;

/// <summary>Where an observation comes from. The order is no ranking; confidence is in <c>Evidence</c>.</summary>
public enum ObservationSource : byte
{
    Ethernet = 0,
    Arp = 1,
    Dhcp = 2,
    Lldp = 3,
    Mdns = 4,
    Ipv4 = 5,
    ModbusIdentification = 6,

    /// <summary>The registry of hardware addresses (IEEE Registration Authority, as packaged by Debian's ieee-data).</summary>
    Oui = 7,
}

/// <summary>What an observation says about the device.</summary>
public enum EvidenceAttribute : byte
{
    /// <summary>Frames from this hardware address arrive. Value: empty.</summary>
    Presence = 0,

    /// <summary>It uses this IPv4 address. Value: dotted decimal.</summary>
    Address = 1,

    /// <summary>It looks for this address, most likely its default gateway or a partner. Value: dotted decimal.</summary>
    AsksFor = 2,

    /// <summary>It tried to open a flow. Value: <c>tcp/502 192.168.10.21</c>.</summary>
    Dials = 3,
    HostName = 4,
    Vendor = 5,
    Model = 6,
    Firmware = 7,

    /// <summary>DHCP vendor class (option 60, RFC 2132 section 9.13).</summary>
    VendorClass = 8,

    /// <summary>DHCP parameter request list (option 55), decimal codes with commas: a fingerprint of the DHCP client.</summary>
    DhcpParameters = 9,

    /// <summary>Announced service type. Value: <c>_rtsp._tcp</c>.</summary>
    Service = 10,

    /// <summary>What it says it is, in its own words (LLDP system description and the like).</summary>
    Description = 11,

    /// <summary>What it says it does: LLDP system capabilities, comma separated.</summary>
    Capabilities = 12,
}

/// <summary>Something one frame showed about the device that sent it. Made by observers in the dataplane, bounded in size and rate.</summary>
/// <param name="At">When.</param>
/// <param name="Link">Name of the link.</param>
/// <param name="Mac">Hardware address of the sender.</param>
/// <param name="Source">Protocol it was read from.</param>
/// <param name="Attribute">What it says.</param>
/// <param name="Value">Its value, at most <see cref="MaxValueLength"/> characters, control characters replaced.</param>
public sealed record Observation(
    DateTimeOffset At, string Link, MacAddress Mac, ObservationSource Source, EvidenceAttribute Attribute, string Value)
{
    /// <summary>Longest value kept, in characters: an LLDP system description may have 255.</summary>
    public const int MaxValueLength = 255;
}
