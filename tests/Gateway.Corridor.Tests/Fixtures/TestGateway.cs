using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Corridor.Client;

namespace Gateway.Corridor.Tests.Fixtures;

/// <summary>Hosts one device in the corridor as a gateway does: doors, its own decision, and a TCP connection to the device.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CorridorConnection _connection;
    private readonly DoorKeeper _keeper;
    private readonly int _devicePort;
    private readonly Task _running;

    private TestGateway(TestSite site, StoredIdentity device, int devicePort, int doors)
    {
        _devicePort = devicePort;
        _connection = site.Connect(device);
        _keeper = new DoorKeeper(_connection, doors, ServeAsync);
        _keeper.CallFailed += e => Faults.Add(e);
        _running = _keeper.RunAsync(_stop.Token);
    }

    /// <summary>Why a caller is refused; null lets it in.</summary>
    public Func<DoorRequest, string?> Decide { get; set; } = _ => null;

    public List<DoorRequest> Calls { get; } = [];

    public List<Exception> Faults { get; } = [];

    public DoorStatus Status => _keeper.Status;

    public CorridorConnection Connection => _connection;

    public static async Task<TestGateway> StartAsync(TestSite site, StoredIdentity device, TestDevice target, int doors = 4)
    {
        var gateway = new TestGateway(site, device, target.Port, doors);
        await gateway.UpAsync(site, doors);
        return gateway;
    }

    public Task UpAsync(TestSite site, int doors = 1) =>
        Eventually.TrueAsync(() => site.Hub.Doors.CountOf(_connection.Identity.Id) >= doors, $"doors of {_connection.Identity.Id}: {Status}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _keeper.Dispose();
        _connection.Dispose();
        _stop.Dispose();
        Assert.Empty(Faults);
    }

    private async Task ServeAsync(DoorCall call, CancellationToken cancel)
    {
        lock (Calls)
            Calls.Add(call.Request);
        if (Decide(call.Request) is { } reason)
        {
            await call.RefuseAsync(reason, unreachable: false, cancel);
            return;
        }
        TcpStream device;
        try
        {
            device = await TcpStream.ConnectAsync("127.0.0.1", _devicePort, cancel);
        }
        catch (System.Net.Sockets.SocketException e)
        {
            await call.RefuseAsync(e.Message, unreachable: true, cancel);
            return;
        }
        await using (device)
        {
            await using var caller = await call.AcceptAsync(cancel);
            await Relay.RunAsync(caller, device, new RelayCounters(), cancel);
        }
    }
}
