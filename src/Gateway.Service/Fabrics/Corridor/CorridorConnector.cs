using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Corridor.Client;

namespace Gateway.Service.Fabrics.Corridor;

/// <summary>One device in the corridor: a few doors parked under the device's own certificate, flows carried through them, dials made
/// for the device, the certificate renewed in time. Outbound only.</summary>
internal sealed partial class CorridorConnector(
    CorridorFabric fabric, DeviceRef device, KeyStore keys, ILogger<CorridorConnector> logger) : IStreamConnector
{
    /// <summary>Callers that can come at one moment without waiting for a round trip.</summary>
    private const int Doors = 4;

    /// <summary>Flows at once; the device's own limit in the dataplane is lower as a rule.</summary>
    private const int MaxFlows = 256;

    private readonly Lock _lock = new();
    private readonly RelayCounters _counters = new();
    private CancellationTokenSource? _stop;
    private Task _running = Task.CompletedTask;
    private CorridorConnection? _connection;
    private FlowAdmission? _admit;
    private int _open;
    private long _opened;
    private long _refused;
    private long _reconnects;

    public event Action<ConnectorStatus>? Changed;

    public ConnectorStatus Status { get; private set; } = new(ConnectorState.Stopped, "", fabric.Options.Time.GetUtcNow(), null, "");

    public ConnectorMetrics Snapshot() => new(
        Volatile.Read(ref _open), Interlocked.Read(ref _opened), Interlocked.Read(ref _refused), _counters.LeftToRight, _counters.RightToLeft,
        Interlocked.Read(ref _reconnects));

    public Task StartAsync(CancellationToken cancel)
    {
        lock (_lock)
        {
            if (_stop is not null)
                return Task.CompletedTask;
            _stop = new CancellationTokenSource();
            Report(ConnectorState.Connecting, "");
            _running = RunAsync(_stop.Token);
        }
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        Task running;
        lock (_lock)
        {
            _stop?.Cancel();
            running = _running;
        }
        await running.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            _stop?.Dispose();
            _stop = null;
        }
        Report(ConnectorState.Stopped, "");
    }

    public async Task RenewAsync(CancellationToken cancel)
    {
        using var current = keys.LoadCurrent() ?? throw new IdentityStoreException($"{device.Name} has no credential to renew");
        var renewal = new IdentityRenewal(keys, fabric.Hub, fabric.Options);
        renewal.Renewed += Use;
        await renewal.RenewAsync(current.Validity, cancel).ConfigureAwait(false);
    }

    public Task<IAsyncDisposable> HostAsync(FlowAdmission admit, CancellationToken cancel)
    {
        _admit = admit;
        return Task.FromResult<IAsyncDisposable>(new Hosting(this));
    }

    public async Task<DuplexStream> DialAsync(string remoteService, CancellationToken cancel)
    {
        var connection = _connection ?? throw new FabricAwayException($"{device.Name} is not connected to {fabric.Name}");
        try
        {
            return await connection.DialAsync(remoteService, CorridorWire.OwnPort, cancel).ConfigureAwait(false);
        }
        catch (CorridorRefusedException e)
        {
            throw new FabricRefusedException(e.Message, e);
        }
        catch (CorridorUnreachableException e)
        {
            throw new FabricAwayException(e.Message, e);
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None).ConfigureAwait(false);

    private async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            using var identity = keys.LoadCurrent() ?? throw new IdentityStoreException($"{device.Name} has no credential; enrol it first");
            using var connection = new CorridorConnection(fabric.Hub, identity, fabric.Options);
            using var doors = new DoorKeeper(connection, Doors, OnCallAsync);
            doors.Changed += Take;
            doors.CallFailed += LogCallFailed;
            _connection = connection;
            var renewal = new IdentityRenewal(keys, fabric.Hub, fabric.Options);
            renewal.Renewed += Use;
            renewal.Failed += LogRenewalFailed;
            await Task.WhenAll(doors.RunAsync(cancel), renewal.RunAsync(cancel)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
        catch (Exception e) when (e is IdentityStoreException or IOException)
        {
            Report(ConnectorState.Failed, e.Message);
        }
        finally
        {
            _connection = null;
        }
    }

    private async Task OnCallAsync(DoorCall call, CancellationToken cancel)
    {
        var request = call.Request;
        if (_admit is not { } admit || Interlocked.Increment(ref _open) > MaxFlows)
        {
            if (_admit is not null)
                Interlocked.Decrement(ref _open);
            Interlocked.Increment(ref _refused);
            await call.RefuseAsync($"{device.Name} takes no more connections now", unreachable: true, cancel).ConfigureAwait(false);
            return;
        }
        try
        {
            var caller = new Peer(request.Caller, request.Name, request.Groups, request.Fingerprint);
            var result = await admit(caller, request.Port, cancel).ConfigureAwait(false);
            if (result.Flow is not { } flow)
            {
                Interlocked.Increment(ref _refused);
                await call.RefuseAsync(result.Refusal, result.Unreachable, cancel).ConfigureAwait(false);
                return;
            }
            Interlocked.Increment(ref _opened);
            await using (flow.ConfigureAwait(false))
            await using (var stream = await call.AcceptAsync(cancel).ConfigureAwait(false))
                await Relay.RunAsync(flow, stream, _counters, cancel).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private void Use(StoredIdentity identity)
    {
        if (_connection is { } connection)
            connection.Use(identity);
        Report(Status.State, Status.Reason);
    }

    private void Take(DoorStatus doors)
    {
        var state = doors.State switch
        {
            DoorState.Up => ConnectorState.Up,
            DoorState.Denied => ConnectorState.Denied,
            _ => ConnectorState.Connecting,
        };
        if (state == ConnectorState.Up && Status.State != ConnectorState.Up)
            Interlocked.Increment(ref _reconnects);
        Report(state, doors.Reason);
    }

    private void Report(ConnectorState state, string reason)
    {
        var since = state == Status.State ? Status.Since : fabric.Options.Time.GetUtcNow();
        var status = new ConnectorStatus(
            state, reason, since, _connection?.Identity.Validity.NotAfter, state == ConnectorState.Up ? fabric.Hub.ToString() : "");
        if (status == Status)
            return;
        Status = status;
        Changed?.Invoke(status);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "a call to a device failed by a fault of the gateway")]
    private partial void LogCallFailed(Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the renewal of a device's certificate failed: {Why}")]
    private partial void LogRenewalFailed(string why);

    private sealed class Hosting(CorridorConnector connector) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            connector._admit = null;
            return ValueTask.CompletedTask;
        }
    }
}
