using System.Collections.Concurrent;
using Gateway.Core.Devices;
using Gateway.Core.State;
using Gateway.Service.Records;
using Gateway.Service.State;

namespace Gateway.Service.Fabrics;

/// <summary>Keeps a connection for each device that appears in a fabric, as the state wants it.</summary>
internal sealed class ConnectionSet(
    StateStore state, FabricSet fabrics, FlowAdmitter admitter, RecordLog log, TimeProvider time, ILogger<DeviceConnection> logger) : IHostedService
{
    private readonly ConcurrentDictionary<string, DeviceConnection> _connections = new();
    private readonly Lock _lock = new();

    /// <summary>Raised when a connector's status has changed, with the device's id.</summary>
    public event Action<string>? Changed;

    public DeviceConnection? Of(string deviceId) => _connections.GetValueOrDefault(deviceId);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        state.Applied += (_, _) => Reconcile();
        Reconcile();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var connection in _connections.Values)
            await connection.DisposeAsync().ConfigureAwait(false);
    }

    private void Reconcile()
    {
        lock (_lock)
        {
            var current = state.Current;
            foreach (var device in current.Devices.Values)
            {
                if (WantedFor(device, current) is not { } wanted)
                    continue;
                if (_connections.TryGetValue(device.Id, out var connection))
                    connection.Want(device, wanted);
                else if (fabrics.Corridor(device.Fabric) is { } fabric)
                    Add(device, wanted, fabric);
            }
        }
    }

    private void Add(Device device, Wanted wanted, Corridor.CorridorFabric fabric)
    {
        var connection = new DeviceConnection(device, wanted, fabric, admitter, state, log, time, logger);
        connection.Changed += () => Changed?.Invoke(device.Id);
        _connections[device.Id] = connection;
    }

    /// <summary>Null for a device that has nothing to do with a fabric.</summary>
    private static Wanted? WantedFor(Device device, GatewayState current) => device.State switch
    {
        _ when device.Fabric.Length == 0 => null,
        DeviceState.Protected => Wanted.Up,
        DeviceState.Changed or DeviceState.CutOff => Wanted.Suspended,
        DeviceState.Retired when current.Identities.ContainsKey(device.Id) => Wanted.Gone,
        _ => null,
    };
}
