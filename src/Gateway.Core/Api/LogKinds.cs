using System.Collections.Immutable;

namespace Gateway.Core.Api;

/// <summary>Kinds of log lines: the closed list. <c>docs/log.md</c> says what each means and which values it has; the pages have a title and
/// a sentence for each.</summary>
public static class LogKinds
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
    public const string IsolationGrade = "isolation-grade";
    public const string IdentifyAsked = "identify-asked";
    public const string GrantAdded = "grant-added";
    public const string GrantRemoved = "grant-removed";
    public const string PolicyApplied = "policy-applied";
    public const string PolicyInvalid = "policy-invalid";
    public const string PolicyRefused = "policy-refused";
    public const string SiteImported = "site-imported";
    public const string FlowOpened = "flow-opened";
    public const string FlowClosed = "flow-closed";
    public const string FlowRefused = "flow-refused";
    public const string OperationRefused = "operation-refused";
    public const string OperationWritten = "operation-written";
    public const string RecordsSuppressed = "records-suppressed";
    public const string IdentityRequested = "identity-requested";
    public const string IdentityIssued = "identity-issued";
    public const string IdentityRefused = "identity-refused";
    public const string IdentitySuspended = "identity-suspended";
    public const string IdentityDestroyed = "identity-destroyed";
    public const string ConnectorUp = "connector-up";
    public const string ConnectorDown = "connector-down";
    public const string DialFailed = "dial-failed";
    public const string ListenerFailed = "listener-failed";
    public const string FabricJoined = "fabric-joined";
    public const string FabricAway = "fabric-away";
    public const string FabricBack = "fabric-back";
    public const string Claimed = "claimed";
    public const string ClaimRefused = "claim-refused";
    public const string SignedIn = "signed-in";
    public const string SignInRefused = "sign-in-refused";
    public const string DataplaneAway = "dataplane-away";
    public const string DataplaneBack = "dataplane-back";
    public const string JournalFull = "journal-full";
    public const string JournalOk = "journal-ok";
    public const string JournalDamaged = "journal-damaged";
    public const string JournalCut = "journal-cut";

    public static ImmutableArray<string> All { get; } =
    [
        DeviceFound, DeviceNamed, DeviceApproved, DeviceCutOff, DeviceRestored, DeviceRetired, DeviceChanged, DeviceConfirmed, DeviceOnline,
        DeviceOffline, SecondAddress, IsolationGrade, IdentifyAsked, GrantAdded, GrantRemoved, PolicyApplied, PolicyInvalid, PolicyRefused, SiteImported,
        FlowOpened, FlowClosed, FlowRefused, OperationRefused, OperationWritten, RecordsSuppressed, IdentityRequested, IdentityIssued,
        IdentityRefused, IdentitySuspended, IdentityDestroyed, ConnectorUp, ConnectorDown, DialFailed, ListenerFailed, FabricJoined, FabricAway,
        FabricBack, Claimed, ClaimRefused, SignedIn, SignInRefused, DataplaneAway, DataplaneBack, JournalFull, JournalOk, JournalDamaged, JournalCut,
    ];
}

/// <summary>How much a log line matters.</summary>
public static class LogSeverities
{
    public const string Info = "info";
    public const string Notice = "notice";
    public const string Alarm = "alarm";

    public static ImmutableArray<string> All { get; } = [Info, Notice, Alarm];
}

/// <summary>Who a log line is by, where it is no person, caller or device.</summary>
public static class LogActors
{
    public const string Gateway = "gateway";

    /// <summary>What the site file said at the first start.</summary>
    public const string SiteFile = "site file";
}
