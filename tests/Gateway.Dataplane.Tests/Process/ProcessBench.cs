using System.Diagnostics;
using System.Net.Sockets;
using Gateway.Core.Control;
using Gateway.Plant;

namespace Gateway.Dataplane.Tests.Process;

/// <summary>The real program between two namespaces: a PLC on socket 1, a peer on the uplink, and the host link of its own namespace.</summary>
internal sealed class ProcessBench : IDisposable
{
    public const string PlcMac = "02:00:00:00:00:0a";
    public const string PlcSeen = "10.77.0.100";
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

    public ProcessBench(string name)
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
        Box.Ip($"link add s1 type veth peer name eth0 netns {Plc.Name}");
        Box.Ip($"link add up0 type veth peer name eth0 netns {Peer.Name}");
        ConfigurePlc(PlcMac);
        Peer.Ip("addr add 10.77.0.2/24 dev eth0");
        Peer.Ip("link set eth0 up");
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_111_111);
        File.WriteAllText(SiteFile, Site);
        var links = Path.Combine(_folder, "links.list");
        File.WriteAllText(links, Shell.Run(Program, "--site", SiteFile, "--print-links").Require("reading links").Output);
        Box.Run(Path.Combine(Need.ProjectRoot(), "image/tree/usr/lib/gateway/links"), "up", links).Require("preparing links");
        _processes.Add(PlantProcess.Start(
            new ProcessSpec("plc", "/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "devices", "plc.py"), "plc"]) { Namespace = Plc }, _folder));
    }

    public static string Program => Path.Combine(AppContext.BaseDirectory, "gateway-dataplane");

    public NetworkNamespace Box { get; }

    public NetworkNamespace Plc { get; }

    public NetworkNamespace Peer { get; }

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

    /// <summary>Gives the PLC's cable an address of its own.</summary>
    public void ConfigurePlc(string mac)
    {
        Plc.Ip("link set eth0 down");
        Plc.Ip($"link set eth0 address {mac}");
        Plc.Ip("addr replace 192.168.10.21/24 dev eth0");
        Plc.Ip("link set eth0 up");
    }

    /// <summary>One read of register 0 by the peer, with a real client.</summary>
    public bool PeerReads() => Peer.Run("mbpoll", "-m", "tcp", "-p", "502", "-t", "4", "-r", "0", "-0", "-1", "-o", "1", PlcSeen).ExitCode == 0;

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
