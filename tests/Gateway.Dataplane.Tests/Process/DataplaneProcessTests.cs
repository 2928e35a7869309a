using System.Net;
using System.Net.Sockets;
using Gateway.Core.Control;
using Gateway.Core.Net;
using Gateway.Core.Operations;
using Gateway.Core.Policy;
using Gateway.Plant;

namespace Gateway.Dataplane.Tests.Process;

/// <summary>The program <c>gateway-dataplane</c> as an engineer and as the service use it: real links, real clients, no right too many.</summary>
[Trait("Category", "Slow")]
public sealed class DataplaneProcessTests : IDisposable
{
    private static readonly ServicePort Modbus = new(Transport.Tcp, new PortRange(502, 502));

    private readonly ProcessBench _bench = new("dp");

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_site_file_alone_lets_a_peer_read_and_refuses_its_write()
    {
        _bench.StartDataplane();
        ProcessBench.Eventually(_bench.PeerReads, "the peer reads a register");
        var write = _bench.Peer.Run("mbpoll", "-m", "tcp", "-p", "502", "-t", "4", "-r", "5", "-0", "-1", "-o", "1", ProcessBench.PlcSeen, "77");
        Assert.NotEqual(0, write.ExitCode);
        Assert.Contains("Illegal function", write.Error + write.Output, StringComparison.Ordinal);
        ProcessBench.Eventually(() => _bench.Log.Contains("function 6 unit 1 write 5+1 value 77 refused", StringComparison.Ordinal), "the refusal is told");
    }

    [Fact]
    public async Task The_service_installs_a_policy_and_a_start_without_the_service_enforces_it()
    {
        var process = _bench.StartDataplane();
        ProcessBench.Eventually(_bench.PeerReads, "the peer reads a register");
        await using (var client = await _bench.ConnectAsync())
        {
            await client.SendAsync(new Hello(ControlProtocol.Version));
            Assert.Equal(0ul, (await client.NextAsync<Welcome>()).PolicyVersion);
            await client.SendAsync(new InstallPolicy(7, 41, PolicyBlob.Write(Compile(ProcessBench.Site.Replace("operations: read", "operations: \"4\"", StringComparison.Ordinal)))));
            Assert.True((await client.NextAsync<Reply>()).Accepted);
            Assert.Equal(41ul, (await client.NextAsync<StatusMessage>()).PolicyVersion);
        }
        Assert.False(_bench.PeerReads());
        process.KillHard();
        ProcessBench.Eventually(() => process.Pid == 0, "the dataplane is dead");
        _bench.StartDataplane();
        ProcessBench.Eventually(() => _bench.Log.Contains("enforcing the last good policy", StringComparison.Ordinal), "the last good policy is found");
        Assert.False(_bench.PeerReads());
    }

    [Fact]
    public void A_device_that_looks_for_an_address_gets_its_own_from_a_client_that_is_not_ours()
    {
        Need.Command("udhcpc", "udhcpc");
        _bench.StartDataplane();
        ProcessBench.Eventually(_bench.PeerReads, "the peer reads a register");
        _bench.Plc.Ip("addr flush dev eth0");
        Assert.False(_bench.PeerReads());
        var script = _bench.Script("lease", "[ \"$1\" = bound ] && ip addr add $ip/$mask dev $interface && ip route add default via $router && echo lease $lease");
        var client = _bench.Plc.Run("udhcpc", "-i", "eth0", "-f", "-n", "-q", "-s", script);
        Assert.True(client.ExitCode == 0, client.Error);
        Assert.Contains("inet 192.168.10.21/24", _bench.Plc.Run("ip", "addr", "show", "eth0").Output, StringComparison.Ordinal);
        Assert.Contains("via 192.168.10.1", _bench.Plc.Run("ip", "route").Output, StringComparison.Ordinal);
        ProcessBench.Eventually(_bench.PeerReads, "the peer reads again");
    }

    [Fact]
    public void With_the_process_dead_nothing_passes_and_after_its_return_it_does()
    {
        var process = _bench.StartDataplane(restart: true);
        ProcessBench.Eventually(_bench.PeerReads, "the peer reads a register");
        Shell.Run("kill", "-STOP", Bench(process.Pid)).Require("stopping the process");
        Assert.False(_bench.PeerReads());
        Shell.Run("kill", "-CONT", Bench(process.Pid)).Require("continuing the process");
        ProcessBench.Eventually(_bench.PeerReads, "the peer reads again");
        process.KillHard();
        ProcessBench.Eventually(_bench.PeerReads, "the peer reads after the restart");
        Assert.Equal(1, process.Restarts);
    }

    [Fact]
    public void Systemd_hears_that_it_is_ready_and_then_that_the_packet_loop_lives()
    {
        var (notify, variable) = _bench.NotifySocket();
        using (notify)
        {
            _bench.StartDataplane(environment: variable);
            Assert.Contains("READY=1", Next(notify), StringComparison.Ordinal);
            for (var i = 0; i < 3; i++)
                Assert.Equal("WATCHDOG=1", Next(notify));
        }
    }

    [Fact]
    public void A_damaged_last_good_policy_closes_everything_and_says_so()
    {
        Directory.CreateDirectory(_bench.StateFolder);
        var blob = PolicyBlob.Write(Compile(ProcessBench.Site));
        blob[^1] ^= 1;
        File.WriteAllBytes(Path.Combine(_bench.StateFolder, "last-good.policy"), blob);
        _bench.StartDataplane();
        Assert.Contains("nothing passes until the service sends a policy", _bench.Log, StringComparison.Ordinal);
        Assert.False(_bench.PeerReads());
    }

    [Fact]
    public async Task An_announced_caller_reads_through_the_host_link_and_is_named_in_the_record()
    {
        _bench.StartDataplane();
        await using var client = await _bench.ConnectAsync();
        await client.SendAsync(new Hello(ControlProtocol.Version));
        await client.NextAsync<Welcome>();
        await client.NextAsync<StatusMessage>(s => s.Devices.Single().Binding == BindingState.Verified);
        var refused = await Dial(client, "scada", "office-1", entry: "nobody");
        Assert.False(refused.Accepted);
        Assert.Equal(DropReason.NoGrant, refused.Reason);
        Assert.Contains("office-1", refused.Message, StringComparison.Ordinal);
        Assert.True((await Dial(client, "scada", "scada-1")).Accepted);
        var record = await client.NextAsync<OperationRecord>();
        Assert.Equal("scada-1", record.Caller);
        Assert.Equal("plc", record.Device);
        Assert.Equal(new AddressRun(3, 1), record.Operation.Writes);
        Assert.False(record.Allowed);
        var closed = await client.NextAsync<FlowRecord>(f => f.Event == FlowEvent.Closed);
        Assert.Equal("scada-1", closed.From);
    }

    [Fact]
    public async Task A_swapped_device_is_told_within_a_second_and_blocked()
    {
        _bench.StartDataplane();
        ProcessBench.Eventually(_bench.PeerReads, "the peer reads a register");
        await using var client = await _bench.ConnectAsync();
        await client.SendAsync(new Hello(ControlProtocol.Version));
        await client.NextAsync<StatusMessage>();
        ProcessBench.ConfigurePlc(_bench.Plc, "02:00:00:00:00:66");
        var started = DateTimeOffset.UtcNow;
        var broke = await client.NextAsync<BindingChanged>(b => b.State == BindingState.ForeignMac);
        Assert.Equal("02:00:00:00:00:66", broke.SeenMac.ToString());
        // The new device must first speak: its kernel announces its address when the link comes up.
        Assert.True(DateTimeOffset.UtcNow - started < TimeSpan.FromSeconds(3));
        Assert.False(_bench.PeerReads());
        ProcessBench.ConfigurePlc(_bench.Plc, ProcessBench.PlcMac);
        await client.SendAsync(new VerifyBinding(9, "plc"));
        await client.NextAsync<BindingChanged>(b => b.State == BindingState.Verified);
        ProcessBench.Eventually(_bench.PeerReads, "the peer reads again");
    }

    [Fact]
    public void A_wrong_site_file_is_refused_with_line_and_cure()
    {
        File.WriteAllText(_bench.SiteFile, ProcessBench.Site.Replace("inspect: modbus", "inspect: modbuss", StringComparison.Ordinal));
        var result = Shell.Run(ProcessBench.Program, "--site", _bench.SiteFile, "--check");
        Assert.Equal(1, result.ExitCode);
        Assert.Matches("line \\d+: grants\\[0\\].allow\\[0\\].inspect: 'modbuss'", result.Error);
    }

    [Fact]
    public void A_missing_interface_is_named_and_ends_the_start()
    {
        File.WriteAllText(_bench.SiteFile, ProcessBench.Site.Replace("interface: s1", "interface: s9", StringComparison.Ordinal));
        var result = _bench.Box.Run(ProcessBench.Program, "--site", _bench.SiteFile);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("s9", result.Error, StringComparison.Ordinal);
    }

    private static string Next(Socket notify)
    {
        notify.ReceiveTimeout = 20_000;
        var buffer = new byte[4_096];
        return System.Text.Encoding.ASCII.GetString(buffer, 0, notify.Receive(buffer)).Trim();
    }

    private static string Bench(int pid) => pid.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Announces and opens a connection as a connector does, asks for a register and tries to write one.</summary>
    private async Task<Reply> Dial(ControlClient client, string group, string caller, string? entry = null)
    {
        Socket? socket = null;
        NamespaceThread.Run(_bench.Box, () =>
        {
            socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse("100.64.0.1"), 0));
        });
        using var bound = socket!;
        var port = (ushort)((IPEndPoint)bound.LocalEndPoint!).Port;
        await client.SendAsync(new OpenIntent(3, "plc", Modbus, port, [entry ?? group], caller));
        var reply = await client.NextAsync<Reply>();
        if (!reply.Accepted)
            return reply;
        await bound.ConnectAsync(IPAddress.Parse(ProcessBench.PlcSegment), 502);
        Assert.Equal(2, (await Ask(bound, Inspectors.Modbus.Read(1, 1, 3, 0, 1)))[8]);
        Assert.Equal(0x86, (await Ask(bound, Inspectors.Modbus.WriteRegister(2, 1, 3, 9)))[7]);
        bound.Shutdown(SocketShutdown.Both);
        return reply;
    }

    private static async Task<byte[]> Ask(Socket socket, byte[] request)
    {
        await socket.SendAsync(request);
        var answer = new byte[260];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        var count = await socket.ReceiveAsync(answer, limit.Token);
        return answer[..count];
    }

    private static CompiledPolicy Compile(string site)
    {
        var read = SiteReader.Read(site);
        Assert.True(read.Valid, string.Join('\n', read.Errors));
        return PolicyCompiler.Compile(read.Document).Policy!;
    }
}
