namespace Gateway.Core.Policy;

/// <summary>Why a frame, a flow or an operation was refused. Closed: every refusal has exactly one of these, each has a counter per
/// link, and the zero value is the default deny. Numbers are stable; they stand in records and in the control protocol.</summary>
public enum DropReason : byte
{
    /// <summary>No grant names it. The default.</summary>
    NoGrant = 0,

    // Links and frames
    /// <summary>Fewer bytes than an Ethernet header.</summary>
    FrameTooShort = 1,

    /// <summary>The kernel had more bytes than the ring's frame holds (offload super-frame or a giant frame); a cut frame is never forwarded.</summary>
    FrameCut = 2,

    /// <summary>More frames per second than the link's token bucket allows.</summary>
    LinkRateLimit = 3,

    /// <summary>A VLAN tag on a link that takes none.</summary>
    TaggedFrame = 4,

    /// <summary>IEEE 802.3 length instead of an ethertype: LLC or SNAP, which some stacks decode and filters miss.</summary>
    LlcFrame = 5,

    /// <summary>An Ethernet type that the gateway does not carry.</summary>
    EthertypeNotAllowed = 6,

    /// <summary>A source that is a group address or zero.</summary>
    SourceMacIllegal = 7,

    /// <summary>A source other than the bound hardware address.</summary>
    SourceMacNotBound = 8,

    /// <summary>Sent to a hardware address that is not the gateway's.</summary>
    DestinationMacNotOurs = 9,

    /// <summary>The kernel took no more frames on the outgoing link.</summary>
    TransmitFailed = 10,

    /// <summary>The next hop does not answer ARP.</summary>
    NeighborUnresolved = 11,

    /// <summary>On a trunk: a VLAN that is no link, or no tag.</summary>
    VlanNotOnLink = 12,

    // Devices and bindings
    /// <summary>From a link whose device no one has approved.</summary>
    UnknownDevice = 16,

    /// <summary>A person cut the device off.</summary>
    DeviceCutOff = 17,

    /// <summary>Another device, or another address, was seen on the link.</summary>
    BindingBroken = 18,

    /// <summary>The bound device has not answered since the link came up.</summary>
    BindingUnverified = 19,

    /// <summary>From a host of the plant network that the policy does not name.</summary>
    UnknownPeer = 20,

    // ARP
    /// <summary>No ARP message of the one shape that is read.</summary>
    ArpMalformed = 32,

    /// <summary>An ARP message that claims an address which is not the sender's.</summary>
    ArpSenderNotBound = 33,

    /// <summary>An ARP request for an address that no grant of the sender leads to.</summary>
    ArpTargetNotGranted = 34,

    /// <summary>An ARP reply that no one asked for.</summary>
    ArpUnsolicited = 35,

    // IPv4 and IPv6
    /// <summary>No IPv4 packet: version, header length or total length are impossible.</summary>
    Ipv4Malformed = 48,

    /// <summary>A wrong IPv4 header checksum.</summary>
    Ipv4Checksum = 49,

    /// <summary>IPv4 options, such as source routing.</summary>
    Ipv4Options = 50,

    /// <summary>The reserved flag of IPv4 is set.</summary>
    Ipv4ReservedFlag = 51,

    /// <summary>A fragment; none are taken from devices.</summary>
    Ipv4Fragment = 52,

    /// <summary>A time to live that would let the packet be seen here and die before its target.</summary>
    Ipv4TtlTooLow = 53,

    /// <summary>A source address that no host can have.</summary>
    SourceAddressIllegal = 54,

    /// <summary>A source address other than the bound one.</summary>
    SourceAddressNotBound = 55,

    /// <summary>A destination address that no host can have.</summary>
    DestinationAddressIllegal = 56,

    /// <summary>A broadcast or multicast, which stays on its link.</summary>
    BroadcastNotRelayed = 57,

    /// <summary>An IP protocol other than TCP, UDP and ICMP.</summary>
    ProtocolNotGranted = 58,

    /// <summary>IPv6, which is off unless enrolled.</summary>
    Ipv6NotEnrolled = 59,

    /// <summary>An ICMP message that the gateway neither answers nor carries.</summary>
    IcmpNotAllowed = 60,

    /// <summary>Larger than the outgoing link takes.</summary>
    PacketTooBig = 61,

    /// <summary>A DHCP message that the gateway does not answer: malformed, for another client or from a server, or too many.</summary>
    DhcpRefused = 62,

    // TCP and UDP
    /// <summary>No TCP segment: too short, or an impossible data offset.</summary>
    TcpMalformed = 80,

    /// <summary>A wrong TCP checksum.</summary>
    TcpChecksum = 81,

    /// <summary>Reserved bits of TCP are set.</summary>
    TcpReservedBits = 82,

    /// <summary>A combination of TCP flags that no stack sends.</summary>
    TcpFlagsIllegal = 83,

    /// <summary>A TCP option that is not on the list, or is malformed.</summary>
    TcpOptionNotAllowed = 84,

    /// <summary>Data before the handshake.</summary>
    TcpSynWithData = 85,

    /// <summary>Urgent data, which two ends may read differently.</summary>
    TcpUrgent = 86,

    /// <summary>A TCP segment that belongs to no flow and does not open one.</summary>
    TcpNoFlow = 87,

    /// <summary>Sequence numbers outside the window.</summary>
    TcpOutOfWindow = 88,

    /// <summary>An acknowledgment of bytes never sent.</summary>
    TcpAckInvalid = 89,

    /// <summary>A second SYN on an open flow.</summary>
    TcpSecondSyn = 90,

    /// <summary>A reset whose sequence number is not exactly the next one.</summary>
    TcpResetSequence = 91,

    /// <summary>No UDP datagram: too short, or an impossible length.</summary>
    UdpMalformed = 92,

    /// <summary>A wrong UDP checksum.</summary>
    UdpChecksum = 93,

    /// <summary>Other bytes than those that passed at the same place of a TCP flow.</summary>
    TcpOverlapDiffers = 94,

    // Flows
    /// <summary>The device has as many flows as it may.</summary>
    DeviceFlowLimit = 112,

    /// <summary>The flow table is full.</summary>
    FlowTableFull = 113,

    /// <summary>No source port is free towards the target.</summary>
    PortsExhausted = 114,

    /// <summary>No buffers are left for another inspected flow.</summary>
    InspectionPoolFull = 115,

    /// <summary>A connection from the host link that no connector announced.</summary>
    NoCallerIdentity = 116,

    /// <summary>The grant that carried the flow is gone.</summary>
    GrantRemoved = 117,

    /// <summary>Nothing was heard on the flow for too long.</summary>
    FlowTimeout = 118,

    // Inspection
    /// <summary>Bytes that are not the protocol of the inspector.</summary>
    ProtocolMalformed = 128,

    /// <summary>An operation that no grant covers.</summary>
    OperationNotGranted = 129,

    /// <summary>A response to no request.</summary>
    ResponseUnsolicited = 130,
}
