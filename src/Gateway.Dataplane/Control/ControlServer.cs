using System.Net.Sockets;
using System.Threading.Channels;
using Gateway.Core.Control;

namespace Gateway.Dataplane.Control;

/// <summary>The Unix socket on which the service commands the dataplane and hears from it. One service at a time; a new connection takes
/// the place of the old one. Without a service, the newest messages wait, bounded.</summary>
internal sealed class ControlServer(string path, Func<ControlMessage, Task<ControlMessage?>> answer) : IAsyncDisposable
{
    /// <summary>Messages kept for a service that is away; the oldest are lost first. Counters and state are asked anew anyway.</summary>
    private const int MaxWaiting = 4_096;

    private readonly Channel<ControlMessage> _outbox = Channel.CreateBounded<ControlMessage>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = false });

    private readonly CancellationTokenSource _stop = new();
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private Connection? _connection;

    /// <summary>Says that something went wrong with a connection; not fatal.</summary>
    public Action<string>? Trouble { get; set; }

    /// <summary>Begins to listen.</summary>
    /// <exception cref="SocketException">The path cannot be bound.</exception>
    public void Start()
    {
        File.Delete(path);
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        // Owner and group only: the service is in the group.
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        _listener.Listen(4);
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>Queues a message for the service. Never waits.</summary>
    public void Tell(ControlMessage message) => _outbox.Writer.TryWrite(message);

    /// <summary>Queues a message only when a service is there: for what is worthless later.</summary>
    public void TellNow(ControlMessage message)
    {
        if (_connection is not null)
            Tell(message);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener?.Dispose();
        await _accepting.ConfigureAwait(false);
        _stop.Dispose();
        File.Delete(path);
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var socket = await listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                if (_connection is { } old)
                    await old.CloseAsync().ConfigureAwait(false);
                _connection = new Connection(socket, _outbox.Reader, answer, OnEnd, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The end of the program.
        }
        if (_connection is { } last)
            await last.CloseAsync().ConfigureAwait(false);
    }

    private void OnEnd(Connection connection, string? trouble)
    {
        Interlocked.CompareExchange(ref _connection, null, connection);
        if (trouble is not null)
            Trouble?.Invoke(trouble);
    }

    /// <summary>One connected service: reads requests in order and answers each, sends what waits.</summary>
    private sealed class Connection : IDisposable
    {
        private readonly Socket _socket;
        private readonly NetworkStream _stream;
        private readonly ChannelReader<ControlMessage> _outbox;
        private readonly Func<ControlMessage, Task<ControlMessage?>> _answer;
        private readonly Action<Connection, string?> _ended;
        private readonly CancellationTokenSource _stop;
        private readonly SemaphoreSlim _sending = new(1);
        private readonly Task _reading;
        private readonly Task _writing;

        public Connection(
            Socket socket, ChannelReader<ControlMessage> outbox, Func<ControlMessage, Task<ControlMessage?>> answer,
            Action<Connection, string?> ended, CancellationToken stop)
        {
            _socket = socket;
            _stream = new NetworkStream(socket, ownsSocket: true);
            _outbox = outbox;
            _answer = answer;
            _ended = ended;
            _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
            _reading = Task.Run(ReadAsync, CancellationToken.None);
            _writing = Task.Run(WriteAsync, CancellationToken.None);
        }

        public async Task CloseAsync()
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            _socket.Dispose();
            await Task.WhenAll(_reading, _writing).ConfigureAwait(false);
            Dispose();
        }

        public void Dispose()
        {
            _stream.Dispose();
            _sending.Dispose();
            _stop.Dispose();
        }

        private async Task ReadAsync()
        {
            string? trouble = null;
            try
            {
                await using var reader = new ControlFrameReader(_stream);
                while (await reader.ReadAsync(_stop.Token).ConfigureAwait(false) is { } request)
                {
                    if (await _answer(request).ConfigureAwait(false) is { } reply)
                        await SendAsync(reply).ConfigureAwait(false);
                }
            }
            catch (InvalidDataException e)
            {
                trouble = $"the service sent what is no message: {e.Message}";
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
            {
                // The service went away; the next one is awaited.
            }
            await _stop.CancelAsync().ConfigureAwait(false);
            _socket.Dispose();
            _ended(this, trouble);
        }

        private async Task WriteAsync()
        {
            try
            {
                await foreach (var message in _outbox.ReadAllAsync(_stop.Token).ConfigureAwait(false))
                    await SendAsync(message).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
            {
                // The reader ends the connection.
            }
        }

        private async Task SendAsync(ControlMessage message)
        {
            await _sending.WaitAsync(_stop.Token).ConfigureAwait(false);
            try
            {
                await _stream.WriteAsync(ControlCodec.Encode(message), _stop.Token).ConfigureAwait(false);
            }
            finally
            {
                _sending.Release();
            }
        }
    }
}
