namespace Gateway.Core.Policy;

/// <summary>Why a frame, a flow or an operation was refused. Closed: every refusal has exactly one of these, each has a counter per
/// link, and the zero value is the default deny. Numbers are stable; they stand in records and in the control protocol.</summary>
public enum DropReason : byte
{
    /// <summary>No grant names it. The default.</summary>
    NoGrant = 0,

    // Links and frames
    FrameTooShort = 1,
    /// <summary>The kernel had more bytes than the ring's frame holds (offload super-frame or a giant frame); a cut frame is never forwarded.</summary>
    FrameCut = 2,
    LinkRateLimit = 3,
    TaggedFrame = 4,
    /// <summary>IEEE 802.3 length instead of an ethertype: LLC or SNAP, which some stacks decode and filters miss.</summary>
    LlcFrame = 5,
    EthertypeNotAllowed = 6,
    SourceMacIllegal = 7,
    SourceMacNotBound = 8,
    DestinationMacNotOurs = 9,
    TransmitFailed = 10,
    NeighborUnresolved = 11,

    // Devices and bindings
    UnknownDevice = 16,
    DeviceCutOff = 17,
    BindingBroken = 18,
    BindingUnverified = 19,
    UnknownPeer = 20,

    // ARP
    ArpMalformed = 32,
    ArpSenderNotBound = 33,
    ArpTargetNotGranted = 34,
    ArpUnsolicited = 35,

    // IPv4 and IPv6
    Ipv4Malformed = 48,
    Ipv4Checksum = 49,
    Ipv4Options = 50,
    Ipv4ReservedFlag = 51,
    Ipv4Fragment = 52,
    Ipv4TtlTooLow = 53,
    SourceAddressIllegal = 54,
    SourceAddressNotBound = 55,
    DestinationAddressIllegal = 56,
    BroadcastNotRelayed = 57,
    ProtocolNotGranted = 58,
    Ipv6NotEnrolled = 59,
    IcmpNotAllowed = 60,
    PacketTooBig = 61,

    // TCP and UDP
    TcpMalformed = 80,
    TcpChecksum = 81,
    TcpReservedBits = 82,
    TcpFlagsIllegal = 83,
    TcpOptionNotAllowed = 84,
    TcpSynWithData = 85,
    TcpUrgent = 86,
    TcpNoFlow = 87,
    TcpOutOfWindow = 88,
    TcpAckInvalid = 89,
    TcpSecondSyn = 90,
    TcpResetSequence = 91,
    UdpMalformed = 92,
    UdpChecksum = 93,

    // Flows
    DeviceFlowLimit = 112,
    FlowTableFull = 113,
    PortsExhausted = 114,
    InspectionPoolFull = 115,
    NoCallerIdentity = 116,
    GrantRemoved = 117,
    FlowTimeout = 118,

    // Inspection
    ProtocolMalformed = 128,
    OperationNotGranted = 129,
    ResponseUnsolicited = 130,
}
