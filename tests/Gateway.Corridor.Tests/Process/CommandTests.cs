using System.Net;
using System.Net.Sockets;
using Gateway.Core.Identity;
using Gateway.Corridor.Client;
using Gateway.Corridor.Tests.Fixtures;

namespace Gateway.Corridor.Tests.Process;

/// <summary>Hub, operator and client as processes, from the first token to the last byte.</summary>
[Trait("Category", "Slow")]
public sealed class CommandTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort();
    private CorridorProcess _hub = null!;

    private string State => _folder.File("hub");

    private string Hub => $"127.0.0.1:{_port}";

    private string Authority => Path.Combine(State, "ca.crt");

    public async ValueTask InitializeAsync() => _hub = await StartHubAsync();

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task From_token_to_bytes_and_to_revocation()
    {
        await using var historian = TestDevice.Echo();
        var identity = await EnrolAsync("scada");
        await CorridorProcess.DoAsync("service", "add", "--state", State, "historian", $"127.0.0.1:{historian.Port}");
        await CorridorProcess.DoAsync("entitle", "add", "--state", State, "--client", "scada", "historian");
        var local = FreePort();
        await using var dial = CorridorProcess.Start("dial", "historian", "--listen", $"127.0.0.1:{local}", "--hub", Hub, "--identity", identity);
        await dial.SaysAsync("connected to");

        await using (var flow = await TcpStream.ConnectAsync("127.0.0.1", local, TestSite.Cancel))
        {
            var sent = Streams.Bytes(300_000, seed: 3);
            Assert.Equal(sent, await Streams.ExchangeAsync(flow, sent));
        }
        await using var open = await TcpStream.ConnectAsync("127.0.0.1", local, TestSite.Cancel);
        await Streams.EchoAsync(open);
        Assert.Contains("\"target\": \"historian\"", await CorridorProcess.DoAsync("flows", "--state", State, "-o", "json"), StringComparison.Ordinal);
        Assert.Contains("spiffe://plant-3/client/scada", await CorridorProcess.DoAsync("status", "--state", State), StringComparison.Ordinal);

        await CorridorProcess.DoAsync("revoke", "--state", State, "scada");
        await Streams.ResetAsync(open);
        await dial.SaysAsync("was revoked");
        await RefusedAsync(local);
        Assert.Equal(0, await dial.StopAsync());
        Assert.Equal(0, await _hub.StopAsync());
    }

    [Fact]
    public async Task A_refused_dial_is_named_and_the_local_program_is_not_left_waiting()
    {
        var identity = await EnrolAsync("scada");
        var local = FreePort();
        await using var dial = CorridorProcess.Start("dial", "plc-7/modbus", "--listen", $"127.0.0.1:{local}", "--hub", Hub, "--identity", identity);
        await dial.SaysAsync("connected to");
        await RefusedAsync(local);
        await dial.SaysAsync("refused: client scada has no entitlement to plc-7:502");
    }

    [Fact]
    public async Task Dialler_and_doors_come_back_after_the_hub_was_killed()
    {
        await using var plc = TestDevice.Echo();
        var gateway = KeyStore.Open(await EnrolAsync("line-2", gateway: true)).LoadCurrent()!;
        var options = new CorridorClientOptions { LongestRetry = TimeSpan.FromSeconds(1) };
        using var connection = new CorridorConnection(CorridorEndpoint.Parse(Hub), await EnrolDeviceAsync(gateway, options), options);
        using var keeper = new DoorKeeper(connection, 2, async (call, cancel) =>
        {
            await using var device = await TcpStream.ConnectAsync("127.0.0.1", plc.Port, cancel);
            await using var caller = await call.AcceptAsync(cancel);
            await Relay.RunAsync(caller, device, new RelayCounters(), cancel);
        });
        using var stop = new CancellationTokenSource();
        var keeping = keeper.RunAsync(stop.Token);
        var identity = await EnrolAsync("scada");
        await CorridorProcess.DoAsync("entitle", "add", "--state", State, "--client", "scada", "plc-7/modbus");
        var local = FreePort();
        await using var dial = CorridorProcess.Start("dial", "plc-7:502", "--listen", $"127.0.0.1:{local}", "--hub", Hub, "--identity", identity);
        await dial.SaysAsync("connected to");
        await EchoesAsync(local);

        await using var open = await TcpStream.ConnectAsync("127.0.0.1", local, TestSite.Cancel);
        await Streams.EchoAsync(open);
        await _hub.KillAsync();
        await Streams.ResetAsync(open);
        await RefusedAsync(local);
        await dial.SaysAsync("not connected");
        await _hub.DisposeAsync();
        _hub = await StartHubAsync();
        await EchoesAsync(local);
        await stop.CancelAsync();
        await keeping;
    }

    [Fact]
    public async Task The_hub_has_one_tcp_socket_and_one_unix_socket_and_no_other()
    {
        var sockets = ProcessSockets.Of(_hub.Id);
        Assert.Equal([$"tcp 127.0.0.1:{_port}"], sockets.Where(socket => !socket.StartsWith("unix", StringComparison.Ordinal)));
        Assert.Equal([$"unix {Path.Combine(State, "admin.sock")}"], sockets.Where(socket => socket.StartsWith("unix", StringComparison.Ordinal)));
        await using var dial = CorridorProcess.Start("dial", "plc-7:502", "--listen", $"127.0.0.1:{FreePort()}", "--hub", Hub, "--identity", await EnrolAsync("scada"));
        await dial.SaysAsync("listening at");
        Assert.StartsWith("tcp 127.0.0.1:", Assert.Single(ProcessSockets.Of(dial.Id)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_identity_is_not_overwritten_unless_asked()
    {
        var identity = await EnrolAsync("scada");
        var token = LastLine(await CorridorProcess.DoAsync("token", "new", "--state", State, "--client", "scada"));
        string[] enrol = ["enrol", "--hub", Hub, "--ca", Authority, "--name", "scada", "--token", token, "--identity", identity];
        var (exitCode, text) = await CorridorProcess.RunAsync(enrol);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("--replace", text, StringComparison.Ordinal);
        await CorridorProcess.DoAsync([.. enrol, "--replace"]);
    }

    private async Task<CorridorProcess> StartHubAsync()
    {
        var hub = CorridorProcess.Start("hub", "--state", State, "--site", "plant-3", "--listen", Hub);
        await hub.SaysAsync("authority sha256");
        return hub;
    }

    /// <returns>Folder of the identity.</returns>
    private async Task<string> EnrolAsync(string name, bool gateway = false)
    {
        var token = LastLine(await CorridorProcess.DoAsync("token", "new", "--state", State, gateway ? "--gateway" : "--client", name));
        var folder = _folder.File(name);
        await CorridorProcess.DoAsync(
            ["enrol", "--hub", Hub, "--ca", Authority, "--name", name, "--token", token, "--identity", folder, .. gateway ? new[] { "--gateway" } : []]);
        return folder;
    }

    private async Task<StoredIdentity> EnrolDeviceAsync(StoredIdentity gateway, CorridorClientOptions options)
    {
        using var est = new EstClient(CorridorEndpoint.Parse(Hub), gateway.Authorities, gateway, options);
        var cycle = new CredentialCycle(KeyStore.Open(_folder.File("plc-7")), CorridorEndpoint.Parse(Hub), options);
        return await cycle.RunAsync(SpiffeId.ForDevice("plant-3", "line-2", "plc-7"), gateway.Authorities, est.EnrolDeviceAsync, TestSite.Cancel);
    }

    /// <summary>A local connection is taken and reset at once.</summary>
    private static async Task RefusedAsync(int port)
    {
        try
        {
            await using var refused = await TcpStream.ConnectAsync("127.0.0.1", port, TestSite.Cancel);
            await Streams.ResetAsync(refused);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // The reset came before the connect returned.
        }
    }

    private static Task EchoesAsync(int port) => Eventually.TrueAsync(async () =>
    {
        try
        {
            await using var flow = await TcpStream.ConnectAsync("127.0.0.1", port, TestSite.Cancel);
            return (await Streams.ExchangeAsync(flow, [1, 2, 3])) is [1, 2, 3];
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }, "bytes come back");

    private static string LastLine(string text) => text.Split('\n').Last(line => line.Length == 40 && line.All(char.IsAsciiHexDigitLower));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
