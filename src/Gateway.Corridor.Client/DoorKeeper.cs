using Gateway.Core.Fabric;

namespace Gateway.Corridor.Client;

public enum DoorState
{
    /// <summary>No door is parked; tried again with back-off.</summary>
    Connecting = 0,

    /// <summary>At least one door is parked, or all are taken by calls.</summary>
    Up = 1,

    /// <summary>The hub refuses this identity; tried again slowly.</summary>
    Denied = 2,
}

/// <param name="State">State now.</param>
/// <param name="Reason">Why, in words; empty when up.</param>
public sealed record DoorStatus(DoorState State, string Reason);

/// <summary>Keeps a few doors of one device parked: parks another as soon as one is taken, and all of them again when the hub was away.</summary>
/// <param name="connection">The device's way in.</param>
/// <param name="doors">How many to keep parked, 1 to 16: as many callers can come at one moment without waiting for a round trip.</param>
/// <param name="onCall">Decides on a caller and carries its flow. Runs on its own; what it does not answer is closed.</param>
public sealed class DoorKeeper(CorridorConnection connection, int doors, Func<DoorCall, CancellationToken, Task> onCall) : IDisposable
{
    /// <summary>A door that closes uncalled within this time counts as a failure: parking the next at once would be a storm.</summary>
    private static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(1);


    private readonly SemaphoreSlim _places = new(doors, doors);
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];
    private volatile bool _closedEarly;

    /// <summary>Raised after each change of <see cref="Status"/>, on any thread.</summary>
    public event Action<DoorStatus>? Changed;

    /// <summary>The function that handles calls threw something that is no end of a flow: a fault to record. The call is closed.</summary>
    public event Action<Exception>? CallFailed;

    public DoorStatus Status { get; private set; } = new(DoorState.Connecting, "not started");

    /// <summary>Keeps doors until cancelled; returns when every call has ended too.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var options = connection.Options;
        var backOff = new BackOff(options.FirstRetry, options.LongestRetry, Random.Shared);
        try
        {
            while (true)
            {
                await _places.WaitAsync(cancel).ConfigureAwait(false);
                var failure = await ParkAsync(cancel).ConfigureAwait(false);
                Report(failure ?? new DoorStatus(DoorState.Up, ""));
                if (failure is null && !_closedEarly)
                {
                    backOff.Reset();
                    continue;
                }
                _closedEarly = false;
                var wait = failure?.State == DoorState.Denied ? options.DeniedRetry : backOff.Next();
                await Task.Delay(wait, options.Time, cancel).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await Task.WhenAll(Running()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _places.Dispose();

    /// <summary>Parks one door and leaves it, and its place, to a task of its own.</summary>
    /// <returns>Null when it is parked, else why not; the place is free again then.</returns>
    private async Task<DoorStatus?> ParkAsync(CancellationToken cancel)
    {
        try
        {
            var door = await connection.ParkDoorAsync(cancel).ConfigureAwait(false);
            Track(TendAsync(door, cancel));
            return null;
        }
        catch (Exception e) when (e is CorridorUnreachableException or CorridorRefusedException)
        {
            _places.Release();
            var denied = e is CorridorRefusedException { Problem.Kind: not CorridorProblems.Limit };
            return new DoorStatus(denied ? DoorState.Denied : DoorState.Connecting, e.Message);
        }
    }

    private async Task TendAsync(CorridorDoor door, CancellationToken cancel)
    {
        var parked = connection.Options.Time.GetTimestamp();
        var place = 1;
        try
        {
            await using (door.ConfigureAwait(false))
            {
                var call = await door.WaitAsync(cancel).ConfigureAwait(false);
                _places.Release(place);
                place = 0;
                await using (call.ConfigureAwait(false))
                    await onCall(call, cancel).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (Relay.IsEndOfFlow(e))
        {
            // The hub went away or the flow broke; the place is free again and the next door tells whether the hub is back.
            _closedEarly |= place > 0 && connection.Options.Time.GetElapsedTime(parked) < ShortestLife;
        }
#pragma warning disable CA1031 // One caller's fault must not take the device's other doors with it; it is handed on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            CallFailed?.Invoke(e);
        }
        finally
        {
            if (place > 0)
                _places.Release(place);
        }
    }

    private void Report(DoorStatus status)
    {
        if (status == Status)
            return;
        Status = status;
        Changed?.Invoke(status);
    }

    private void Track(Task task)
    {
        lock (_lock)
            _running.Add(task);
        _ = task.ContinueWith(
            done =>
            {
                lock (_lock)
                    _running.Remove(done);
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private Task[] Running()
    {
        lock (_lock)
            return [.. _running];
    }
}
