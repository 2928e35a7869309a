using Gateway.Core.Api;
using Gateway.Service.Dataplane;
using Gateway.Service.Records;
using Gateway.Service.State;
using Gateway.Service.Views;
using Microsoft.Extensions.Hosting.Systemd;

namespace Gateway.Service.Hosting;

/// <summary>Looks after the service itself each second: says when the disk is full or the dataplane is away, and feeds the watchdog of
/// systemd only when the API really answered that everything of the service is alive (<see cref="Liveness"/>). It speaks to systemd by
/// itself: <c>AddSystemd</c> looks at the parent process, which a unit with ProtectProc=invisible hides, and never feeds a watchdog.</summary>
internal sealed partial class HealthWatch(
    DataplaneClient dataplane, BoxViews views, RecordLog log, StateStore state, ServiceOptions options, IHostApplicationLifetime lifetime,
    TimeProvider time, ILogger<HealthWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Longest answer of the own API that still counts as alive.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private readonly SystemdNotifier _systemd = new();
    private readonly Lock _telling = new();
    private string _journal = "ok";
    private string? _fault;
    private bool _dataplane;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TellRecovery();
        await StartedAsync(stoppingToken).ConfigureAwait(false);
        using var stopping = lifetime.ApplicationStopping.Register(() => _systemd.Notify(ServiceState.Stopping));
        using var client = UnixHttp.Client(options.ApiSocket);
        client.Timeout = AnswerLimit;
        dataplane.Connected += OnConnectedAsync;
        dataplane.Lost += TellDataplane;
        using var timer = new PeriodicTimer(Interval, time);
        var isReady = false;
        do
        {
            Look();
            var fault = await AskAsync(client, stoppingToken).ConfigureAwait(false);
            if (fault is null)
            {
                if (!isReady)
                    _systemd.Notify(ServiceState.Ready);
                isReady = true;
                _systemd.Notify(new ServiceState("WATCHDOG=1"));
            }
            if (fault != _fault && fault is not null)
                LogFault(fault);
            _fault = fault;
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
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
            log.Add(LogKinds.JournalDamaged, LogSeverities.Alarm, LogActors.Gateway, values: new Dictionary<string, string> { ["reason"] = damage.Message });
        if (recovery.Journal?.Torn is { } torn)
            log.Add(LogKinds.JournalCut, LogSeverities.Notice, LogActors.Gateway, values: new Dictionary<string, string> { ["reason"] = torn.ToString() });
    }

    private void Look()
    {
        var journal = views.Journal;
        if (journal != _journal)
        {
            _journal = journal;
            log.Add(journal == "ok" ? LogKinds.JournalOk : LogKinds.JournalFull, journal == "ok" ? LogSeverities.Info : LogSeverities.Alarm, LogActors.Gateway,
                values: new Dictionary<string, string> { ["state"] = journal });
        }
        if (journal == "ok")
            log.TellLost();
        TellDataplane();
    }

    /// <summary>Also called when it comes and goes: one that was there for less than a second was there.</summary>
    private void TellDataplane()
    {
        lock (_telling)
        {
            if (dataplane.IsConnected == _dataplane)
                return;
            _dataplane = dataplane.IsConnected;
            log.Add(_dataplane ? LogKinds.DataplaneBack : LogKinds.DataplaneAway, _dataplane ? LogSeverities.Info : LogSeverities.Alarm, LogActors.Gateway);
        }
    }

    private Task OnConnectedAsync(Core.Control.Welcome welcome)
    {
        TellDataplane();
        return Task.CompletedTask;
    }

    /// <summary>Asks the own API over its socket, as anyone would.</summary>
    /// <returns>What is wrong; null when all is alive.</returns>
    private static async Task<string?> AskAsync(HttpClient client, CancellationToken cancel)
    {
        try
        {
            using var answer = await client.GetAsync("/healthz", cancel).ConfigureAwait(false);
            return answer.IsSuccessStatusCode ? null : await answer.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return "the API does not answer";
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the service does not work: {Fault}; the watchdog of systemd is not fed")]
    private partial void LogFault(string fault);
}
