using System.Collections.Concurrent;
using System.Net.Sockets;
using Gateway.Core.Control;
using Gateway.Core.Policy;

namespace Gateway.Service.Dataplane;

/// <summary>The service's end of the dataplane's control socket: connects, asks, hears, and connects again for ever.</summary>
internal sealed partial class DataplaneClient(string path, TimeProvider time, ILogger<DataplaneClient> logger) : BackgroundService
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(300);

    /// <summary>A dataplane that owes an answer for longer hangs.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<uint, TaskCompletionSource<Reply>> _waiting = new();
    private readonly SemaphoreSlim _sending = new(1);
    private NetworkStream? _stream;
    private uint _nextRequest;

    /// <summary>Raised after each connection, before anything else is heard: the policy in the dataplane may be another.</summary>
    public event Func<Welcome, Task>? Connected;

    /// <summary>Raised when the connection is lost.</summary>
    public event Action? Lost;

    /// <summary>Raised for each message that is no answer, in order, on one task.</summary>
    public event Action<ControlMessage>? Heard;

    public bool IsConnected => _stream is not null;

    /// <summary>Last status the dataplane sent; null before the first.</summary>
    public StatusMessage? Status { get; private set; }

    /// <summary>When <see cref="Status"/> came.</summary>
    public DateTimeOffset StatusAt { get; private set; }

    public Task<Reply> InstallAsync(ulong version, ReadOnlyMemory<byte> blob, CancellationToken cancel) =>
        AskAsync(request => new InstallPolicy(request, version, blob), cancel);

    /// <summary>Announces a connection of a caller, or asks for the gateway itself.</summary>
    public Task<Reply> AnnounceAsync(OpenIntent intent, CancellationToken cancel) => AskAsync(request => intent with { Request = request }, cancel);

    public Task<Reply> VerifyAsync(string device, CancellationToken cancel) => AskAsync(request => new VerifyBinding(request, device), cancel);

    public Task<Reply> EndFlowsAsync(string device, string? caller, CancellationToken cancel) =>
        AskAsync(request => new EndFlows(request, device, caller), cancel);

    public override void Dispose()
    {
        _sending.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunConnectionAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or IOException or InvalidDataException)
            {
                if (e is InvalidDataException)
                    LogTrouble(e);
            }
            await Task.Delay(RetryPause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunConnectionAsync(CancellationToken stop)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop).ConfigureAwait(false);
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        await stream.WriteAsync(ControlCodec.Encode(new Hello(ControlProtocol.Version)), stop).ConfigureAwait(false);
        try
        {
            await using var reader = new ControlFrameReader(stream);
            while (await reader.ReadAsync(stop).ConfigureAwait(false) is { } message)
                Take(message, stream);
        }
        finally
        {
            if (Interlocked.Exchange(ref _stream, null) is not null)
                Lost?.Invoke();
            foreach (var request in _waiting.Keys)
                Answer(new Reply(request, false, DropReason.NoGrant, "the dataplane went away"));
        }
    }

    private void Take(ControlMessage message, NetworkStream stream)
    {
        switch (message)
        {
            case Welcome welcome:
                _stream = stream;
                // On its own: what it asks is answered by later messages of this same reader.
                _ = Task.Run(() => Connected?.Invoke(welcome) ?? Task.CompletedTask);
                break;
            case Reply reply:
                Answer(reply);
                break;
            case StatusMessage status:
                Status = status;
                StatusAt = time.GetUtcNow();
                Heard?.Invoke(message);
                break;
            default:
                Heard?.Invoke(message);
                break;
        }
    }

    private async Task<Reply> AskAsync(Func<uint, ControlMessage> make, CancellationToken cancel)
    {
        if (_stream is not { } stream)
            return new Reply(0, false, DropReason.NoGrant, "the dataplane is away");
        var request = Interlocked.Increment(ref _nextRequest);
        var answer = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[request] = answer;
        try
        {
            await SendAsync(stream, ControlCodec.Encode(make(request)), cancel).ConfigureAwait(false);
            return await answer.Task.WaitAsync(AnswerTimeout, time, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or TimeoutException or ObjectDisposedException)
        {
            return new Reply(request, false, DropReason.NoGrant, $"the dataplane does not answer: {e.Message}");
        }
        finally
        {
            _waiting.TryRemove(request, out _);
        }
    }

    private async Task SendAsync(NetworkStream stream, byte[] frame, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await stream.WriteAsync(frame, cancel).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }

    private void Answer(Reply reply)
    {
        if (_waiting.TryRemove(reply.Request, out var waiting))
            waiting.TrySetResult(reply);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the dataplane sent what is no message")]
    private partial void LogTrouble(Exception e);
}
