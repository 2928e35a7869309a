using Gateway.Core.Api;
using Gateway.Core.Policy;
using Gateway.Core.State;
using Gateway.Service.Records;
using Gateway.Service.State;

namespace Gateway.Service.Dataplane;

/// <summary>Keeps the dataplane's policy equal to what was decided: compiles after each change and installs what differs. One at a time,
/// newest wins.</summary>
internal sealed partial class PolicyInstaller(
    StateStore state, SiteContext site, DataplaneClient dataplane, Devices.DeviceDiscovery discovery, RecordLog log,
    ILogger<PolicyInstaller> logger) : BackgroundService
{
    /// <summary>Wait before a policy that was not taken is offered again.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly Lock _lock = new();
    private readonly HashSet<string> _asked = [];
    private TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _installed = "";
    private string _refusal = "";
    private ulong _version;

    /// <summary>The policy compiled last; null before the first.</summary>
    public CompiledPolicy? Policy { get; private set; }

    /// <summary>Hash of the policy that the dataplane has confirmed; empty when none.</summary>
    public string InstalledHash => _installed;

    public ulong InstalledVersion => _version;

    /// <summary>Whether policies get compiled and installed.</summary>
    public Hosting.Pulse Pulse { get; } = new(TimeProvider.System);

    /// <summary>Has the policy compiled and installed soon.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            if (_settled.Task.IsCompleted)
                _settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_changed.CurrentCount == 0)
                _changed.Release();
        }
    }

    /// <summary>Done when everything decided so far is in force, or the dataplane is away (it gets it when it comes back).</summary>
    public Task SettledAsync()
    {
        lock (_lock)
            return _settled.Task;
    }

    /// <summary>Lets the gateway itself ask a device who it is, until disposed.</summary>
    public async Task<IDisposable> AskAsync(string deviceId)
    {
        lock (_lock)
            _asked.Add(deviceId);
        Wake();
        await SettledAsync().ConfigureAwait(false);
        return new Question(this, deviceId);
    }

    public override void Dispose()
    {
        _changed.Dispose();
        base.Dispose();
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Here and not in ExecuteAsync, which may begin after the dataplane has answered.
        dataplane.Connected += welcome =>
        {
            _installed = welcome.PolicyHash;
            _version = welcome.PolicyVersion;
            Wake();
            return Task.CompletedTask;
        };
        state.Applied += (_, _) => Wake();
        discovery.AddressesChanged += Wake;
        Wake();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = Timeout.InfiniteTimeSpan;
        while (!stoppingToken.IsCancellationRequested)
        {
            await _changed.WaitAsync(wait, stoppingToken).ConfigureAwait(false);
            TaskCompletionSource settled;
            lock (_lock)
                settled = _settled;
            bool isDone;
            using (Pulse.Enter())
                isDone = await InstallAsync(stoppingToken).ConfigureAwait(false);
            wait = isDone ? Timeout.InfiniteTimeSpan : RetryPause;
            lock (_lock)
            {
                if (_changed.CurrentCount == 0)
                    settled.TrySetResult();
            }
        }
    }

    /// <returns>False when the dataplane is there and did not take it.</returns>
    private async Task<bool> InstallAsync(CancellationToken cancel)
    {
        HashSet<string> asked;
        lock (_lock)
            asked = [.. _asked];
        var document = SiteProjection.Enforced(state.Current, site.Document, discovery.AddressOf, asked);
        var compiled = PolicyCompiler.Compile(document);
        if (!compiled.Valid)
        {
            // Every decision was compiled before it was taken, so this is a fault of ours: the last policy stays in force, and it is told.
            log.Add(LogKinds.PolicyInvalid, LogSeverities.Alarm, LogActors.Gateway, values: new Dictionary<string, string> { ["error"] = compiled.Errors[0].ToString() });
            return true;
        }
        Policy = compiled.Policy;
        var blob = PolicyBlob.Write(compiled.Policy);
        var hash = PolicyBlob.Hash(blob);
        if (hash == _installed || !dataplane.IsConnected)
            return true;
        var reply = await dataplane.InstallAsync(_version + 1, blob, cancel).ConfigureAwait(false);
        if (!reply.Accepted)
        {
            TellRefused(reply.Message);
            return false;
        }
        _refusal = "";
        _version++;
        _installed = hash;
        LogInstalled(_version, compiled.Policy.Devices.Length, compiled.Policy.Conduits.Length);
        return true;
    }

    private void TellRefused(string why)
    {
        if (_refusal == why)
            return;
        _refusal = why;
        log.Add(LogKinds.PolicyRefused, LogSeverities.Alarm, LogActors.Gateway, values: new Dictionary<string, string> { ["reason"] = why });
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "policy {Version} in force: {Devices} devices, {Conduits} conduits")]
    private partial void LogInstalled(ulong version, int devices, int conduits);

    private sealed class Question(PolicyInstaller installer, string deviceId) : IDisposable
    {
        public void Dispose()
        {
            lock (installer._lock)
                installer._asked.Remove(deviceId);
            installer.Wake();
        }
    }
}
