using System.Globalization;
using Gateway.Core.Control;
using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Plant;

namespace Gateway.Dataplane.Tests.Process;

/// <summary>One device storms at full rate; the other's closed Modbus loop goes on as if nothing was, and nothing grows without bound.
/// Modelled on the storm tests of OT certification schemes.</summary>
[Trait("Category", "Slow")]
public sealed class StormTests : IDisposable
{
    private static readonly TimeSpan PhaseTime = TimeSpan.FromSeconds(4);

    private readonly ProcessBench _bench = new("st", Wiring.Hostile);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task No_storm_of_one_device_costs_another_a_cycle_or_the_gateway_its_memory()
    {
        var process = _bench.StartDataplane();
        ProcessBench.Eventually(_bench.PeerReads, "the peer reads a register");
        var loop = new ClosedLoop(_bench.Peer, ProcessBench.PlcSeen);
        loop.Run(PhaseTime);
        var (_, idle) = loop.Run(PhaseTime);
        var before = MemoryBytes(process.Pid);
        var box = MacAddress.Parse(_bench.Box.Run("cat", "/sys/class/net/s2/address").Output.Trim());
        List<string> lines = [Line("idle", 0, 0, idle)];
        var hostile = 0L;
        foreach (var (name, kind) in Storm.All)
        {
            using var stop = new CancellationTokenSource();
            var raging = Task.Run(() => Storm.Rage(_bench.Hostile!, kind, box, stop.Token), TestContext.Current.CancellationToken);
            var (missed, times) = loop.Run(PhaseTime);
            await stop.CancelAsync();
            var frames = await raging;
            hostile += frames;
            lines.Add(Line(name, frames, missed, times));
            TestContext.Current.TestOutputHelper?.WriteLine(lines[^1]);
            Assert.Equal(0, missed);
            Assert.True(times[times.Count / 2] - idle[idle.Count / 2] < TimeSpan.FromMilliseconds(5), string.Join('\n', lines));
        }
        Assert.True(hostile > 1_000_000, $"{hostile} hostile frames");
        Assert.True(MemoryBytes(process.Pid) - before < 32 << 20, $"{before} bytes before, {MemoryBytes(process.Pid)} after");
        await AssertBoundedAsync();
    }

    /// <summary>The hostile device holds no more flows than it may, its binding is told once, and its records were summed up.</summary>
    private async Task AssertBoundedAsync()
    {
        await using var client = await _bench.ConnectAsync();
        await client.SendAsync(new Hello(ControlProtocol.Version));
        var status = await client.NextAsync<StatusMessage>();
        Assert.InRange(status.Devices.Single(d => d.Id == "hostile").OpenFlows, 0u, 256u);
        var link = status.Links.Single(l => l.Name == "socket-2");
        Assert.Contains(link.Drops, d => d.Reason == DropReason.DeviceFlowLimit);
        Assert.Contains(link.Drops, d => d.Reason == DropReason.Ipv4Fragment);
        Assert.True(_bench.Log.Split('\n').Length < 5_000, $"{_bench.Log.Split('\n').Length} lines of log");
        Assert.True(_bench.PeerReads());
    }

    private static string Line(string name, long frames, int missed, List<TimeSpan> times) => string.Create(CultureInfo.InvariantCulture,
        $"{name,-20} {frames,9} frames  {missed} of {times.Count} missed  p50 {At(times, 0.5):F2} ms  p99 {At(times, 0.99):F2} ms  max {At(times, 1):F2} ms");

    private static double At(List<TimeSpan> times, double part) => times[(int)Math.Min(times.Count - 1, part * times.Count)].TotalMilliseconds;

    private static long MemoryBytes(int pid) => 1_024 * long.Parse(
        File.ReadLines($"/proc/{pid}/status").Single(l => l.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
