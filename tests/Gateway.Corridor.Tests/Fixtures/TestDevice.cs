using System.Net;
using System.Net.Sockets;
using Gateway.Corridor.Client;

namespace Gateway.Corridor.Tests.Fixtures;

/// <summary>A TCP server that plays a device or a service.</summary>
internal sealed class TestDevice : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<TcpStream, CancellationToken, Task> _serve;
    private readonly List<Task> _serving = [];
    private readonly Task _accepting;

    public TestDevice(Func<TcpStream, CancellationToken, Task> serve)
    {
        _serve = serve;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public int Accepted { get; private set; }

    /// <summary>Answers every byte with itself, and the end with the end.</summary>
    public static TestDevice Echo() => new(EchoAsync);

    public static async Task EchoAsync(TcpStream stream, CancellationToken cancel)
    {
        var buffer = new byte[16_384];
        int length;
        while ((length = await stream.ReadAsync(buffer, cancel)) > 0)
            await stream.WriteAsync(buffer.AsMemory(0, length), cancel);
        await stream.CompleteWritesAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        await Task.WhenAll(_serving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var stream = new TcpStream(await _listener.AcceptSocketAsync(_stop.Token));
                Accepted++;
                _serving.Add(ServeAsync(stream));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpStream stream)
    {
        await using (stream)
        {
            try
            {
                await _serve(stream, _stop.Token);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                stream.Abort();
            }
        }
    }
}
