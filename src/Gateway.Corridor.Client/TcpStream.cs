using System.Net.Sockets;

namespace Gateway.Corridor.Client;

/// <summary>A TCP connection with its half close and its reset.</summary>
public sealed class TcpStream : DuplexStream
{
    private readonly Socket _socket;
    private int _closed;

    /// <summary>Takes the connected socket over. Segments are sent at once: requests of control protocols are small and waited for.</summary>
    public TcpStream(Socket socket)
    {
        _socket = socket;
        _socket.NoDelay = true;
        // A peer that vanished without a word is noticed after some two minutes, and its flow ended.
        _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        _socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 60);
        _socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
        _socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 6);
    }

    /// <exception cref="SocketException">Nobody answers there.</exception>
    public static async Task<TcpStream> ConnectAsync(string host, int port, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, port, cancel).ConfigureAwait(false);
            return new TcpStream(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
            buffer = buffer[await _socket.SendAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
    }

    public override Task CompleteWritesAsync(CancellationToken cancel)
    {
        _socket.Shutdown(SocketShutdown.Send);
        return Task.CompletedTask;
    }

    /// <summary>Closes with a reset (RST), so that the other side knows at once.</summary>
    public override void Abort()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
            _socket.Close(timeout: 0);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _closed, 1) == 0)
            _socket.Dispose();
        base.Dispose(disposing);
    }
}
