namespace Gateway.Corridor.Hub;

/// <summary>What the hub says in its log; one line per event, none per packet.</summary>
internal static partial class HubLog
{
    [LoggerMessage(1, LogLevel.Information, "hub {hub} of {site} listens at {endpoint}; fingerprint of its authority {fingerprint}")]
    public static partial void Started(this ILogger log, string hub, string site, string endpoint, string fingerprint);

    [LoggerMessage(2, LogLevel.Information, "flow {flow} opened: {caller} to {target}:{port}")]
    public static partial void FlowOpened(this ILogger log, string flow, string caller, string target, ushort port);

    [LoggerMessage(3, LogLevel.Information, "flow {flow} closed after {sent} bytes to and {received} bytes from {target}: {reason}")]
    public static partial void FlowClosed(this ILogger log, string flow, string target, long sent, long received, string reason);

    [LoggerMessage(4, LogLevel.Warning, "dial refused ({kind}): {detail}")]
    public static partial void DialRefused(this ILogger log, string kind, string detail);

    [LoggerMessage(5, LogLevel.Information, "certificate {fingerprint} issued to {id} until {notAfter}")]
    public static partial void Enrolled(this ILogger log, string id, string fingerprint, string notAfter);

    [LoggerMessage(6, LogLevel.Warning, "enrolment refused for {remote}: {detail}")]
    public static partial void EnrolmentRefused(this ILogger log, string remote, string detail);

    [LoggerMessage(7, LogLevel.Warning, "credential refused: {detail}")]
    public static partial void CredentialRefused(this ILogger log, string detail);

    [LoggerMessage(8, LogLevel.Warning, "TLS client certificate of {remote} refused: {detail}")]
    public static partial void HandshakeRefused(this ILogger log, string remote, string detail);

    [LoggerMessage(9, LogLevel.Error, "the state cannot be stored, so nothing was changed: {detail}")]
    public static partial void StorageFailed(this ILogger log, string detail);

    [LoggerMessage(10, LogLevel.Information, "operator: {verb}")]
    public static partial void Operator(this ILogger log, string verb);

    [LoggerMessage(11, LogLevel.Information, "hub stopped")]
    public static partial void Stopped(this ILogger log);

    [LoggerMessage(13, LogLevel.Warning, "{count} more refusals were not logged")]
    public static partial void RefusalsLeftOut(this ILogger log, long count);

    [LoggerMessage(12, LogLevel.Error, "a request failed")]
    public static partial void RequestFailed(this ILogger log, Exception exception);
}
