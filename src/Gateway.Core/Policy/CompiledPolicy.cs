using System.Collections.Immutable;
using Gateway.Core.Net;
using Gateway.Core.Operations;

namespace Gateway.Core.Policy;

/// <summary>The policy as the dataplane enforces it: names resolved to indexes, label selectors expanded, addresses assigned.
/// Immutable; a change is a new one, swapped in whole. Equal documents compile to byte-for-byte equal blobs.</summary>
public sealed record CompiledPolicy
{
    public required string Site { get; init; }

    /// <summary>Gateway-owned addresses, one per device. The host link's address lies in it; without a host link its first host is
    /// kept free for one.</summary>
    public required Ipv4Prefix SegmentRange { get; init; }

    public ImmutableArray<CompiledLink> Links { get; init; } = [];

    public ImmutableArray<CompiledDevice> Devices { get; init; } = [];

    public ImmutableArray<CompiledPeer> Peers { get; init; } = [];

    public ImmutableArray<CompiledService> Services { get; init; } = [];

    public ImmutableArray<CompiledCaller> Callers { get; init; } = [];

    public ImmutableArray<CompiledGrant> Grants { get; init; } = [];

    /// <summary>Sorted by source, then address, transport and first port, so that two compilers agree byte for byte.</summary>
    public ImmutableArray<Conduit> Conduits { get; init; } = [];

    public bool Equals(CompiledPolicy? other) => other is not null && Site == other.Site && SegmentRange == other.SegmentRange
        && Sequence.Same(Links, other.Links) && Sequence.Same(Devices, other.Devices) && Sequence.Same(Peers, other.Peers)
        && Sequence.Same(Services, other.Services) && Sequence.Same(Callers, other.Callers) && Sequence.Same(Grants, other.Grants)
        && Sequence.Same(Conduits, other.Conduits);

    public override int GetHashCode() => HashCode.Combine(Site, SegmentRange, Devices.Length, Conduits.Length);
}

public enum LinkRole : byte
{
    /// <summary>Faces one device.</summary>
    Downlink = 0,

    /// <summary>Faces the plant network.</summary>
    Uplink = 1,

    /// <summary>Faces the gateway's own network stack, where connectors open their sockets.</summary>
    Host = 2,
}

/// <param name="Name">Name in the site file, unique.</param>
/// <param name="Role">What it faces.</param>
/// <param name="Interface">Kernel interface name, at most 15 bytes.</param>
/// <param name="Socket">Number printed on the box, 1 to 255; 0 where there is none.</param>
/// <param name="Address">Address the dataplane answers for on it (uplink), or the address of the gateway's own stack behind it (host
/// link). Null on a downlink: there the gateway speaks from an address of the device's own network.</param>
public sealed record CompiledLink(string Name, LinkRole Role, string Interface, byte Socket, Ipv4Prefix? Address)
{
    /// <summary>Least and greatest number of a VLAN (IEEE 802.1Q, 9.6): 0 is priority only, 4095 is reserved.</summary>
    public const ushort FirstVlan = 1, LastVlan = 4_094;

    /// <summary>VLAN of a trunk, whose frames bear this tag on the wire; 0 when the interface as a whole is the link and bears none.</summary>
    public ushort Vlan { get; init; }
}

public enum Enforcement : byte
{
    /// <summary>Seen but not approved: nothing passes but what the gateway itself asks.</summary>
    Quarantine = 0,

    /// <summary>Approved: grants apply.</summary>
    Enforce = 1,

    /// <summary>Cut off by a person, or its binding broke: nothing passes at all.</summary>
    CutOff = 2,
}

/// <param name="Id">Short code, stable for life; stands in records.</param>
/// <param name="Name">Name people use, unique.</param>
/// <param name="Link">Index of its link.</param>
/// <param name="Mac">Bound hardware address.</param>
/// <param name="Address">Its own address with its network's length, as configured in the device.</param>
/// <param name="GatewayAddress">Address in the device's network from which the gateway speaks to it, and which it may use as default gateway.</param>
/// <param name="SegmentAddress">Gateway-owned address by which everyone else knows it.</param>
/// <param name="Enforcement">Whether grants apply.</param>
/// <param name="MaxFlows">Most flows at once, 1 to 4096.</param>
public sealed record CompiledDevice(
    string Id, string Name, int Link, MacAddress Mac, Ipv4Prefix Address, Ipv4Address GatewayAddress,
    Ipv4Address SegmentAddress, Enforcement Enforcement, int MaxFlows);

/// <param name="Name">Unique name.</param>
/// <param name="Link">Index of the uplink it stands on.</param>
/// <param name="Address">Its address on that link.</param>
public sealed record CompiledPeer(string Name, int Link, Ipv4Address Address);

/// <summary>A service that the fabric offers to devices.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Fabric">Fabric that carries it.</param>
/// <param name="Remote">Name of the service in the fabric.</param>
/// <param name="Port">Transport and port at which a device dials it.</param>
/// <param name="ListenerPort">TCP port on the host link where the connector takes such flows.</param>
public sealed record CompiledService(string Name, string Fabric, string Remote, ServicePort Port, ushort ListenerPort);

/// <summary>Someone who comes through a fabric; the connector tells which entries the authenticated caller matches.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Fabric">Fabric that authenticates it.</param>
/// <param name="Id">Exact identity, or null when matched by group.</param>
/// <param name="Group">Group, or null when matched by identity.</param>
public sealed record CompiledCaller(string Name, string Fabric, string? Id, string? Group);

/// <param name="Name">Unique name; stands in records.</param>
/// <param name="Line">Line in the document, for messages; 0 when made by the gateway or read from a blob. Neither part of equality nor
/// of the blob: a comment added above a grant changes no policy.</param>
public sealed record CompiledGrant(string Name, int Line)
{
    public bool Equals(CompiledGrant? other) => other is not null && Name == other.Name;

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}

/// <summary>What can stand at an end of a conduit.</summary>
public enum EntityKind : byte
{
    Device = 0,
    Peer = 1,
    Service = 2,
    Caller = 3,

    /// <summary>The gateway itself, for identification that a person asked for.</summary>
    Gateway = 4,
}

/// <summary>One end of a conduit: what kind, and its index in that kind's list.</summary>
public readonly record struct EntityRef(EntityKind Kind, int Index);

/// <summary>Which protocol a flow is read as, if any.</summary>
public enum InspectorKind : byte
{
    /// <summary>No inspection asked: transport and state are still checked.</summary>
    None = 0,
    Modbus = 1,
}

/// <summary>What belongs to each inspector.</summary>
public static class InspectorKinds
{
    extension(InspectorKind kind)
    {
        /// <summary>The protocol whose operations the inspector decodes.</summary>
        public OperationProtocol Protocol => kind switch
        {
            InspectorKind.Modbus => OperationProtocol.Modbus,
            _ => OperationProtocol.None,
        };
    }
}

/// <summary>What the gateway does with a refused operation.</summary>
public enum RefuseMode : byte
{
    /// <summary>The protocol's own negative answer; the connection lives on.</summary>
    Answer = 0,

    /// <summary>Both sides get a TCP reset.</summary>
    Reset = 1,

    /// <summary>The request vanishes; the client runs into its own time limit.</summary>
    Drop = 2,
}

/// <summary>An allowed path between two segments (IEC 62443): one source, one target, one port range, one grant.</summary>
/// <param name="Grant">Index of its grant.</param>
/// <param name="From">Who opens the flow.</param>
/// <param name="To">Who is reached.</param>
/// <param name="SeenAt">Address at which the source knows the target.</param>
/// <param name="ShownAs">Source address that the target sees.</param>
/// <param name="Port">Transport and ports at the target.</param>
/// <param name="Inspector">Which inspector reads the flow.</param>
/// <param name="Operations">Operations allowed; null without an inspector.</param>
/// <param name="Refuse">Answer to a refused operation.</param>
public sealed record Conduit(
    int Grant, EntityRef From, EntityRef To, Ipv4Address SeenAt, Ipv4Address ShownAs,
    ServicePort Port, InspectorKind Inspector, OperationRule? Operations, RefuseMode Refuse);
