using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gateway.Core.Api;
using Gateway.Core.Devices;
using Gateway.Core.Fabric;
using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Corridor.Client;
using Gateway.Service.Dataplane;
using Gateway.Service.Records;
using Gateway.Service.State;

namespace Gateway.Service.Fabrics;

/// <summary>Takes connections that devices open to services of a fabric: the dataplane has checked the grant and brings them to the host
/// link, where the source address says which device it is. Each is dialled on under that device's own identity.</summary>
internal sealed class DialListeners(
    PolicyInstaller installer, StateStore state, SiteContext site, ConnectionSet connections, RecordLog log, TimeProvider time) : BackgroundService
{
    private const int Backlog = 64;

    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan TellInterval = TimeSpan.FromSeconds(30);

    private readonly Dictionary<ushort, (CompiledService Service, CancellationTokenSource Stop)> _listening = [];
    private readonly RelayCounters _counters = new();

    /// <summary>Why a port cannot be listened on, as last told, by service.</summary>
    private readonly Dictionary<string, string> _failed = [];

    /// <summary>When a failed dial was last told, by device and service: a device that tries for ever fills no log.</summary>
    private readonly ConcurrentDictionary<(string Device, string Service), long> _told = new();

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
            TellNoListener(service, e.Message);
            return;
        }
        _failed.Remove(service.Name);
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
                {
                    if (await AcceptOneAsync(listener, cancel).ConfigureAwait(false) is { } accepted)
                        _ = CarryAsync(accepted, service, cancel);
                }
            }
            catch (OperationCanceledException)
            {
                // The service is no longer in the policy, or the end.
            }
        }
    }

    private static async Task<Socket?> AcceptOneAsync(Socket listener, CancellationToken cancel)
    {
        try
        {
            return await listener.AcceptAsync(cancel).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // The one that came is gone again, or the process has too many open files: the others still want in.
            await Task.Delay(CheckInterval, cancel).ConfigureAwait(false);
            return null;
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
            if (device is not null)
                TellNoDial(device, service, "it is not connected to its fabric");
            return;
        }
        try
        {
            await using var stream = await connector.DialAsync(service.Remote, cancel).ConfigureAwait(false);
            await Relay.RunAsync(flow, stream, _counters, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FabricRefusedException or FabricAwayException or OperationCanceledException or IOException or SocketException)
        {
            flow.Abort();
            if (e is not OperationCanceledException)
                TellNoDial(device, service, e.Message);
        }
    }

    /// <summary>Once for each reason, however often it is tried.</summary>
    private void TellNoListener(CompiledService service, string why)
    {
        if (_failed.TryGetValue(service.Name, out var told) && told == why)
            return;
        _failed[service.Name] = why;
        log.Add(LogKinds.ListenerFailed, LogSeverities.Alarm, LogActors.Gateway, values: new Dictionary<string, string>
        {
            ["service"] = service.Name, ["port"] = service.ListenerPort.ToString(CultureInfo.InvariantCulture), ["reason"] = why,
        });
    }

    private void TellNoDial(Device device, CompiledService service, string why)
    {
        var key = (device.Id, service.Name);
        var now = time.GetTimestamp();
        if (_told.TryGetValue(key, out var at) && time.GetElapsedTime(at, now) < TellInterval)
            return;
        _told[key] = now;
        log.Add(LogKinds.DialFailed, LogSeverities.Notice, device.Name, device.Id, device.Name, new Dictionary<string, string>
        {
            ["service"] = service.Name, ["fabric"] = device.Fabric, ["reason"] = why,
        });
    }
}
