using Gateway.Core.Net;
using Gateway.Plant;

namespace Gateway.Benchmarks;

/// <summary>A path that is measured: builds itself between A and B, and takes itself away.</summary>
internal interface IPath
{
    string Name { get; }

    Measurement Measure(TimeSpan flood, int rounds);
}

/// <summary>What a site would build without us: a Linux bridge whose packets go through connection tracking and 100 rules.</summary>
internal sealed class BridgePath(int rules) : IPath
{
    public string Name => rules == 0 ? "Linux bridge" : $"Linux bridge, conntrack, {rules} rules";

    public Measurement Measure(TimeSpan flood, int rounds)
    {
        using var bench = new Bench();
        bench.A.Ip("addr add 10.77.0.1/24 dev eth0");
        bench.B.Ip("addr add 10.77.0.2/24 dev eth0");
        bench.A.Ip("neigh replace 10.77.0.2 lladdr 02:00:00:00:00:0b dev eth0");
        bench.B.Ip("neigh replace 10.77.0.1 lladdr 02:00:00:00:00:0a dev eth0");
        bench.Middle.Ip("link add br0 type bridge");
        bench.Middle.Ip("link set a0 master br0");
        bench.Middle.Ip("link set b0 master br0");
        bench.Middle.Ip("link set br0 up");
        if (rules > 0)
            AddRules(bench);
        return bench.Measure(("02:00:00:00:00:0b", "10.77.0.2"), flood, rounds);
    }

    private void AddRules(Bench bench)
    {
        bench.Middle.Sysctl("net.bridge.bridge-nf-call-iptables=1");
        var script = new StringWriter();
        script.WriteLine("add table inet f");
        script.WriteLine("add chain inet f forward { type filter hook forward priority 0; policy drop; }");
        script.WriteLine("add rule inet f forward ct state established,related accept");
        for (var i = 1; i < rules; i++)
            script.WriteLine($"add rule inet f forward ip saddr 10.99.{i}.1 ip daddr 10.98.{i}.1 tcp dport {1000 + i} accept");
        script.WriteLine($"add rule inet f forward ip daddr 10.77.0.2 udp dport {Bench.UdpPort} accept");
        script.WriteLine($"add rule inet f forward ip daddr 10.77.0.2 tcp dport {Bench.TcpPort} accept");
        var file = Path.Combine(bench.Folder, "rules");
        File.WriteAllText(file, script.ToString());
        bench.Middle.Run("nft", "-f", file).Require("nft in the middle");
    }
}

/// <summary>What the gateway does with a flow that is allowed.</summary>
internal enum Treatment
{
    /// <summary>Established in the packet loop, then forwarded by the kernel.</summary>
    Offloaded,

    /// <summary>Every packet through the packet loop: UDP checked and translated, TCP tracked.</summary>
    Tracked,

    /// <summary>TCP ended on both sides and read as Modbus; UDP as above.</summary>
    Inspected,
}

/// <summary>The gateway's dataplane.</summary>
internal sealed class GatewayPath(Treatment treatment) : IPath
{
    private const string Seen = "10.77.0.2";
    private const string BoxAddress = "10.77.0.254";

    public string Name => treatment switch
    {
        Treatment.Offloaded => "Gateway, kernel fast path",
        Treatment.Tracked => "Gateway, tracked, not inspected",
        _ => "Gateway, Modbus inspected",
    };

    public Measurement Measure(TimeSpan flood, int rounds)
    {
        using var bench = new Bench();
        bench.A.Ip("addr add 10.77.0.1/24 dev eth0");
        bench.B.Ip("addr add 192.168.10.21/24 dev eth0");
        var site = Path.Combine(bench.Folder, "site.yaml");
        File.WriteAllText(site, SiteFile());
        var program = Path.Combine(AppContext.BaseDirectory, "gateway-dataplane");
        var links = Path.Combine(bench.Folder, "links");
        File.WriteAllText(links, Shell.Run(program, "--site", site, "--print-links").Require("reading the site file").Output);
        var prepare = Path.Combine(AppContext.BaseDirectory, "links");
        bench.Middle.Run(prepare, "up", links).Require("preparing links");
        using var forwarder = bench.StartForwarder(
            "dataplane", program, ["--site", site, "--quiet", .. treatment == Treatment.Offloaded ? Array.Empty<string>() : ["--no-fast-path"]]);
        var mac = MacOf(bench.Middle, "a0");
        return bench.Measure((mac, Seen), flood, rounds);
    }

    private string SiteFile() =>
        $$"""
        version: 1
        site: bench
        links:
          - { name: plant, role: uplink, interface: a0, address: {{BoxAddress}}/24 }
          - { name: socket-1, role: downlink, interface: b0, socket: 1 }
        devices:
          - { name: plc, link: socket-1, mac: "02:00:00:00:00:0b", address: 192.168.10.21/24, gateway: 192.168.10.1, max-flows: 4000 }
        peers:
          - { name: master, link: plant, address: 10.77.0.1 }
        grants:
          - name: master-reads
            from: { peer: master }
            to: { device: plc, as: {{Seen}} }
            allow:
              - { port: udp/{{Bench.UdpPort}} }
              - { port: tcp/{{Bench.TcpPort}}{{(treatment == Treatment.Inspected ? ", inspect: modbus, operations: read" : "")}} }
        """;

    private static string MacOf(NetworkNamespace inside, string interfaceName)
    {
        var words = inside.Run("ip", "-o", "link", "show", interfaceName).Require("link").Output.Split(' ');
        return MacAddress.Parse(words[Array.IndexOf(words, "link/ether") + 1]).ToString();
    }
}
