using Gateway.Core.Api;
using Gateway.Core.Devices;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Core.State;
using Gateway.Service.Records;
using Gateway.Service.State;

namespace Gateway.Service.Fabrics;

/// <summary>What the gateway wants for one device in its fabric.</summary>
internal enum Wanted
{
    /// <summary>Enrolled and connected.</summary>
    Up,

    /// <summary>Enrolled, not connected: its binding is broken or it is cut off.</summary>
    Suspended,

    /// <summary>Retired: keys destroyed.</summary>
    Gone,
}

/// <summary>Brings one device's identity and connector to what is wanted, and keeps them there: enrols, connects, suspends, destroys.
/// One task a device, so a slow one holds up no other.</summary>
internal sealed partial class DeviceConnection : IAsyncDisposable
{
    private readonly Corridor.CorridorFabric _fabric;
    private readonly FlowAdmitter _admitter;
    private readonly StateStore _state;
    private readonly RecordLog _log;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private Device _device;
    private Wanted _wanted;
    private IStreamConnector? _connector;
    private ConnectorStatus _status;

    public DeviceConnection(
        Device device, Wanted wanted, Corridor.CorridorFabric fabric, FlowAdmitter admitter, StateStore state, RecordLog log, TimeProvider time, ILogger logger)
    {
        _device = device;
        _wanted = wanted;
        _fabric = fabric;
        _admitter = admitter;
        _state = state;
        _log = log;
        _time = time;
        _logger = logger;
        _status = new ConnectorStatus(ConnectorState.Stopped, "", time.GetUtcNow(), null, "");
        _running = Task.Run(RunAsync);
    }

    /// <summary>Raised when the status has changed.</summary>
    public event Action? Changed;

    public ConnectorStatus Status => _status;

    public ConnectorMetrics? Metrics => _connector?.Snapshot();

    /// <summary>The running connector; null while there is none.</summary>
    public IStreamConnector? Connector => _status.State is ConnectorState.Up or ConnectorState.Degraded ? _connector : null;

    /// <summary>Says what is wanted now.</summary>
    public void Want(Device device, Wanted wanted)
    {
        _device = device;
        if (_wanted == wanted)
            return;
        _wanted = wanted;
        Wake();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await CloseAsync().ConfigureAwait(false);
        _stop.Dispose();
        _wake.Dispose();
    }

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Awake already.
        }
    }

    private async Task RunAsync()
    {
        var backOff = new BackOff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30), Random.Shared);
        while (!_stop.IsCancellationRequested)
        {
            var wait = Timeout.InfiniteTimeSpan;
            try
            {
                await ReachAsync(_wanted).ConfigureAwait(false);
                backOff.Reset();
            }
            catch (Exception e) when (e is FabricAwayException or FabricRefusedException or CertificateRejectedException or IdentityStoreException or IOException)
            {
                var state = e is FabricAwayException ? ConnectorState.Connecting : e is FabricRefusedException or CertificateRejectedException ? ConnectorState.Denied : ConnectorState.Failed;
                if (_status.State != state || _status.Reason != e.Message)
                    Tell(LogKinds.IdentityRefused, LogSeverities.Notice, ("reason", e.Message));
                Set(new ConnectorStatus(state, e.Message, _time.GetUtcNow(), null, ""));
                wait = backOff.Next();
            }
            catch (Exception e) when (!_stop.IsCancellationRequested)
            {
                // Whatever it is, for example a full disk: this device waits and tries again, the others go on.
                Set(new ConnectorStatus(ConnectorState.Failed, e.Message, _time.GetUtcNow(), null, ""));
                LogFault(e, _device.Name);
                wait = backOff.Next();
            }
            await _wake.WaitAsync(wait, _stop.Token).ConfigureAwait(false);
        }
    }

    private Task ReachAsync(Wanted wanted) => wanted switch
    {
        Wanted.Up => ComeUpAsync(),
        Wanted.Suspended => SuspendAsync(),
        _ => DestroyAsync(),
    };

    private async Task ComeUpAsync()
    {
        var reference = new DeviceRef(_device.Id, _device.Name);
        if (!HasCredential(reference))
            await EnrolAsync(reference).ConfigureAwait(false);
        await RecordAsync(reference).ConfigureAwait(false);
        // Cut off meanwhile: the next round holds it.
        if (_wanted != Wanted.Up)
            return;
        if (_connector is null)
        {
            _connector = (IStreamConnector)_fabric.Open(reference);
            _connector.Changed += OnStatus;
            await _connector.HostAsync((caller, port, cancel) => _admitter.AdmitAsync(_fabric.Name, _device, caller, port, cancel), _stop.Token).ConfigureAwait(false);
        }
        await _connector.StartAsync(_stop.Token).ConfigureAwait(false);
    }

    private bool HasCredential(DeviceRef reference)
    {
        using var credential = _fabric.CredentialOf(reference);
        return credential is not null && credential.Validity.NotAfter > _time.GetUtcNow();
    }

    private async Task EnrolAsync(DeviceRef reference)
    {
        Set(new ConnectorStatus(ConnectorState.Enrolling, "", _time.GetUtcNow(), null, ""));
        var request = await _fabric.PrepareAsync(reference, _stop.Token).ConfigureAwait(false);
        Tell(LogKinds.IdentityRequested, LogSeverities.Info, ("spiffeId", request.Subject));
        var result = await _fabric.SubmitAsync(request, _stop.Token).ConfigureAwait(false);
        await _fabric.CompleteAsync(reference, result, _stop.Token).ConfigureAwait(false);
    }

    /// <summary>Notes the credential in the state, unless it stands there: it is new, renewed, or could not be noted before.</summary>
    private async Task RecordAsync(DeviceRef reference)
    {
        using var credential = _fabric.CredentialOf(reference)!;
        if (_state.Current.Identities.GetValueOrDefault(reference.Id)?.Fingerprint == credential.Fingerprint)
            return;
        var issued = new IssuedIdentity(_fabric.Name, credential.Id.ToString(), credential.Fingerprint, credential.Validity.NotAfter, _time.GetUtcNow());
        await _state.ApplyAsync(_ => new IdentityIssued(issued.IssuedAt, LogActors.Gateway, reference.Id, issued)).ConfigureAwait(false);
    }

    private async Task SuspendAsync()
    {
        if (_connector is { } connector)
            await connector.StopAsync(_stop.Token).ConfigureAwait(false);
        Set(new ConnectorStatus(ConnectorState.Suspended, "held by the gateway", _time.GetUtcNow(), _status.CertificateNotAfter, ""));
    }

    private async Task DestroyAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        _fabric.Destroy(new DeviceRef(_device.Id, _device.Name));
        if (_state.Current.Identities.ContainsKey(_device.Id))
            await _state.ApplyAsync(_ => new IdentityDestroyed(_time.GetUtcNow(), LogActors.Gateway, _device.Id)).ConfigureAwait(false);
        Set(new ConnectorStatus(ConnectorState.Stopped, "retired", _time.GetUtcNow(), null, ""));
    }

    private async Task CloseAsync()
    {
        if (_connector is not { } connector)
            return;
        _connector = null;
        connector.Changed -= OnStatus;
        await connector.DisposeAsync().ConfigureAwait(false);
    }

    private void OnStatus(ConnectorStatus status)
    {
        // A stop that we asked for is told as what it is for.
        var isRenewed = status.CertificateNotAfter is { } end && _status.CertificateNotAfter is { } before && end != before;
        if (_wanted == Wanted.Up || status.State != ConnectorState.Stopped)
            Set(status);
        if (isRenewed)
            Wake();
    }

    private void Set(ConnectorStatus status)
    {
        var before = _status;
        _status = status;
        if (before.State != status.State)
            TellChange(before, status);
        Changed?.Invoke();
    }

    private void TellChange(ConnectorStatus before, ConnectorStatus now)
    {
        switch (now.State)
        {
            case ConnectorState.Up:
                Tell(LogKinds.ConnectorUp, LogSeverities.Info, ("fabric", _fabric.Name));
                break;
            case ConnectorState.Suspended:
                Tell(LogKinds.IdentitySuspended, LogSeverities.Alarm, ("fabric", _fabric.Name));
                break;
            case ConnectorState.Connecting or ConnectorState.Denied or ConnectorState.Failed or ConnectorState.Expired when before.State == ConnectorState.Up:
                Tell(LogKinds.ConnectorDown, LogSeverities.Notice, ("fabric", _fabric.Name), ("reason", now.Reason));
                break;
        }
        LogChange(_device.Name, now.State, now.Reason);
    }

    private void Tell(string kind, string severity, params (string Name, string Value)[] values) =>
        _log.Add(kind, severity, LogActors.Gateway, _device.Id, _device.Name, values.Where(v => v.Value.Length > 0).ToDictionary(v => v.Name, v => v.Value));

    [LoggerMessage(Level = LogLevel.Information, Message = "connector of {Device}: {State} {Reason}")]
    private partial void LogChange(string device, ConnectorState state, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "the connection of {Device} failed by a fault of the gateway; it is tried again")]
    private partial void LogFault(Exception e, string device);
}
