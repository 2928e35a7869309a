using Gateway.Core.Identity;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Hub;

/// <summary>All parked doors, and the callers that wait for one.</summary>
internal sealed class DoorYard(HubLimits limits, HubCounters counters)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SpiffeId, Doors> _devices = [];

    /// <summary>Hands the door to a waiting caller or parks it.</summary>
    /// <returns>False when the device has enough doors.</returns>
    public bool TryPark(ParkedDoor door)
    {
        lock (_lock)
        {
            var doors = DoorsOf(door.Device.Id);
            while (doors.Waiting.TryDequeue(out var caller))
            {
                if (caller.TrySetResult(door))
                    return true;
            }
            if (doors.Parked.Count < limits.DoorsPerDevice)
            {
                doors.Parked.AddLast(door);
                counters.Add(HubCounter.DoorsParked);
                return true;
            }
        }
        counters.Add(HubCounter.LimitDoorsPerDevice);
        return false;
    }

    /// <summary>Takes the door that waits longest.</summary>
    /// <param name="device">Whose door.</param>
    /// <param name="wait">How long to wait for one when none is parked.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>Null when none came, or too many wait already.</returns>
    public async Task<ParkedDoor?> TakeAsync(SpiffeId device, TimeSpan wait, CancellationToken cancel)
    {
        var caller = new TaskCompletionSource<ParkedDoor?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            var doors = DoorsOf(device);
            if (doors.Parked.First is { } first)
            {
                doors.Parked.RemoveFirst();
                Tidy(device, doors);
                return first.Value;
            }
            if (wait == TimeSpan.Zero || doors.Waiting.Count >= limits.WaitingPerDevice)
            {
                if (wait != TimeSpan.Zero)
                    counters.Add(HubCounter.LimitWaitingPerDevice);
                Tidy(device, doors);
                return null;
            }
            doors.Waiting.Enqueue(caller);
        }
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        stop.CancelAfter(wait);
        await using (stop.Token.UnsafeRegister(_ => caller.TrySetResult(null), null))
            return await caller.Task;
    }

    /// <summary>Closes the door if it is still parked. One that was taken belongs to whoever took it.</summary>
    public async ValueTask CloseAsync(ParkedDoor door)
    {
        lock (_lock)
        {
            if (!_devices.TryGetValue(door.Device.Id, out var doors) || !doors.Parked.Remove(door))
                return;
            Tidy(door.Device.Id, doors);
        }
        await door.Carrier.CloseAsync(inOrder: false);
    }

    public int CountOf(SpiffeId device)
    {
        lock (_lock)
            return _devices.TryGetValue(device, out var doors) ? doors.Parked.Count : 0;
    }

    /// <summary>Closes doors whose certificate no longer counts.</summary>
    public async Task ReexamineAsync(HubState state, DateTimeOffset now)
    {
        List<ParkedDoor> closed;
        lock (_lock)
            closed = [.. _devices.Values.SelectMany(doors => doors.Parked).Where(door => Standing.Explain(state, door.Device, now) is not null)];
        foreach (var door in closed)
            await CloseAsync(door);
    }

    private Doors DoorsOf(SpiffeId device)
    {
        if (!_devices.TryGetValue(device, out var doors))
            _devices.Add(device, doors = new Doors());
        return doors;
    }

    private void Tidy(SpiffeId device, Doors doors)
    {
        if (doors.Parked.Count == 0 && doors.Waiting.Count == 0)
            _devices.Remove(device);
    }

    private sealed class Doors
    {
        public LinkedList<ParkedDoor> Parked { get; } = [];

        public Queue<TaskCompletionSource<ParkedDoor?>> Waiting { get; } = [];
    }
}
