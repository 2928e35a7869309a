using Gateway.Service.Dataplane;
using Gateway.Service.Records;
using Gateway.Service.State;
using Gateway.Service.Views;
using Microsoft.Extensions.Hosting.Systemd;

namespace Gateway.Service.Hosting;

/// <summary>Looks after the service itself each second: says when the disk is full or the dataplane is away, and feeds the watchdog of
/// systemd only when a request to the API was really answered.</summary>
internal sealed class HealthWatch(
    DataplaneClient dataplane, BoxViews views, RecordLog log, StateStore state, ServiceOptions options, IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly SystemdNotifier _systemd = new();
    private string _journal = "ok";
    private bool _dataplane;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TellRecovery();
        await StartedAsync(stoppingToken).ConfigureAwait(false);
        _systemd.Notify(ServiceState.Ready);
        using var client = UnixHttp.Client(options.ApiSocket);
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            Look();
            if (await IsAnsweredAsync(client, stoppingToken).ConfigureAwait(false))
                _systemd.Notify(new ServiceState("WATCHDOG=1"));
        }
    }

    private async Task StartedAsync(CancellationToken stop)
    {
        var started = new TaskCompletionSource();
        using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(stop).ConfigureAwait(false);
    }

    private void TellRecovery()
    {
        var recovery = state.Recovery;
        if (recovery.Damage is { } damage)
            log.Add(LogKinds.JournalDamaged, LogKinds.Alarm, LogKinds.Gateway, values: new Dictionary<string, string> { ["reason"] = damage.Message });
        if (recovery.Journal?.Torn is { } torn)
            log.Add(LogKinds.JournalCut, LogKinds.Notice, LogKinds.Gateway, values: new Dictionary<string, string> { ["reason"] = torn.ToString() });
    }

    private void Look()
    {
        var journal = views.Journal;
        if (journal != _journal)
        {
            _journal = journal;
            log.Add(journal == "ok" ? LogKinds.JournalOk : LogKinds.JournalFull, journal == "ok" ? LogKinds.Info : LogKinds.Alarm, LogKinds.Gateway,
                values: new Dictionary<string, string> { ["state"] = journal });
        }
        if (dataplane.IsConnected == _dataplane)
            return;
        _dataplane = dataplane.IsConnected;
        log.Add(_dataplane ? LogKinds.DataplaneBack : LogKinds.DataplaneAway, _dataplane ? LogKinds.Info : LogKinds.Alarm, LogKinds.Gateway);
    }

    private static async Task<bool> IsAnsweredAsync(HttpClient client, CancellationToken cancel)
    {
        try
        {
            using var answer = await client.GetAsync("/healthz", cancel).ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return false;
        }
    }
}
