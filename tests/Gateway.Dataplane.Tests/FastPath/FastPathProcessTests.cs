using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gateway.Core.Control;
using Gateway.Core.Policy;
using Gateway.Dataplane.FastPath;
using Gateway.Dataplane.Tests.Process;
using Gateway.Plant;

namespace Gateway.Dataplane.Tests.FastPath;

/// <summary>The program with its kernel fast path, both ways of attaching it, under the rights of its unit.</summary>
[Trait("Category", "Slow")]
public sealed class FastPathProcessTests
{
    [Theory]
    [InlineData("tcx", FastPathTier.Tcx)]
    [InlineData("clsact", FastPathTier.Clsact)]
    public async Task A_flow_goes_on_in_the_kernel_both_ways_and_stops_with_its_grant(string option, FastPathTier tier)
    {
        using var bench = new FastPathProcessBench("g", "--fast-path", option);
        await using var client = await bench.ConnectAsync();
        Answer(bench);
        var status = await client.NextAsync<StatusMessage>(s => s.OffloadedFlows == 1);
        Assert.Equal(tier, status.FastPath);
        // The program sleeps; only the kernel can pass these.
        bench.Signal("STOP");
        for (var i = 0; i < 20; i++)
            Assert.True(bench.Reaches($"datagram {i}"));
        Answer(bench, "to the panel");
        bench.Signal("CONT");
        await client.SendAsync(new InstallPolicy(5, 1, PolicyBlob.Write(FastPathProcessBench.Policy(withGrant: false))));
        Assert.True((await client.NextAsync<Reply>(r => r.Request == 5)).Accepted);
        Assert.False(bench.Reaches("after the grant"));
        await client.NextAsync<StatusMessage>(status => status.OffloadedFlows == 0);
        var closed = client.Heard.OfType<FlowRecord>().Single(f => f.Reason == DropReason.GrantRemoved);
        Assert.InRange(closed.Packets, 24ul, 60ul);
        Assert.Equal(48 * closed.Packets, closed.Bytes);
    }

    [Theory]
    [InlineData("tcx")]
    [InlineData("clsact")]
    public void A_hung_program_is_dead_within_two_seconds(string option)
    {
        using var bench = new FastPathProcessBench("h", "--fast-path", option);
        Answer(bench);
        Offloaded(bench);
        var clock = Stopwatch.StartNew();
        bench.Signal("STOP");
        var arrivals = bench.ArrivalsWhileSending(clock, TimeSpan.FromSeconds(4));
        // The control: at first the kernel goes on alone.
        Assert.True(arrivals.Count > 50, $"only {arrivals.Count} arrived");
        Assert.True(arrivals[^1] < TimeSpan.FromSeconds(2), $"the last one arrived after {arrivals[^1].TotalSeconds:F2} s");
        bench.Signal("CONT");
        ProcessBench.Eventually(() => bench.Reaches("awake again"), "it goes on when it wakes");
    }

    [Theory]
    [InlineData("tcx")]
    [InlineData("clsact")]
    public void A_killed_program_passes_nothing_more(string option)
    {
        using var bench = new FastPathProcessBench("k", "--fast-path", option);
        Answer(bench);
        Offloaded(bench);
        bench.Signal("KILL");
        ProcessBench.Eventually(() => !Directory.Exists($"/proc/{bench.Pid}"), "it is gone");
        var clock = Stopwatch.StartNew();
        var arrivals = bench.ArrivalsWhileSending(clock, TimeSpan.FromSeconds(3));
        // What was on its way when the process died may still come.
        Assert.DoesNotContain(arrivals, at => at > TimeSpan.FromMilliseconds(300));
    }

    [Theory]
    [InlineData("tcx")]
    [InlineData("clsact")]
    public async Task Megabytes_of_tcp_in_super_frames_arrive_as_they_were_sent(string option)
    {
        using var bench = new FastPathProcessBench("b", "--fast-path", option);
        await using var client = await bench.ConnectAsync();
        using var listener = FastPathProcessBench.Open(bench.Camera, "192.168.10.21", 5_201, ProtocolType.Tcp);
        listener.Listen(1);
        using var panel = FastPathProcessBench.Open(bench.Panel, "10.77.0.2", 0, ProtocolType.Tcp);
        await panel.ConnectAsync(new IPEndPoint(FastPathProcessBench.CameraSeen.Address, 5_201), TestContext.Current.CancellationToken);
        using var camera = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        var data = new byte[16 << 20];
        Random.Shared.NextBytes(data);
        var up = ReceiveAsync(camera, data.Length);
        var down = ReceiveAsync(panel, data.Length);
        await Task.WhenAll(SendAsync(panel, data), SendAsync(camera, data));
        Assert.Equal(SHA256.HashData(data), SHA256.HashData(await up));
        Assert.Equal(SHA256.HashData(data), SHA256.HashData(await down));
        // An end in order, which the loop takes over where the kernel has left the connection.
        panel.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await camera.ReceiveAsync(new byte[10]));
        camera.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await panel.ReceiveAsync(new byte[10]));
        var length = (ulong)data.Length;
        var status = await client.NextAsync<StatusMessage>(s => s.OffloadedFlows == 0 && s.Devices[0].BytesIn > length && s.Devices[0].BytesOut > length);
        Assert.Equal(0ul, status.Links.Aggregate(0ul, (sum, l) => sum + l.RingLosses));
    }

    [Fact]
    public async Task Where_bpf_is_refused_the_loop_forwards_and_says_why()
    {
        string[] privileges = [.. ProcessBench.Privileges.Select(p => p.Replace(",+bpf", "", StringComparison.Ordinal))];
        using var bench = new FastPathProcessBench("n", privileges, []);
        Assert.Contains("fast path: not available", bench.Log, StringComparison.Ordinal);
        Assert.Contains("CAP_BPF", bench.Log, StringComparison.Ordinal);
        await using var client = await bench.ConnectAsync();
        Answer(bench);
        var status = await client.NextAsync<StatusMessage>();
        Assert.Equal((FastPathTier.Off, 0u), (status.FastPath, status.OffloadedFlows));
    }

    [Fact]
    public void The_fast_path_can_be_switched_off()
    {
        using var bench = new FastPathProcessBench("o", "--no-fast-path");
        Assert.Contains("fast path: off", bench.Log, StringComparison.Ordinal);
        Answer(bench);
        bench.Signal("STOP");
        Assert.False(bench.Reaches("nobody is there"));
        bench.Signal("CONT");
    }

    [Theory]
    [InlineData("+bpf", "in the kernel")]
    [InlineData("-bpf", "not available")]
    public void A_check_of_a_site_file_says_what_the_rights_allow(string right, string told)
    {
        Need.Root();
        var site = Path.Combine(Need.ProjectRoot(), "docs", "examples", "one-plc.yaml");
        string[] words = [.. ProcessBench.Privileges.Select(p => right == "+bpf" ? p : p.Replace(",+bpf", "", StringComparison.Ordinal))];
        using var folder = new TempFolder();
        var copy = folder.File("site.yaml");
        File.Copy(site, copy);
        File.SetUnixFileMode(Path.GetDirectoryName(copy)!, (UnixFileMode)0b111_101_101);
        var result = Shell.Run("setpriv", [.. words, "--", ProcessBench.Program, "--site", copy, "--check"]);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains(told, result.Output, StringComparison.Ordinal);
    }

    /// <summary>The camera answers where the question came from, so that the flow is one of both ways.</summary>
    private static void Answer(FastPathProcessBench bench, string text = "the answer")
    {
        bench.PanelSocket.SendTo("the question        "u8, FastPathProcessBench.CameraSeen);
        Assert.True(FastPathProcessBench.Arrives(bench.CameraSocket, "the question", 2_000, out var asker));
        bench.CameraSocket.SendTo(System.Text.Encoding.ASCII.GetBytes(text.PadRight(20)), asker);
        Assert.True(FastPathProcessBench.Arrives(bench.PanelSocket, text, 2_000, out var from));
        Assert.Equal(FastPathProcessBench.CameraSeen, from);
    }

    /// <summary>Waits until the flow may be in the kernel: a refused hand-over is tried again after a while.</summary>
    private static void Offloaded(FastPathProcessBench bench)
    {
        Thread.Sleep(FastPathLimits.OfferAgainMs + 200);
        Answer(bench);
    }

    private static async Task SendAsync(Socket socket, byte[] data)
    {
        for (var sent = 0; sent < data.Length;)
            sent += await socket.SendAsync(data.AsMemory(sent));
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, int length)
    {
        var data = new byte[length];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (var received = 0; received < length;)
        {
            var count = await socket.ReceiveAsync(data.AsMemory(received), limit.Token);
            Assert.True(count > 0, $"the connection ended after {received} bytes");
            received += count;
        }
        return data;
    }
}
