using System.Globalization;
using System.Text.Json;
using Gateway.Plant;

namespace Gateway.Benchmarks;

/// <summary>What one measurement of one path gave.</summary>
/// <param name="PacketsPerSecond">Frames that arrived, per second, at the highest rate offered.</param>
/// <param name="OfferedPerSecond">Frames offered per second then.</param>
/// <param name="LossPercentAtHalf">Loss when half of the highest rate is offered.</param>
/// <param name="RttMicros">Round trips: p50, p99, p99.9, largest.</param>
internal sealed record Measurement(double PacketsPerSecond, double OfferedPerSecond, double LossPercentAtHalf, double[] RttMicros);

/// <summary>
/// One bench: hosts A and B in namespaces of their own, and between them the path under test. Links are veth with wire-like ends (no
/// offloads), so both see whole checksums and frames of wire size. The flood runs on core 0, a forwarder process on core 1.
/// </summary>
internal sealed class Bench : IDisposable
{
    public const ushort UdpPort = 5_000;
    public const int TcpPort = 502;
    private const string Prefix = "gbench";

    private readonly PlantProcess _server;
    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-bench-").FullName;

    public Bench()
    {
        Plant.Plant.Clear(Prefix);
        A = NetworkNamespace.Create($"{Prefix}-a");
        B = NetworkNamespace.Create($"{Prefix}-b");
        Middle = NetworkNamespace.Create($"{Prefix}-m");
        Join(A, "a0", "02:00:00:00:00:0a");
        Join(B, "b0", "02:00:00:00:00:0b");
        // What arrives is counted by the interface and goes no further, so that the sink costs all paths the same.
        B.Run("nft", "add table netdev sink; add chain netdev sink in { type filter hook ingress device \"eth0\" priority 0; }; "
            + $"add rule netdev sink in udp dport {UdpPort} drop").Require("nft in B");
        _server = PlantProcess.Start(Self("server", B, "serve", Text(TcpPort)), _folder);
    }

    public NetworkNamespace A { get; }

    public NetworkNamespace B { get; }

    /// <summary>Where the path under test lives; its links to A and B are <c>a0</c> and <c>b0</c>.</summary>
    public NetworkNamespace Middle { get; }

    public string Folder => _folder;

    /// <summary>Starts a program of a path on core 1.</summary>
    public PlantProcess StartForwarder(string name, string command, params IReadOnlyList<string> arguments) =>
        PlantProcess.Start(new ProcessSpec(name, "taskset", ["-c", "1", command, .. arguments]) { Namespace = Middle }, _folder);

    /// <summary>Measures throughput, loss at half of it, and round trips from A to B.</summary>
    /// <param name="target">Hardware and IP address to which A sends.</param>
    /// <param name="flood">How long each flood lasts.</param>
    /// <param name="rounds">Round trips.</param>
    public Measurement Measure((string Mac, string Address) target, TimeSpan flood, int rounds)
    {
        var rtt = Rtt(target.Address, rounds);
        FloodOnce(target, TimeSpan.FromSeconds(0.5), 0);
        var (offered, arrived) = FloodOnce(target, flood, 0);
        var (halfOffered, halfArrived) = FloodOnce(target, flood, (int)(arrived / flood.TotalSeconds / 2));
        var loss = halfOffered == 0 ? 100 : 100.0 * (halfOffered - halfArrived) / halfOffered;
        return new Measurement(arrived / flood.TotalSeconds, offered / flood.TotalSeconds, Math.Max(0, loss), rtt);
    }

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    public void Dispose()
    {
        _server.Dispose();
        Plant.Plant.Clear(Prefix);
        Directory.Delete(_folder, recursive: true);
    }

    private static ProcessSpec Self(string name, NetworkNamespace inside, params IReadOnlyList<string> arguments) =>
        new(name, Environment.ProcessPath!, arguments) { Namespace = inside };

    private void Join(NetworkNamespace host, string port, string mac)
    {
        Middle.Ip($"link add {port} type veth peer name eth0 netns {host.Name}");
        Middle.Ip($"link set {port} up");
        host.Ip($"link set eth0 address {mac}");
        host.Ip("link set eth0 up");
        foreach (var (inside, name) in new[] { (Middle, port), (host, "eth0") })
        {
            inside.Run("ethtool", "-K", name, "tx", "off", "tso", "off", "gso", "off", "gro", "off").Require("ethtool");
            inside.Sysctl($"net.ipv6.conf.{name}.disable_ipv6=1");
        }
    }

    private double[] Rtt(string address, int rounds)
    {
        var deadline = DateTime.UtcNow.AddSeconds(10);
        while (true)
        {
            var result = Shell.Run(
                TimeSpan.FromSeconds(120), "ip", ["netns", "exec", A.Name, "taskset", "-c", "0", Environment.ProcessPath!, "ask", address, Text(TcpPort), Text(rounds)]);
            if (result.ExitCode == 0)
                return [.. result.Output.Split(' ').Select(t => double.Parse(t, CultureInfo.InvariantCulture))];
            if (DateTime.UtcNow > deadline)
                result.Require("the round trips");
            Thread.Sleep(300);
        }
    }

    private (long Offered, long Arrived) FloodOnce((string Mac, string Address) target, TimeSpan duration, int perSecond)
    {
        var before = ReceivedByB();
        var own = AddressOf(A);
        var result = Shell.Run(TimeSpan.FromSeconds(60), "ip",
        [
            "netns", "exec", A.Name, "taskset", "-c", "0", Environment.ProcessPath!, "flood", "eth0", own.Mac, own.Address, target.Mac,
            target.Address, duration.TotalSeconds.ToString(CultureInfo.InvariantCulture), Text(perSecond),
        ]).Require("the flood");
        Thread.Sleep(300);
        return (long.Parse(result.Output.Split(' ')[0], CultureInfo.InvariantCulture), ReceivedByB() - before);
    }

    private long ReceivedByB()
    {
        using var json = JsonDocument.Parse(B.Run("ip", "-s", "-j", "link", "show", "eth0").Require("counters").Output);
        return json.RootElement[0].GetProperty("stats64").GetProperty("rx").GetProperty("packets").GetInt64();
    }

    private static (string Mac, string Address) AddressOf(NetworkNamespace host)
    {
        using var json = JsonDocument.Parse(host.Run("ip", "-j", "addr", "show", "eth0").Require("addresses").Output);
        var address = json.RootElement[0].GetProperty("addr_info")[0].GetProperty("local").GetString()!;
        return (json.RootElement[0].GetProperty("address").GetString()!, address);
    }
}
