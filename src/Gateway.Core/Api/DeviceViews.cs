namespace Gateway.Core.Api;

/// <summary>A device as a row.</summary>
/// <param name="Id">Short code, stable for life.</param>
/// <param name="Name">Name; empty until named.</param>
/// <param name="Kind">Kind a person confirmed; <c>other</c> until then.</param>
/// <param name="State"><c>new</c>, <c>named</c>, <c>protected</c>, <c>changed</c>, <c>cut-off</c>, <c>retired</c>.</param>
/// <param name="Online">Whether its link has carrier and it was heard since.</param>
/// <param name="Socket">Socket number; 0 when its link has none.</param>
/// <param name="Mac">Hardware address.</param>
/// <param name="Address">Own IPv4 address; empty while unknown.</param>
/// <param name="SegmentAddress">Gateway-owned address.</param>
/// <param name="Guess">What it most likely is.</param>
/// <param name="Since">In this state since.</param>
public sealed record DeviceView(
    string Id, string Name, string Kind, string State, bool Online, int Socket, string Mac, string Address,
    string SegmentAddress, GuessView Guess, DateTimeOffset Since);

/// <param name="Kind">Most likely kind.</param>
/// <param name="Confidence">0 to 100; below 30 the pages say "not sure".</param>
/// <param name="Reasons">Why, each a key of the pages' texts with one value, such as <c>vendor</c> and <c>Siemens AG</c>.</param>
public sealed record GuessView(string Kind, int Confidence, IReadOnlyList<ReasonView> Reasons);

/// <summary>One reason of a guess: a key of the pages' texts, and the value that goes into it.</summary>
public sealed record ReasonView(string Key, string Value);

/// <summary>Everything about one device.</summary>
/// <param name="Device">The row.</param>
/// <param name="Labels">Labels.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="EquipmentNumber">The plant's number.</param>
/// <param name="Keeper">Who looks after it.</param>
/// <param name="Binding">Approved binding; null before approval.</param>
/// <param name="Suggested">Binding that the evidence suggests, to prefill the approval.</param>
/// <param name="Break">What broke the binding; null when nothing did.</param>
/// <param name="Evidence">What was seen of it, with source and confidence, conflicts included.</param>
/// <param name="Identity">Its identity in the fabric; null before it has one.</param>
/// <param name="Grants">Grants that name it, either way.</param>
/// <param name="Refused">What was refused in the last 24 hours, newest first, at most 20.</param>
public sealed record DeviceDetail(
    DeviceView Device, IReadOnlyDictionary<string, string> Labels, string Place, string EquipmentNumber, string Keeper,
    BindingView? Binding, BindingView Suggested, BreakView? Break, IReadOnlyList<EvidenceView> Evidence,
    IdentityView? Identity, IReadOnlyList<GrantView> Grants, IReadOnlyList<LogEntryView> Refused)
{
    /// <summary>How isolated it measurably is.</summary>
    public IsolationView Isolation { get; init; } = new("unknown", []);
}

/// <param name="Grade"><c>A</c> alone on a socket, <c>B</c> alone in a VLAN, <c>C</c> stands for others, <c>D</c> shares its segment;
/// <c>unknown</c> when that was not tested lately.</param>
/// <param name="Reasons">Why: <c>own-socket</c>, <c>own-vlan</c>, <c>others-on-link</c>, <c>heard-beside</c>, <c>answers-for-others</c>,
/// <c>not-answering</c>, <c>not-tested</c>.</param>
public sealed record IsolationView(string Grade, IReadOnlyList<string> Reasons);

/// <param name="Link">Link name.</param>
/// <param name="Mac">Hardware address.</param>
/// <param name="Address">Address with length, <c>192.168.10.21/24</c>; empty while unknown.</param>
/// <param name="GatewayAddress">Address the gateway uses towards it.</param>
/// <param name="ApprovedBy">Who approved; empty for a suggestion.</param>
/// <param name="ApprovedAt">When; null for a suggestion.</param>
public sealed record BindingView(
    string Link, string Mac, string Address, string GatewayAddress, string ApprovedBy, DateTimeOffset? ApprovedAt);

/// <param name="Mac">Hardware address seen instead; empty when the address changed.</param>
/// <param name="Address">Address seen instead; empty while unknown.</param>
/// <param name="At">When.</param>
/// <param name="NewDeviceId">Device record made for what stands there now; null while nothing more is known.</param>
public sealed record BreakView(string Mac, string Address, DateTimeOffset At, string? NewDeviceId);

/// <param name="Attribute">What, such as <c>vendor</c>.</param>
/// <param name="Value">Value.</param>
/// <param name="Source">Where from, such as <c>dhcp</c>.</param>
/// <param name="Confidence">0 to 100.</param>
/// <param name="FirstSeen">First time.</param>
/// <param name="LastSeen">Last time.</param>
/// <param name="Conflicts">Another source says otherwise.</param>
public sealed record EvidenceView(
    string Attribute, string Value, string Source, int Confidence, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, bool Conflicts);

/// <param name="SpiffeId">Identity.</param>
/// <param name="Fingerprint">SHA-256 of the certificate, lower-case hexadecimal.</param>
/// <param name="NotAfter">End of the certificate.</param>
/// <param name="ConnectorState">State of its connector, as in <c>ConnectorState</c>, lower case.</param>
/// <param name="ConnectorReason">Why, in words.</param>
/// <param name="FlowsOpen">Flows through it now.</param>
public sealed record IdentityView(
    string SpiffeId, string Fingerprint, DateTimeOffset NotAfter, string ConnectorState, string ConnectorReason, int FlowsOpen);

/// <summary>Something the device may be allowed to do. Nothing is accepted by itself.</summary>
/// <param name="Id">Key to choose it by.</param>
/// <param name="From">Who opens flows.</param>
/// <param name="To">Who is reached.</param>
/// <param name="Port">Transport and port.</param>
/// <param name="Operations">Allowed operations; empty without an inspector.</param>
/// <param name="Direction"><c>in</c>: others reach the device; <c>out</c>: the device reaches others.</param>
/// <param name="What">What it is for, one of <see cref="ProposalPurposes"/>.</param>
/// <param name="Suggested">Whether the gateway would choose it.</param>
/// <param name="Reason">Why (not), one of <see cref="ProposalReasons"/>.</param>
/// <param name="Seen">How often it was tried while blocked.</param>
public sealed record ProposalView(
    string Id, string From, string To, string Port, string Operations, string Direction, string What, bool Suggested, string Reason, int Seen);

/// <param name="Name">Unique name.</param>
/// <param name="From">Source selector in short form, such as <c>caller scada</c>.</param>
/// <param name="To">Target selector in short form.</param>
/// <param name="Allow">Ports and operations in short form, such as <c>tcp/502 modbus read</c>; towards a service, its port.</param>
/// <param name="Direction">Seen from the device it was asked for: <c>in</c> or <c>out</c>; empty in the list of all.</param>
/// <param name="Comment">Why it exists.</param>
/// <param name="LastUsed">Last flow under it; null when none is known.</param>
public sealed record GrantView(
    string Name, string From, string To, IReadOnlyList<string> Allow, string Direction, string Comment, DateTimeOffset? LastUsed);
