namespace Gateway.Core.Api;

/// <summary>One line of the log. Texts are made by whoever shows it, from kind and values, in the reader's language.</summary>
/// <param name="Sequence">Position; grows, never reused.</param>
/// <param name="At">When.</param>
/// <param name="Kind">What happened, one of <see cref="LogKinds"/>; <c>docs/log.md</c> describes them.</param>
/// <param name="Severity">One of <see cref="LogSeverities"/>.</param>
/// <param name="Actor">Who did it: account, caller, device, or <c>gateway</c>.</param>
/// <param name="DeviceId">Device it concerns; null when none.</param>
/// <param name="DeviceName">Its name then.</param>
/// <param name="Values">Values for the text, by name.</param>
public sealed record LogEntryView(
    long Sequence, DateTimeOffset At, string Kind, string Severity, string Actor, string? DeviceId, string DeviceName,
    IReadOnlyDictionary<string, string> Values);

/// <param name="Entries">Newest first.</param>
/// <param name="Next">Cursor for older entries; null at the end.</param>
public sealed record LogPage(IReadOnlyList<LogEntryView> Entries, string? Next);

/// <summary>State of the three processes and of what they depend on.</summary>
/// <param name="Version">Program version.</param>
/// <param name="Dataplane">As in <see cref="BoxView"/>.</param>
/// <param name="PolicyVersion">Policy the dataplane enforces.</param>
/// <param name="PolicyHash">SHA-256 of it.</param>
/// <param name="JournalHead">Last sequence number.</param>
/// <param name="JournalHash">Hash of the last record, lower-case hexadecimal.</param>
/// <param name="Journal">As in <see cref="BoxView"/>.</param>
/// <param name="Fabrics">State towards each fabric.</param>
/// <param name="Links">Counters per link.</param>
public sealed record StatusView(
    string Version, string Dataplane, ulong PolicyVersion, string PolicyHash, long JournalHead, string JournalHash, string Journal,
    IReadOnlyList<FabricView> Fabrics, IReadOnlyList<LinkCountersView> Links);

/// <param name="Link">Link name.</param>
/// <param name="Up">Carrier.</param>
/// <param name="FramesIn">Frames received.</param>
/// <param name="FramesOut">Frames sent.</param>
/// <param name="RingLosses">Frames lost before the gateway saw them.</param>
/// <param name="Drops">Refusals by reason.</param>
public sealed record LinkCountersView(
    string Link, bool Up, ulong FramesIn, ulong FramesOut, ulong RingLosses, IReadOnlyDictionary<string, ulong> Drops);
