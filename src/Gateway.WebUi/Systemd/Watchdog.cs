using Microsoft.Extensions.Hosting.Systemd;

namespace Gateway.WebUi.Systemd;

/// <summary>Feeds systemd's watchdog, but only after a real request to the own listener was answered: over TLS, through the whole
/// pipeline. A bare timer would go on beating in a process that serves nobody.</summary>
internal sealed partial class Watchdog(ISystemdNotifier notifier, SelfProbe probe, TimeProvider time, TimeSpan period, ILogger<Watchdog> log)
    : BackgroundService
{
    private static readonly ServiceState Alive = new("WATCHDOG=1");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (await probe.AnswersAsync(period, stoppingToken))
                notifier.Notify(Alive);
            else
                LogSilent();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the own listener does not answer; systemd is not told that this process lives")]
    private partial void LogSilent();
}
