namespace Gateway.WebUi.Security;

/// <summary>Looks once a day whether the certificate is near its end.</summary>
internal sealed partial class TlsRenewal(TlsIdentity identity, TimeProvider time, ILogger<TlsRenewal> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (identity.RenewWhenDue())
                    LogRenewed(identity.Fingerprint);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogNotRenewed(e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "certificate renewed; SHA-256 fingerprint {Fingerprint}")]
    private partial void LogRenewed(string fingerprint);

    [LoggerMessage(Level = LogLevel.Error, Message = "the certificate could not be renewed; tried again tomorrow")]
    private partial void LogNotRenewed(Exception error);
}
