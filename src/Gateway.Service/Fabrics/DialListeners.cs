using System.Net;
using System.Net.Sockets;
using Gateway.Core.Fabric;
using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Corridor.Client;
using Gateway.Service.Dataplane;
using Gateway.Service.State;

namespace Gateway.Service.Fabrics;

/// <summary>Takes connections that devices open to services of a fabric: the dataplane has checked the grant and brings them to the host
/// link, where the source address says which device it is. Each is dialled on under that device's own identity.</summary>
internal sealed partial class DialListeners(
    PolicyInstaller installer, StateStore state, SiteContext site, ConnectionSet connections, ILogger<DialListeners> logger) : BackgroundService
{
    private const int Backlog = 64;

    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<ushort, (CompiledService Service, CancellationTokenSource Stop)> _listening = [];
    private readonly RelayCounters _counters = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (site.Document.Links.FirstOrDefault(l => l.Role == LinkRole.Host)?.Address is not { } host)
            return;
        var address = IPAddress.Parse(host.Address.ToString());
        using var timer = new PeriodicTimer(CheckInterval);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            var wanted = installer.Policy?.Services.Where(s => s.Port.Transport == Transport.Tcp).ToDictionary(s => s.ListenerPort) ?? [];
            foreach (var (port, listening) in _listening.Where(l => !wanted.TryGetValue(l.Key, out var service) || service != l.Value.Service).ToList())
            {
                await listening.Stop.CancelAsync().ConfigureAwait(false);
                _listening.Remove(port);
            }
            foreach (var service in wanted.Values.Where(s => !_listening.ContainsKey(s.ListenerPort)))
                Listen(address, service, stoppingToken);
        }
    }

    private void Listen(IPAddress address, CompiledService service, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(address, service.ListenerPort));
            socket.Listen(Backlog);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            LogCannotListen(service.Name, service.ListenerPort, e.Message);
            return;
        }
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _listening[service.ListenerPort] = (service, stop);
        _ = AcceptAsync(socket, service, stop.Token);
    }

    private async Task AcceptAsync(Socket listener, CompiledService service, CancellationToken cancel)
    {
        using (listener)
        {
            try
            {
                while (true)
                    _ = CarryAsync(await listener.AcceptAsync(cancel).ConfigureAwait(false), service, cancel);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The service is no longer in the policy, or the end.
            }
        }
    }

    private async Task CarryAsync(Socket accepted, CompiledService service, CancellationToken cancel)
    {
        await using var flow = new TcpStream(accepted);
        var source = ((IPEndPoint)accepted.RemoteEndPoint!).Address.ToString();
        var device = state.Current.Present.FirstOrDefault(d => d.SegmentAddress.ToString() == source);
        if (device is null || connections.Of(device.Id)?.Connector is not { } connector)
        {
            // The device learns by a reset that nobody is there, instead of waiting.
            flow.Abort();
            return;
        }
        try
        {
            await using var stream = await connector.DialAsync(service.Remote, cancel).ConfigureAwait(false);
            await Relay.RunAsync(flow, stream, _counters, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FabricRefusedException or FabricAwayException or OperationCanceledException or IOException)
        {
            LogDialFailed(device.Name, service.Name, e.Message);
            flow.Abort();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "cannot listen for dials to {Service} on port {Port}: {Why}")]
    private partial void LogCannotListen(string service, ushort port, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Device} could not reach {Service}: {Why}")]
    private partial void LogDialFailed(string device, string service, string why);
}
