using System.Diagnostics;
using System.Net.Sockets;
using Gateway.Core.Control;
using Gateway.Plant;

namespace Gateway.Dataplane.Tests.Process;

/// <summary>What stands at the box of a <see cref="ProcessBench"/>.</summary>
internal enum Wiring
{
    OneDevice,

    /// <summary>Socket 1 is a trunk to a switch, with the PLC on VLAN 20 and a clone of it on VLAN 30.</summary>
    Trunk,

    /// <summary>A second device on socket 2.</summary>
    Hostile,
}

/// <summary>The real program between two namespaces: a PLC on socket 1, a peer on the uplink, and the host link of its own namespace.</summary>
internal sealed class ProcessBench : IDisposable
{
    public const string PlcMac = "02:00:00:00:00:0a";
    public const string PlcSeen = "10.77.0.100";
    public const string CloneMac = "02:00:00:00:00:0b";
    public const string CloneSeen = "10.77.0.101";
    public const string HostileMac = "02:00:00:00:00:0c";
    public const string PlcSegment = "100.64.0.7";

    /// <summary>The dataplane's user and rights, as its unit gives them.</summary>
    internal static readonly string[] Privileges =
    [
        "--reuid", "64201", "--regid", "64200", "--clear-groups", "--no-new-privs",
        "--inh-caps=-all,+net_raw,+net_admin,+bpf", "--ambient-caps=-all,+net_raw,+net_admin,+bpf", "--bounding-set=-all,+net_raw,+net_admin,+bpf",
    ];

    private readonly string _prefix;
    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-process-").FullName;
    private readonly List<PlantProcess> _processes = [];

    /// <param name="name">Part of the namespaces' names.</param>
    /// <param name="wiring">What stands at the box beside the PLC and the peer.</param>
    public ProcessBench(string name, Wiring wiring = Wiring.OneDevice)
    {
        Need.Root();
        Need.Command("nft", "nftables");
        Need.Command("mbpoll", "mbpoll");
        Need.Path("/usr/lib/python3/dist-packages/pymodbus", "python3-pymodbus");
        _prefix = $"gwp{name}";
        Gateway.Plant.Plant.Clear(_prefix);
        Box = NetworkNamespace.Create($"{_prefix}-box");
        Plc = NetworkNamespace.Create($"{_prefix}-plc");
        Peer = NetworkNamespace.Create($"{_prefix}-peer");
        if (wiring == Wiring.Trunk)
            BuildTrunk();
        else
            Box.Ip($"link add s1 type veth peer name eth0 netns {Plc.Name}");
        if (wiring == Wiring.Hostile)
            BuildHostile();
        Box.Ip($"link add up0 type veth peer name eth0 netns {Peer.Name}");
        ConfigurePlc(Plc, PlcMac);
        Peer.Ip("addr add 10.77.0.2/24 dev eth0");
        Peer.Ip("link set eth0 up");
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_111_111);
        File.WriteAllText(SiteFile, wiring switch { Wiring.Trunk => TrunkSite, Wiring.Hostile => HostileSite, _ => Site });
        var links = Path.Combine(_folder, "links.list");
        File.WriteAllText(links, Shell.Run(Program, "--site", SiteFile, "--print-links").Require("reading links").Output);
        Box.Run(Path.Combine(Need.ProjectRoot(), "image/tree/usr/lib/gateway/links"), "up", links).Require("preparing links");
        StartPython("plc", Plc, "plc.py", "plc");
    }

    public static string Program => Path.Combine(AppContext.BaseDirectory, "gateway-dataplane");

    public NetworkNamespace Box { get; }

    public NetworkNamespace Plc { get; }

    public NetworkNamespace Peer { get; }

    /// <summary>The PLC's clone on VLAN 30 of a trunk.</summary>
    public NetworkNamespace? Clone { get; private set; }

    /// <summary>The hostile device on socket 2; its cable is <c>eth0</c>.</summary>
    public NetworkNamespace? Hostile { get; private set; }

    /// <summary>The switch at the far end of a trunk; its end of the cable is <c>trunk</c>.</summary>
    public NetworkNamespace? Switch { get; private set; }

    public string SiteFile => Path.Combine(_folder, "site.yaml");

    public string ControlSocket => Path.Combine(_folder, "control.sock");

    /// <summary>A socket as systemd gives one to a unit of Type=notify.</summary>
    public (Socket Socket, KeyValuePair<string, string> Variable) NotifySocket()
    {
        var path = Path.Combine(_folder, "notify.sock");
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        return (socket, KeyValuePair.Create("NOTIFY_SOCKET", path));
    }

    /// <summary>Writes a shell script that programs in the namespaces can run.</summary>
    public string Script(string name, string body)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }

    public string StateFolder => Path.Combine(_folder, "state");

    public static string Site =>
        $$"""
        version: 1
        site: process
        links:
          - { name: socket-1, role: downlink, interface: s1, socket: 1 }
          - { name: host, role: host, interface: host1, address: 100.64.0.1/16 }
          - { name: uplink, role: uplink, interface: up0, address: 10.77.0.254/24 }
        fabrics:
          - { name: corridor, kind: corridor, hub: "10.77.0.9:8443", authority: ca.pem }
        devices:
          - { name: plc, link: socket-1, mac: "{{PlcMac}}", address: 192.168.10.21/24, gateway: 192.168.10.1, segment: {{PlcSegment}}, fabric: corridor }
        peers:
          - { name: master, link: uplink, address: 10.77.0.2 }
        callers:
          - { name: scada, fabric: corridor, group: scada }
        grants:
          - name: master-reads
            from: { peer: master }
            to: { device: plc, as: {{PlcSeen}} }
            allow: [ { port: tcp/502, inspect: modbus, operations: read } ]
          - name: scada-reads
            from: { caller: scada }
            to: { device: plc }
            allow: [ { port: tcp/502, inspect: modbus, operations: read } ]
        """;

    /// <summary>Starts the program as its own user; ready when it said so.</summary>
    public PlantProcess StartDataplane(bool restart = false, params IEnumerable<KeyValuePair<string, string>> environment)
    {
        Directory.CreateDirectory(StateFolder);
        File.SetUnixFileMode(StateFolder, (UnixFileMode)0b111_111_111);
        var process = PlantProcess.Start(
            new ProcessSpec("dataplane", Program, ["--site", SiteFile, "--control", ControlSocket, "--state", StateFolder])
            {
                Namespace = Box, Privileges = Privileges, Restart = restart, Environment = environment.ToDictionary(),
            }, _folder);
        _processes.Add(process);
        Eventually(() => File.Exists(ControlSocket) && Log.Contains("ready:", StringComparison.Ordinal), "the dataplane is ready");
        return process;
    }

    public string Log => File.Exists(LogFile) ? ReadShared(LogFile) : "";

    private string LogFile => Path.Combine(_folder, "dataplane.log");

    /// <summary>The site with socket 1 as a trunk: the PLC is VLAN 20 of it, its clone VLAN 30.</summary>
    private static string TrunkSite => Site
        .Replace("interface: s1, socket: 1 }", "interface: s1, vlan: 20, socket: 1 }\n  - { name: socket-1-30, role: downlink, interface: s1, vlan: 30, socket: 1 }", StringComparison.Ordinal)
        .Replace("peers:", $"  - {{ name: clone, link: socket-1-30, mac: \"{CloneMac}\", address: 192.168.10.21/24, gateway: 192.168.10.1, segment: 100.64.0.8 }}\npeers:", StringComparison.Ordinal)
        + $$"""

          - name: master-reads-the-clone
            from: { peer: master }
            to: { device: clone, as: {{CloneSeen}} }
            allow: [ { port: tcp/502, inspect: modbus, operations: read } ]
        """;

    /// <summary>The site with a second device that may send datagrams to the peer, and means no good.</summary>
    private static string HostileSite => Site
        .Replace("  - { name: host, role", "  - { name: socket-2, role: downlink, interface: s2, socket: 2 }\n  - { name: host, role", StringComparison.Ordinal)
        .Replace("peers:", $"  - {{ name: hostile, link: socket-2, mac: \"{HostileMac}\", address: 192.168.10.31/24, gateway: 192.168.10.1, segment: 100.64.0.9 }}\npeers:", StringComparison.Ordinal)
        + """

          - name: hostile-tells
            from: { device: hostile }
            to: { peer: master, as: 192.168.10.9 }
            allow: [ { port: udp/9000 } ]
        """;

    /// <summary>Gives a PLC's cable an address of its own.</summary>
    public static void ConfigurePlc(NetworkNamespace plc, string mac)
    {
        plc.Ip("link set eth0 down");
        plc.Ip($"link set eth0 address {mac}");
        plc.Ip("addr replace 192.168.10.21/24 dev eth0");
        plc.Ip("link set eth0 up");
    }

    /// <summary>One read of register 0 by the peer, with a real client.</summary>
    public bool PeerReads() => PeerReads(PlcSeen);

    public bool PeerReads(string seen) => Peer.Run("mbpoll", "-m", "tcp", "-p", "502", "-t", "4", "-r", "0", "-0", "-1", "-o", "1", seen).ExitCode == 0;

    public async Task<ControlClient> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(ControlSocket));
        return new ControlClient(socket);
    }

    public static void Eventually(Func<bool> condition, string what, int seconds = 20)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(seconds); Thread.Sleep(50))
        {
            if (condition())
                return;
        }
        Assert.Fail($"not within {seconds} s: {what}");
    }

    public void Dispose()
    {
        foreach (var process in _processes)
            process.Dispose();
        Gateway.Plant.Plant.Clear(_prefix);
        Directory.Delete(_folder, recursive: true);
    }

    private void BuildHostile()
    {
        Hostile = NetworkNamespace.Create($"{_prefix}-hostile");
        Box.Ip($"link add s2 type veth peer name eth0 netns {Hostile.Name}");
        Hostile.Ip($"link set eth0 address {HostileMac}");
        Hostile.Ip("addr add 192.168.10.31/24 dev eth0");
        Hostile.Ip("link set eth0 up");
    }

    private void BuildTrunk()
    {
        Switch = NetworkNamespace.Create($"{_prefix}-switch");
        Clone = NetworkNamespace.Create($"{_prefix}-clone");
        Box.Ip($"link add s1 type veth peer name trunk netns {Switch.Name}");
        Switch.Ip($"link add p20 type veth peer name eth0 netns {Plc.Name}");
        Switch.Ip($"link add p30 type veth peer name eth0 netns {Clone.Name}");
        foreach (var port in (string[])["trunk", "p20", "p30"])
            Switch.Ip($"link set {port} up");
        // The switch copies frames as they are: their checksums must be on them, as on a wire.
        foreach (var device in (NetworkNamespace[])[Plc, Clone])
            device.Run("ethtool", "-K", "eth0", "tx", "off").Require("ethtool");
        ConfigurePlc(Clone, CloneMac);
        StartPython("switch", Switch, "switch.py", "trunk", "p20:20", "p30:30");
        StartPython("clone", Clone, "plc.py", "clone");
    }

    /// <summary>Runs a Python program in a namespace until the bench is taken away.</summary>
    public PlantProcess Start(string name, NetworkNamespace inside, string program)
    {
        var process = PlantProcess.Start(new ProcessSpec(name, "/usr/bin/python3", ["-c", program]) { Namespace = inside }, _folder);
        _processes.Add(process);
        return process;
    }

    private void StartPython(string name, NetworkNamespace inside, string script, params string[] arguments) => _processes.Add(PlantProcess.Start(
        new ProcessSpec(name, "/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "devices", script), .. arguments]) { Namespace = inside }, _folder));

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}

/// <summary>A service's end of the control socket, for tests.</summary>
internal sealed class ControlClient(Socket socket) : IAsyncDisposable
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private ControlFrameReader? _reader;

    public List<ControlMessage> Heard { get; } = [];

    public async Task SendAsync(ControlMessage message) => await _stream.WriteAsync(ControlCodec.Encode(message));

    /// <summary>Reads on until a message of the type comes that fits.</summary>
    public async Task<T> NextAsync<T>(Func<T, bool>? fits = null, int seconds = 15)
        where T : ControlMessage
    {
        _reader ??= new ControlFrameReader(_stream);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (true)
        {
            var message = await _reader.ReadAsync(limit.Token) ?? throw new EndOfStreamException("the dataplane closed the connection");
            Heard.Add(message);
            if (message is T wanted && (fits is null || fits(wanted)))
                return wanted;
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
