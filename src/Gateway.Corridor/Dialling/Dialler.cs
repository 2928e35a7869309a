using System.Net;
using System.Net.Sockets;
using Gateway.Core.Fabric;
using Gateway.Corridor.Client;

namespace Gateway.Corridor.Dialling;

/// <summary>Listens locally and carries each connection to one target through the corridor, for programs that know nothing of it.</summary>
internal sealed class Dialler(CorridorConnection connection, DialTarget target, IPEndPoint listen, Action<string> say)
{
    /// <summary>Local connections at once; what the hub allows one caller.</summary>
    private const int MaxConnections = 256;

    private readonly LinkWatch _link = new(connection, say);
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];

    /// <summary>Runs until cancelled.</summary>
    /// <exception cref="SocketException">The local address cannot be used.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var listener = new TcpListener(listen);
        listener.Start();
        say($"listening at {listener.LocalEndpoint} for {target}");
        var watch = _link.RunAsync(cancel);
        try
        {
            while (true)
                Carry(await listener.AcceptSocketAsync(cancel), cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await Task.WhenAll([watch, .. Running()]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Carry(Socket socket, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (_running.Count < MaxConnections)
            {
                var task = CarryAsync(new TcpStream(socket), cancel);
                _running.Add(task);
                _ = task.ContinueWith(Done, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                return;
            }
        }
        say($"refused a local connection: {MaxConnections} are open already");
        socket.Close(timeout: 0);
    }

    private void Done(Task task)
    {
        lock (_lock)
            _running.Remove(task);
    }

    private Task[] Running()
    {
        lock (_lock)
            return [.. _running];
    }

    private async Task CarryAsync(TcpStream local, CancellationToken cancel)
    {
        await using (local)
        {
            try
            {
                await using var remote = await DialAsync(cancel);
                await Relay.RunAsync(local, remote, new RelayCounters(), cancel);
            }
            catch (CorridorRefusedException e)
            {
                say($"refused: {e.Message}");
                local.Abort();
            }
            catch (CorridorUnreachableException e)
            {
                _link.Wake();
                say($"cannot dial {target}: {e.Message}");
                local.Abort();
            }
            catch (OperationCanceledException)
            {
                local.Abort();
            }
        }
    }

    /// <summary>Dials; once more when the connection that was open turns out to be dead, as after a restart of the hub.</summary>
    private async Task<CapsuleStream> DialAsync(CancellationToken cancel)
    {
        if (_link.Away is { Length: > 0 } away)
            throw new CorridorUnreachableException(away);
        try
        {
            return await connection.DialAsync(target.Name, target.Port, cancel);
        }
        catch (CorridorUnreachableException)
        {
            return await connection.DialAsync(target.Name, target.Port, cancel);
        }
    }
}
