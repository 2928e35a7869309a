using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Gateway.Core.Control;
using Gateway.Core.Policy;
using Gateway.Dataplane.Tests.Process;
using Gateway.Plant;

namespace Gateway.Dataplane.Tests.FastPath;

/// <summary>The real program, as its own user, between a panel on the uplink and a camera on a socket. The links are as Linux makes them,
/// with all offloads on.</summary>
internal sealed class FastPathProcessBench : IDisposable
{
    public static readonly IPEndPoint CameraSeen = new(IPAddress.Parse("10.77.0.100"), 5_000);

    private readonly string _prefix;
    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-fast-").FullName;
    private readonly PlantProcess _process;

    /// <param name="name">Part of the names of its namespaces.</param>
    /// <param name="options">Further options of the program.</param>
    public FastPathProcessBench(string name, params IEnumerable<string> options)
        : this(name, ProcessBench.Privileges, options)
    {
    }

    public FastPathProcessBench(string name, IEnumerable<string> privileges, IEnumerable<string> options)
    {
        Need.Root();
        Need.Command("nft", "nftables");
        _prefix = $"gwf{name}";
        Gateway.Plant.Plant.Clear(_prefix);
        Box = NetworkNamespace.Create($"{_prefix}-box");
        Panel = Join("panel", "up0", "addr add 10.77.0.2/24 dev eth0");
        Camera = Join("camera", "s1", "addr add 192.168.10.21/24 dev eth0");
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_111_111);
        var site = Path.Combine(_folder, "site.yaml");
        File.WriteAllText(site, Site(withGrant: true));
        var links = Path.Combine(_folder, "links.list");
        File.WriteAllText(links, Shell.Run(ProcessBench.Program, "--site", site, "--print-links").Require("reading links").Output);
        Box.Run(Path.Combine(Need.ProjectRoot(), "image/tree/usr/lib/gateway/links"), "up", links).Require("preparing links");
        _process = PlantProcess.Start(
            new ProcessSpec("dataplane", ProcessBench.Program, ["--site", site, "--control", ControlSocket, .. options])
            {
                Namespace = Box, Privileges = [.. privileges],
            }, _folder);
        ProcessBench.Eventually(() => File.Exists(ControlSocket) && Log.Contains("ready:", StringComparison.Ordinal), "the dataplane is ready");
        Pid = _process.Pid;
        PanelSocket = Open(Panel, "10.77.0.2", 40_000);
        CameraSocket = Open(Camera, "192.168.10.21", 5_000);
        ProcessBench.Eventually(() => Reaches("are you there"), "datagrams pass");
    }

    public NetworkNamespace Box { get; }

    public NetworkNamespace Panel { get; }

    public NetworkNamespace Camera { get; }

    public Socket PanelSocket { get; }

    public Socket CameraSocket { get; }

    /// <summary>Number of the program, also when it is gone.</summary>
    public int Pid { get; }

    public string Log
    {
        get
        {
            using var reader = new StreamReader(new FileStream(Path.Combine(_folder, "dataplane.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadToEnd();
        }
    }

    private string ControlSocket => Path.Combine(_folder, "control.sock");

    public static CompiledPolicy Policy(bool withGrant) => PolicyCompiler.Compile(SiteReader.Read(Site(withGrant)).Document!).Policy!;

    public async Task<ControlClient> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(ControlSocket));
        var client = new ControlClient(socket);
        await client.SendAsync(new Hello(ControlProtocol.Version));
        return client;
    }

    /// <summary>Sends a datagram from the panel to the camera; true when it arrives.</summary>
    public bool Reaches(string text, int patienceMs = 300)
    {
        PanelSocket.SendTo(System.Text.Encoding.ASCII.GetBytes(text.PadRight(20)), CameraSeen);
        return Arrives(CameraSocket, text, patienceMs, out _);
    }

    /// <summary>Waits for a datagram with a text; what else comes is passed over.</summary>
    public static bool Arrives(Socket socket, string text, int patienceMs, out EndPoint from)
    {
        from = new IPEndPoint(IPAddress.Any, 0);
        var buffer = new byte[2_048];
        for (var clock = Stopwatch.StartNew(); clock.ElapsedMilliseconds < patienceMs;)
        {
            if (!socket.Poll(10_000, SelectMode.SelectRead))
                continue;
            var count = socket.ReceiveFrom(buffer, ref from);
            if (System.Text.Encoding.ASCII.GetString(buffer, 0, count).TrimEnd() == text)
                return true;
        }
        return false;
    }

    /// <summary>Sends datagrams without end, 200 a second, and notes when they arrive.</summary>
    public List<TimeSpan> ArrivalsWhileSending(Stopwatch clock, TimeSpan until)
    {
        var arrivals = new List<TimeSpan>();
        var payload = new byte[40];
        var buffer = new byte[2_048];
        while (clock.Elapsed < until)
        {
            PanelSocket.SendTo(payload, CameraSeen);
            Thread.Sleep(5);
            while (CameraSocket.Available > 0)
            {
                CameraSocket.Receive(buffer);
                arrivals.Add(clock.Elapsed);
            }
        }
        return arrivals;
    }

    public void Signal(string signal) => Shell.Run("kill", $"-{signal}", Pid.ToString(System.Globalization.CultureInfo.InvariantCulture)).Require("kill");

    /// <summary>A socket of a host.</summary>
    public static Socket Open(NetworkNamespace host, string address, int port, ProtocolType protocol = ProtocolType.Udp)
    {
        Socket? socket = null;
        NamespaceThread.Run(host, () =>
        {
            socket = new Socket(AddressFamily.InterNetwork, protocol == ProtocolType.Udp ? SocketType.Dgram : SocketType.Stream, protocol);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        });
        return socket!;
    }

    public void Dispose()
    {
        PanelSocket.Dispose();
        CameraSocket.Dispose();
        // A stopped process hears nothing but this.
        Shell.Run("kill", "-CONT", Pid.ToString(System.Globalization.CultureInfo.InvariantCulture));
        _process.Dispose();
        Gateway.Plant.Plant.Clear(_prefix);
        Directory.Delete(_folder, recursive: true);
    }

    private NetworkNamespace Join(string name, string port, string address)
    {
        var host = NetworkNamespace.Create($"{_prefix}-{name}");
        Box.Ip($"link add {port} type veth peer name eth0 netns {host.Name}");
        host.Ip(address);
        host.Ip($"link set eth0 address 02:00:00:00:00:{(name == "camera" ? "0c" : "0d")} up");
        return host;
    }

    private static string Site(bool withGrant) =>
        $$"""
        version: 1
        site: fast
        links:
          - { name: socket-1, role: downlink, interface: s1, socket: 1 }
          - { name: uplink, role: uplink, interface: up0, address: 10.77.0.254/24 }
        devices:
          - { name: camera, link: socket-1, mac: "02:00:00:00:00:0c", address: 192.168.10.21/24, gateway: 192.168.10.1 }
        peers:
          - { name: panel, link: uplink, address: 10.77.0.2 }
        grants:
          - name: panel-{{(withGrant ? "watches" : "dials")}}
            from: { peer: panel }
            to: { device: camera, as: 10.77.0.100 }
            allow: [ { port: tcp/5201 }{{(withGrant ? ", { port: udp/5000 }" : "")}} ]
        """;
}
