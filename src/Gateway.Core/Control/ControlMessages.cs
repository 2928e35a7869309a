using System.Collections.Immutable;
using Gateway.Core.Discovery;
using Gateway.Core.Net;
using Gateway.Core.Operations;
using Gateway.Core.Policy;

namespace Gateway.Core.Control;

/// <summary>Types of the messages between service and dataplane. Numbers are stable within a protocol version.</summary>
public enum MessageType : ushort
{
    // service -> dataplane
    Hello = 1,
    InstallPolicy = 2,
    OpenIntent = 3,
    VerifyBinding = 4,
    EndFlows = 5,

    // dataplane -> service
    Welcome = 64,
    Reply = 65,
    Observation = 66,
    LinkChanged = 67,
    BindingChanged = 68,
    FlowRecord = 69,
    OperationRecord = 70,
    Status = 71,
    Suppressed = 72,
}

/// <summary>One message of the control protocol, either way.</summary>
public abstract record ControlMessage(MessageType Type);

/// <summary>First message of the service.</summary>
/// <param name="Protocol">Version it speaks, <see cref="ControlProtocol.Version"/>.</param>
public sealed record Hello(ushort Protocol) : ControlMessage(MessageType.Hello);

/// <summary>A compiled policy to enforce from the next batch of packets on.</summary>
/// <param name="Request">Number the reply carries.</param>
/// <param name="Version">Number of the policy, growing; stands in status and records.</param>
/// <param name="Blob">What <c>PolicyBlob</c> wrote, hash included.</param>
public sealed record InstallPolicy(uint Request, ulong Version, ReadOnlyMemory<byte> Blob) : ControlMessage(MessageType.InstallPolicy);

/// <summary>Announces one TCP connection that a connector is about to open to a device, with the caller it stands for. Without it the
/// dataplane refuses the connection: the gateway's own stack has no grants.</summary>
/// <param name="Request">Number the reply carries.</param>
/// <param name="Device">Id of the device.</param>
/// <param name="Port">Transport and port at the device.</param>
/// <param name="SourcePort">Local port that the connector has bound.</param>
/// <param name="Entries">Names of the caller entries the authenticated caller matches, 1 to <see cref="ControlProtocol.MaxEntries"/>.</param>
/// <param name="Caller">Authenticated identity, for records.</param>
public sealed record OpenIntent(
    uint Request, string Device, ServicePort Port, ushort SourcePort, ImmutableArray<string> Entries, string Caller)
    : ControlMessage(MessageType.OpenIntent);

/// <summary>Asks whether the bound device answers on its link now (ARP), and lifts a broken binding when it does.</summary>
public sealed record VerifyBinding(uint Request, string Device) : ControlMessage(MessageType.VerifyBinding);

/// <summary>Ends every flow of a device, or of one caller with it.</summary>
/// <param name="Request">Number the reply carries.</param>
/// <param name="Device">Id of the device.</param>
/// <param name="Caller">Only flows of this caller; null for all.</param>
public sealed record EndFlows(uint Request, string Device, string? Caller) : ControlMessage(MessageType.EndFlows);

/// <summary>Answer to <see cref="Hello"/>.</summary>
/// <param name="Protocol">Version the dataplane speaks.</param>
/// <param name="Boot">Random number of this start, so that a restart is noticed.</param>
/// <param name="PolicyVersion">Version of the policy in force; 0 for the one from the site file.</param>
/// <param name="PolicyHash">SHA-256 of its blob, lower-case hexadecimal.</param>
public sealed record Welcome(ushort Protocol, ulong Boot, ulong PolicyVersion, string PolicyHash) : ControlMessage(MessageType.Welcome);

/// <param name="Request">Number of the request it answers.</param>
/// <param name="Accepted">Whether it was done.</param>
/// <param name="Reason">Why not, for policy refusals.</param>
/// <param name="Message">Why not, in words; empty when accepted.</param>
public sealed record Reply(uint Request, bool Accepted, DropReason Reason, string Message) : ControlMessage(MessageType.Reply);

/// <summary>Something a device showed of itself.</summary>
public sealed record ObservationMessage(Observation Observation) : ControlMessage(MessageType.Observation);

/// <param name="At">When.</param>
/// <param name="Link">Name of the link.</param>
/// <param name="Up">Whether it has carrier now.</param>
public sealed record LinkChanged(DateTimeOffset At, string Link, bool Up) : ControlMessage(MessageType.LinkChanged);

public enum BindingState : byte
{
    /// <summary>No carrier, or nothing heard since carrier came: nothing is sent to the device but the question who is there.</summary>
    Unverified = 0,

    /// <summary>The bound device answers.</summary>
    Verified = 1,

    /// <summary>Another hardware address spoke on the link: blocked until a person decides.</summary>
    ForeignMac = 2,

    /// <summary>The bound hardware address speaks from another IP address: blocked until a person decides.</summary>
    AddressChanged = 3,
}

/// <param name="At">When.</param>
/// <param name="Device">Id of the device.</param>
/// <param name="State">What is true now.</param>
/// <param name="SeenMac">Hardware address seen instead, for <see cref="BindingState.ForeignMac"/>; seen beside the bound one, when not
/// zero with <see cref="BindingState.Verified"/>.</param>
/// <param name="SeenAddress">Address seen, for <see cref="BindingState.AddressChanged"/>.</param>
public sealed record BindingChanged(DateTimeOffset At, string Device, BindingState State, MacAddress SeenMac, Ipv4Address SeenAddress)
    : ControlMessage(MessageType.BindingChanged);

/// <summary>What a flow record tells.</summary>
public enum FlowEvent : byte
{
    Opened = 0,
    Closed = 1,

    /// <summary>Refused at its first packet, or ended by policy.</summary>
    Refused = 2,
}

/// <summary>A flow's beginning, end or refusal. Identities by name; addresses as the source sent them.</summary>
/// <param name="At">When.</param>
/// <param name="Event">What happened.</param>
/// <param name="Reason">Why, for a refusal or a forced end.</param>
/// <param name="Link">Name of the link the first packet came in on.</param>
/// <param name="From">Device id, peer name, or caller identity; empty when unknown.</param>
/// <param name="To">Device id, peer or service name; empty when unknown.</param>
/// <param name="Grant">Name of the grant; empty for a refusal.</param>
/// <param name="Protocol">IP protocol number.</param>
/// <param name="Source">Source address in the first packet.</param>
/// <param name="SourcePort">Source port, 0 where the protocol has none.</param>
/// <param name="Destination">Destination address in the first packet.</param>
/// <param name="DestinationPort">Destination port, 0 where the protocol has none.</param>
/// <param name="Packets">Packets both ways, for a closed flow.</param>
/// <param name="Bytes">IP bytes both ways, for a closed flow.</param>
/// <param name="Count">How many equal refusals this record stands for; 1 otherwise.</param>
public sealed record FlowRecord(
    DateTimeOffset At, FlowEvent Event, DropReason Reason, string Link, string From, string To, string Grant, byte Protocol,
    Ipv4Address Source, ushort SourcePort, Ipv4Address Destination, ushort DestinationPort, ulong Packets, ulong Bytes, uint Count)
    : ControlMessage(MessageType.FlowRecord);

/// <summary>A refused operation, or a granted one that writes.</summary>
/// <param name="At">When.</param>
/// <param name="Device">Id of the device it was meant for.</param>
/// <param name="Caller">Authenticated caller, device id or peer name that asked.</param>
/// <param name="Grant">Grant that allowed it; empty when refused.</param>
/// <param name="Allowed">Whether it was passed on.</param>
/// <param name="Miss">Part of it that no grant covers, when refused.</param>
/// <param name="Operation">What was asked.</param>
public sealed record OperationRecord(
    DateTimeOffset At, string Device, string Caller, string Grant, bool Allowed, RuleMiss Miss, Operation Operation)
    : ControlMessage(MessageType.OperationRecord);

/// <summary>Records that were not sent one by one because there were too many; the counts are exact.</summary>
/// <param name="At">When.</param>
/// <param name="Records">Flow and operation records suppressed since the last such message.</param>
/// <param name="Observations">Observations lost because the ring was full.</param>
public sealed record Suppressed(DateTimeOffset At, ulong Records, ulong Observations) : ControlMessage(MessageType.Suppressed);

/// <summary>Counters since start, sent each second.</summary>
/// <param name="At">When.</param>
/// <param name="PolicyVersion">Policy in force.</param>
/// <param name="Links">Per link.</param>
/// <param name="Devices">Per device.</param>
/// <param name="OpenFlows">Flows in the table.</param>
/// <param name="LoopBeats">Rounds of the packet loop; a standing number while asked means it hangs.</param>
/// <param name="FastPath">Who forwards established flows that nobody inspects.</param>
/// <param name="OffloadedFlows">Flows that the kernel forwards now.</param>
public sealed record StatusMessage(
    DateTimeOffset At, ulong PolicyVersion, ImmutableArray<LinkStatus> Links, ImmutableArray<DeviceStatus> Devices,
    uint OpenFlows, ulong LoopBeats, FastPathTier FastPath = FastPathTier.Off, uint OffloadedFlows = 0) : ControlMessage(MessageType.Status);

/// <param name="Name">Link name.</param>
/// <param name="Up">Carrier.</param>
/// <param name="FramesIn">Frames received.</param>
/// <param name="FramesOut">Frames sent.</param>
/// <param name="RingLosses">Frames the kernel dropped because the ring was full.</param>
/// <param name="Drops">Counters that are not zero, by reason.</param>
public sealed record LinkStatus(
    string Name, bool Up, ulong FramesIn, ulong FramesOut, ulong RingLosses, ImmutableArray<DropCount> Drops);

/// <summary>How often something was refused for one reason.</summary>
public readonly record struct DropCount(DropReason Reason, ulong Count);

/// <param name="Id">Device id.</param>
/// <param name="Binding">State of its binding.</param>
/// <param name="OpenFlows">Flows open now.</param>
/// <param name="BytesIn">IP bytes from the device.</param>
/// <param name="BytesOut">IP bytes to the device.</param>
public sealed record DeviceStatus(string Id, BindingState Binding, uint OpenFlows, ulong BytesIn, ulong BytesOut)
{
    public IsolationFacts Isolation { get; init; } = IsolationFacts.None;
}
