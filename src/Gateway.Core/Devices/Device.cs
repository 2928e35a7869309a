using System.Collections.Immutable;
using Gateway.Core.Net;
using Gateway.Core.Policy;

namespace Gateway.Core.Devices;

/// <summary>Where a device stands between unknown and protected.</summary>
public enum DeviceState
{
    /// <summary>Seen, blocked, waits for a person.</summary>
    New = 0,

    /// <summary>A person said what it is; still blocked.</summary>
    Named = 1,

    /// <summary>Approved: bound, and its grants apply.</summary>
    Protected = 2,

    /// <summary>Something else speaks on its socket, or it speaks from another address: blocked until a person decides.</summary>
    Changed = 3,

    /// <summary>Cut off by a person.</summary>
    CutOff = 4,

    /// <summary>Gone for good; its identity is revoked and its key destroyed.</summary>
    Retired = 5,
}

/// <summary>What a device is, in the words of the pages.</summary>
public enum DeviceKind
{
    Other = 0,
    Plc = 1,
    Camera = 2,
    BadgeReader = 3,
    SortingMachine = 4,
    Drive = 5,
}

/// <summary>What ties a device to its segment, as a person approved it. Any other frame on the link is refused.</summary>
/// <param name="Link">Name of the link.</param>
/// <param name="Vlan">VLAN of its segment on that link; 0: untagged.</param>
/// <param name="Mac">Hardware address.</param>
/// <param name="Address">IPv4 address with its network's length.</param>
/// <param name="GatewayAddress">Address the gateway uses towards it.</param>
/// <param name="ApprovedBy">Who approved it.</param>
/// <param name="ApprovedAt">When.</param>
public sealed record Binding(
    string Link, ushort Vlan, MacAddress Mac, Ipv4Prefix Address, Ipv4Address GatewayAddress, string ApprovedBy, DateTimeOffset ApprovedAt);

/// <summary>What broke a binding.</summary>
/// <param name="Mac">Hardware address seen instead; zero when the address changed.</param>
/// <param name="Address">IPv4 address seen instead; zero when the hardware address changed.</param>
/// <param name="At">When first seen.</param>
public sealed record BindingBreak(MacAddress Mac, Ipv4Address Address, DateTimeOffset At);

/// <summary>A sealed device. Immutable; <see cref="DeviceLife"/> makes the next one.</summary>
public sealed record Device
{
    /// <summary>Short code, stable for life: six letters and digits without look-alikes. It is in the address of its page and on its label.</summary>
    public required string Id { get; init; }

    public required DeviceState State { get; init; }

    /// <summary>Link it was found on.</summary>
    public required string Link { get; init; }

    public required MacAddress Mac { get; init; }

    public required DateTimeOffset FoundAt { get; init; }

    /// <summary>Gateway-owned address, kept for life.</summary>
    public required Ipv4Address SegmentAddress { get; init; }

    /// <summary>Name people and the fabric use: lower-case letters, digits and hyphens; empty until named.</summary>
    public string Name { get; init; } = "";

    public DeviceKind Kind { get; init; }

    public ImmutableSortedDictionary<string, string> Labels { get; init; } = LabelSet.None;

    public string Place { get; init; } = "";

    /// <summary>The plant's own number for it (IEC 81346 style, such as =F2+K1-A1).</summary>
    public string EquipmentNumber { get; init; } = "";

    /// <summary>Who looks after it.</summary>
    public string Keeper { get; init; } = "";

    public Binding? Binding { get; init; }

    public BindingBreak? Break { get; init; }

    /// <summary>Fabric it appears in; empty until approved.</summary>
    public string Fabric { get; init; } = "";

    /// <summary>State it returns to when it is no longer cut off.</summary>
    public DeviceState StateBeforeCutOff { get; init; }

    public DateTimeOffset StateSince { get; init; }
}
