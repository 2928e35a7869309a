using System.Text.Json.Serialization;

namespace Gateway.Service.Records;

/// <summary>A line of the log as the records journal keeps it. <c>docs/log.md</c> lists the kinds and their values.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What, kebab-case.</param>
/// <param name="Severity"><c>info</c>, <c>notice</c> or <c>alarm</c>.</param>
/// <param name="Actor">Who: account, caller, device, or <c>gateway</c>.</param>
/// <param name="DeviceId">Device it concerns.</param>
/// <param name="DeviceName">Its name then.</param>
/// <param name="Values">Values for the text.</param>
internal sealed record LogRecord(
    DateTimeOffset At, string Kind, string Severity, string Actor, string? DeviceId, string DeviceName, IReadOnlyDictionary<string, string> Values);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LogRecord))]
internal sealed partial class LogJson : JsonSerializerContext;

/// <summary>Kinds of log lines.</summary>
internal static class LogKinds
{
    public const string DeviceFound = "device-found";
    public const string DeviceNamed = "device-named";
    public const string DeviceApproved = "device-approved";
    public const string DeviceCutOff = "device-cut-off";
    public const string DeviceRestored = "device-restored";
    public const string DeviceRetired = "device-retired";
    public const string DeviceChanged = "device-changed";
    public const string DeviceConfirmed = "device-confirmed";
    public const string DeviceOnline = "device-online";
    public const string DeviceOffline = "device-offline";
    public const string SecondAddress = "second-address";
    public const string GrantAdded = "grant-added";
    public const string GrantRemoved = "grant-removed";
    public const string PolicyApplied = "policy-applied";
    public const string IdentityRequested = "identity-requested";
    public const string IdentityRefused = "identity-refused";
    public const string IdentityIssued = "identity-issued";
    public const string IdentitySuspended = "identity-suspended";
    public const string IdentityDestroyed = "identity-destroyed";
    public const string ConnectorUp = "connector-up";
    public const string ConnectorDown = "connector-down";
    public const string DialFailed = "dial-failed";
    public const string ListenerFailed = "listener-failed";
    public const string FlowOpened = "flow-opened";
    public const string FlowClosed = "flow-closed";
    public const string FlowRefused = "flow-refused";
    public const string OperationRefused = "operation-refused";
    public const string OperationWritten = "operation-written";
    public const string FabricJoined = "fabric-joined";
    public const string FabricAway = "fabric-away";
    public const string FabricBack = "fabric-back";
    public const string PolicyRefused = "policy-refused";
    public const string Claimed = "claimed";
    public const string ClaimRefused = "claim-refused";
    public const string SignedIn = "signed-in";
    public const string SignInRefused = "sign-in-refused";
    public const string IdentifyAsked = "identify-asked";
    public const string SiteImported = "site-imported";
    public const string PolicyInvalid = "policy-invalid";
    public const string DataplaneAway = "dataplane-away";
    public const string DataplaneBack = "dataplane-back";
    public const string RecordsSuppressed = "records-suppressed";
    public const string JournalFull = "journal-full";
    public const string JournalOk = "journal-ok";
    public const string JournalDamaged = "journal-damaged";
    public const string JournalCut = "journal-cut";

    public const string Info = "info";
    public const string Notice = "notice";
    public const string Alarm = "alarm";

    /// <summary>Who the gateway's own lines are by.</summary>
    public const string Gateway = "gateway";
}
