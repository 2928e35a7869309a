using System.Collections.Concurrent;
using System.Net.Sockets;
using Gateway.Core.Control;
using Gateway.Core.Discovery;
using Gateway.Core.Net;
using Gateway.Core.Policy;

namespace Gateway.Service.Tests.Fixtures;

/// <summary>The other end of the control socket: speaks the real protocol, takes policies, tells what a test wants told.</summary>
internal sealed class FakeDataplane : IAsyncDisposable
{
    private readonly string _path;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _sending = new(1);
    private Socket _listener = null!;
    private Task _accepting = Task.CompletedTask;
    private Socket? _connection;

    public FakeDataplane(string path)
    {
        _path = path;
        Listen();
    }

    /// <summary>The policy in force.</summary>
    public CompiledPolicy? Policy { get; private set; }

    public ulong Version { get; private set; }

    public string Hash { get; private set; } = "";

    public int Installed { get; private set; }

    /// <summary>Why the next policies are refused; null takes them.</summary>
    public string? RefusePolicies { get; set; }

    public ConcurrentQueue<OpenIntent> Intents { get; } = [];

    public ConcurrentQueue<string> Verified { get; } = [];

    /// <summary>Answer to a caller's announcement; by default the policy in force decides by its caller entries.</summary>
    public Func<OpenIntent, string?> Decide { get; set; } = _ => null;

    /// <summary>What the status says of devices.</summary>
    public ConcurrentDictionary<string, BindingState> Bindings { get; } = new();

    /// <summary>What the self-test of every device says.</summary>
    public IsolationFacts Isolation { get; set; } = IsolationFacts.None;

    public bool HasService => _connection is { Connected: true };

    public Task SeeAsync(string link, string mac, string address) => TellAsync(new ObservationMessage(new Observation(
        DateTimeOffset.UtcNow, link, Mac(mac), ObservationSource.Arp, EvidenceAttribute.Address, address)));

    public Task SeeAsync(string link, string mac, EvidenceAttribute attribute, string value, ObservationSource source = ObservationSource.Dhcp) =>
        TellAsync(new ObservationMessage(new Observation(DateTimeOffset.UtcNow, link, Mac(mac), source, attribute, value)));

    public Task BindingAsync(string device, BindingState state, string mac = "", string address = "") => TellAsync(new BindingChanged(
        DateTimeOffset.UtcNow, device, state, mac.Length > 0 ? Mac(mac) : default, address.Length > 0 ? Address(address) : default));

    public Task StatusAsync() => TellAsync(new StatusMessage(
        DateTimeOffset.UtcNow, Version, [.. new[] { "socket-1", "socket-2", "uplink" }.Select(l => new LinkStatus(l, true, 10, 5, 0, []))],
        [.. Bindings.Select(b => new DeviceStatus(b.Key, b.Value, 0, 0, 0) { Isolation = Isolation })], 0, 1));

    public async Task TellAsync(ControlMessage message)
    {
        var socket = _connection ?? throw new InvalidOperationException("no service is connected");
        await _sending.WaitAsync();
        try
        {
            await socket.SendAsync(ControlCodec.Encode(message), SocketFlags.None);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Sends bytes that are no message.</summary>
    public Task SendRawAsync(byte[] bytes) => _connection!.SendAsync(bytes, SocketFlags.None);

    /// <summary>Dies; the policy in force is kept as the real one keeps it.</summary>
    public async Task GoAwayAsync()
    {
        _listener.Dispose();
        _connection?.Dispose();
        await _accepting;
        _connection = null;
        File.Delete(_path);
    }

    public void ComeBack() => Listen();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        _connection?.Dispose();
        await _accepting;
        _stop.Dispose();
        _sending.Dispose();
    }

    private void Listen()
    {
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        _listener.Listen(4);
        _accepting = AcceptAsync(_listener);
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(_stop.Token);
                _ = ServeAsync(socket);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            await using var reader = new ControlFrameReader(stream);
            while (await reader.ReadAsync(_stop.Token) is { } message)
            {
                if (message is Hello)
                    _connection = socket;
                await TellAsync(Answer(message));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException or SocketException or InvalidOperationException)
        {
            // Gone.
        }
    }

    private ControlMessage Answer(ControlMessage message)
    {
        switch (message)
        {
            case Hello:
                return new Welcome(ControlProtocol.Version, 1, Version, Hash);
            case InstallPolicy install when RefusePolicies is { } why:
                return new Reply(install.Request, false, DropReason.NoGrant, why);
            case InstallPolicy install:
                Policy = PolicyBlob.Read(install.Blob.Span);
                Hash = PolicyBlob.Hash(install.Blob.Span);
                Version = install.Version;
                Installed++;
                return Yes(install.Request);
            case OpenIntent intent:
                Intents.Enqueue(intent);
                return Decide(intent) is { } refusal ? new Reply(intent.Request, false, DropReason.NoGrant, refusal) : Yes(intent.Request);
            case VerifyBinding verify:
                Verified.Enqueue(verify.Device);
                return Yes(verify.Request);
            case EndFlows end:
                return Yes(end.Request);
            default:
                throw new InvalidOperationException($"a service does not send {message.Type}");
        }
    }

    private static Reply Yes(uint request) => new(request, true, default, "");

    private static MacAddress Mac(string text) => MacAddress.TryParse(text, out var mac) ? mac : throw new FormatException(text);

    private static Ipv4Address Address(string text) => Ipv4Address.TryParse(text, out var address) ? address : throw new FormatException(text);
}
