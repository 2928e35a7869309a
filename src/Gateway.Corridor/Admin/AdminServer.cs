using System.Net.Sockets;
using System.Text.Json;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Admin;

/// <summary>The admin socket: a Unix socket of mode 0600 in the hub's folder of mode 0700. The file system says who is an operator.</summary>
internal sealed class AdminServer : IAsyncDisposable
{
    /// <summary>Longest request: an entitlement with some hundred targets.</summary>
    public const int MaxRequestBytes = 64 << 10;

    /// <summary>Operators at once; more wait in the backlog.</summary>
    private const int MaxConnections = 8;

    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(10);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _places = new(MaxConnections, MaxConnections);
    private readonly AdminDesk _desk;
    private readonly ILogger _log;
    private readonly string _path;
    private readonly Task _accepting;

    /// <exception cref="HubStartException">The path is too long for a Unix socket.</exception>
    public AdminServer(string folder, AdminDesk desk, ILogger log)
    {
        (_desk, _log, _path) = (desk, log, PathIn(folder));
        // The folder is locked by us, so a socket found here is of a hub that was killed.
        File.Delete(_path);
        try
        {
            _socket.Bind(new UnixDomainSocketEndPoint(_path));
        }
        catch (ArgumentException e)
        {
            throw new HubStartException($"{_path} is too long for a Unix socket (108 bytes); give a shorter --state folder", e);
        }
        File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _socket.Listen(MaxConnections);
        _accepting = AcceptAsync();
    }

    public static string PathIn(string folder) => Path.Combine(Path.GetFullPath(folder), "admin.sock");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _socket.Dispose();
        File.Delete(_path);
        for (var place = 0; place < MaxConnections; place++)
            await _places.WaitAsync();
        _places.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _places.WaitAsync(_stop.Token);
                try
                {
                    _ = ServeAsync(await _socket.AcceptAsync(_stop.Token));
                }
                catch
                {
                    _places.Release();
                    throw;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The hub stops.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(RequestLimit);
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            var reply = await AnswerAsync(stream, limit.Token);
            await JsonSerializer.SerializeAsync(stream, reply, AdminJson.Default.AdminReply, limit.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The operator's command went away, or the hub stops.
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task<AdminReply> AnswerAsync(NetworkStream stream, CancellationToken cancel)
    {
        var buffer = new byte[MaxRequestBytes];
        var length = 0;
        while (length == 0 || buffer[length - 1] != '\n')
        {
            var count = length == buffer.Length ? 0 : await stream.ReadAsync(buffer.AsMemory(length), cancel);
            if (count == 0)
                return new AdminReply { Error = $"a request is one line of at most {MaxRequestBytes} bytes" };
            length += count;
        }
        try
        {
            var request = JsonSerializer.Deserialize(buffer.AsSpan(0, length), AdminJson.Default.AdminRequest);
            return request is null ? new AdminReply { Error = "the request is null" } : _desk.Answer(request);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return new AdminReply { Error = $"the request is not understood: {e.Message}" };
        }
        catch (StateNotStoredException e)
        {
            Hub.HubLog.StorageFailed(_log, e.Message);
            return new AdminReply { Error = e.Message };
        }
    }
}
