using System.Buffers.Binary;
using System.Diagnostics;
using Gateway.Plant;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>What stands behind the links of a <see cref="WireBench"/>: the real process, or whatever else forwards between them. A fence, a
/// datagram each way that must pass, tells when everything sent before has been judged.</summary>
/// <param name="taps">The stations.</param>
/// <param name="fastPath">Whether the kernel forwards settled flows: then each fence is a flow of its own, which the loop judges.</param>
internal sealed class WireGate(IReadOnlyDictionary<int, WireTap> taps, bool fastPath) : Gate
{
    private const ushort FirstFencePort = 61_000;
    private const int PatienceMs = 10_000;

    /// <summary>Time for frames of a station that cannot send a fence of its own.</summary>
    private const int ElsewhereMs = 30;

    private readonly Dictionary<int, List<byte[]>> _arrived = [];
    private readonly HashSet<ushort> _ports = [];
    private readonly HashSet<ushort> _portsOver = [];
    private uint _fence;
    private ushort _fencePort = FirstFencePort;
    private bool _dirty = true;
    private bool _elsewhere;

    public override void Receive(int link, byte[] frame)
    {
        taps[link].Send(frame);
        _dirty = true;
        _elsewhere |= link is not (EvasionSite.SocketA or EvasionSite.Uplink);
        if (frame.Length >= 38 && new Seen(frame) is { IsIpv4: true } seen)
            _ports.UnionWith([seen.FromPort, seen.ToPort]);
    }

    public override IReadOnlyList<byte[]> Take(int link)
    {
        if (_dirty)
            Assert.True(TryFence(PatienceMs), "legal datagrams do not pass any more");
        byte[][] taken = [.. Of(link).Where(f => !IsOfAnother(new Seen(f)))];
        Of(link).Clear();
        return taken;
    }

    /// <summary>Flows of the row that is over may still repeat themselves; they are no longer looked at.</summary>
    public void NextRow()
    {
        _ports.ExceptWith([EvasionSite.Inspected, EvasionSite.Tracked, EvasionSite.Datagrams, (ushort)23, (ushort)0]);
        _portsOver.UnionWith(_ports);
        _ports.Clear();
    }

    /// <summary>Sends a datagram each way and waits for both.</summary>
    public bool TryFence(int patienceMs)
    {
        if (_elsewhere)
            Thread.Sleep(ElsewhereMs);
        (_dirty, _elsewhere) = (false, false);
        // Links are flushed one after the other: the third crossing shows that the second one's batch is out everywhere.
        return ToB(patienceMs) && Cross(EvasionSite.B, EvasionSite.SeenA, EvasionSite.Datagrams, _fencePort, EvasionSite.A, patienceMs) && ToB(patienceMs);
    }

    private bool ToB(int patienceMs)
    {
        if (fastPath)
            _fencePort++;
        return Cross(EvasionSite.A, EvasionSite.B.Address, _fencePort, EvasionSite.Datagrams, EvasionSite.B, patienceMs);
    }

    private bool Cross(Station from, uint to, ushort fromPort, ushort toPort, Station at, int patienceMs)
    {
        var token = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(token, 0x4645_4E43_0000_0000ul | ++_fence);
        var datagram = new Crafted { MacTo = EvasionSite.BoxMac, MacFrom = from.Mac, From = from.Address, To = to, FromPort = fromPort };
        taps[from.Link].Send(datagram.Udp(toPort, token).Bytes());
        var clock = Stopwatch.StartNew();
        while (clock.ElapsedMilliseconds < patienceMs)
        {
            foreach (var (link, tap) in taps)
            {
                while (tap.TryReceive() is { } frame)
                {
                    if (link == at.Link && new Seen(frame) is { IsUdp: true } seen && seen.Payload.AsSpan().SequenceEqual(token))
                        return true;
                    Of(link).Add(frame);
                }
            }
            Thread.Yield();
        }
        return false;
    }

    private bool IsOfAnother(Seen seen) => (seen.IsTcp && (_portsOver.Contains(seen.FromPort) || _portsOver.Contains(seen.ToPort)))
        || (seen.IsUdp && (seen.FromPort >= FirstFencePort || seen.ToPort >= FirstFencePort));

    private List<byte[]> Of(int link) => _arrived.TryGetValue(link, out var list) ? list : _arrived[link] = [];
}

/// <summary>The box of the list in a namespace of its own, with a station at the other end of each link.</summary>
internal sealed class WireBench : IDisposable
{
    private const string Prefix = "gwev";
    private static readonly (int Link, string Interface, Station Station)[] Ends =
    [
        (EvasionSite.SocketA, "s1", EvasionSite.A), (EvasionSite.SocketC, "s2", EvasionSite.C), (EvasionSite.SocketNew, "s3", EvasionSite.Newcomer),
        (EvasionSite.SocketAway, "s4", new Station(EvasionSite.SocketAway, 0x0200_0000_0099, 0)), (EvasionSite.SocketCutOff, "s5", EvasionSite.CutOff), (EvasionSite.SocketWaiting, "s6", EvasionSite.Waiting), (EvasionSite.Uplink, "up0", EvasionSite.B),
    ];
    private static readonly IReadOnlyList<string> Privileges = BoxUsers.Become(BoxUsers.Dataplane, BoxUsers.CapabilitiesOf(BoxUsers.Dataplane));

    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-evasion-").FullName;
    private readonly Dictionary<int, WireTap> _taps = [];
    private readonly NetworkNamespace _box;
    private PlantProcess? _process;
    private int _starts;

    public WireBench()
    {
        Need.Root();
        Need.Command("nft", "nftables");
        Gateway.Plant.Plant.Clear(Prefix);
        _box = NetworkNamespace.Create($"{Prefix}-box");
        foreach (var (link, name, station) in Ends)
            Plug(link, name, station);
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_111_111);
        File.WriteAllText(SiteFile, EvasionSite.Yaml);
        var links = Path.Combine(_folder, "links.list");
        File.WriteAllText(links, Shell.Run(Program, "--site", SiteFile, "--print-links").Require("reading links").Output);
        _box.Run(Path.Combine(Need.ProjectRoot(), "image/tree/usr/lib/gateway/links"), "up", links).Require("preparing links");
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "gateway-dataplane");

    private string SiteFile => Path.Combine(_folder, "site.yaml");

    /// <summary>Starts the real process, with none of what an earlier one knew.</summary>
    /// <param name="fastPath">Whether the kernel forwards settled flows.</param>
    public WireGate Start(bool fastPath = false)
    {
        _process?.Dispose();
        var state = Path.Combine(_folder, $"state{++_starts}");
        Directory.CreateDirectory(state);
        File.SetUnixFileMode(state, (UnixFileMode)0b111_111_111);
        var control = Path.Combine(_folder, $"control{_starts}.sock");
        _process = PlantProcess.Start(
            new ProcessSpec($"dataplane{_starts}", Program, ["--site", SiteFile, "--control", control, "--state", state, .. fastPath ? Array.Empty<string>() : ["--no-fast-path"]]) { Namespace = _box, Privileges = Privileges }, _folder);
        return Ready(fastPath);
    }

    /// <summary>A Linux bridge between A and B instead of the gateway: it passes what it can.</summary>
    public WireGate Bridge()
    {
        _process?.Dispose();
        _process = null;
        _box.Ip("link add br0 type bridge mcast_snooping 0");
        _box.Run("nft", "flush", "ruleset").Require("nft");
        // Where br_netfilter is loaded, it would look into what is bridged.
        if (File.Exists("/proc/sys/net/bridge/bridge-nf-call-iptables"))
            _box.Sysctl("net.bridge.bridge-nf-call-iptables=0");
        foreach (var (name, own) in (ValueTuple<string, string>[])[("s1", "02:00:00:00:fe:01"), ("up0", "02:00:00:00:fe:02")])
        {
            // What is sent to the gateway must be for somebody else here.
            _box.Ip($"link set {name} address {own}");
            _box.Ip($"link set {name} arp off master br0");
        }
        _box.Ip("link set br0 up");
        return Ready(fastPath: false);
    }

    public void Dispose()
    {
        _process?.Dispose();
        foreach (var tap in _taps.Values)
            tap.Dispose();
        Gateway.Plant.Plant.Clear(Prefix);
        Directory.Delete(_folder, recursive: true);
    }

    private WireGate Ready(bool fastPath)
    {
        var gate = new WireGate(_taps, fastPath);
        var clock = Stopwatch.StartNew();
        while (!gate.TryFence(300))
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "the gateway does not pass legal datagrams");
        for (var link = 0; link < EvasionSite.Links; link++)
            gate.Take(link);
        return gate;
    }

    /// <summary>A station: its kernel answers ARP and is deaf to everything else, so that only the list speaks.</summary>
    private void Plug(int link, string name, Station station)
    {
        var field = NetworkNamespace.Create($"{Prefix}-{name}");
        _box.Ip($"link add {name} mtu 9000 type veth peer name eth0 mtu 9000 netns {field.Name}");
        var mac = Convert.ToHexString(BitConverter.GetBytes(station.Mac).AsSpan(0, 6)).Chunk(2).Reverse().Select(pair => new string(pair));
        field.Ip($"link set eth0 address {string.Join(':', mac)}");
        field.Run("sysctl", "-qw", "net.ipv6.conf.eth0.disable_ipv6=1");
        field.Run("nft", "add", "table", "inet", "deaf").Require("nft");
        field.Run("nft", "add chain inet deaf input { type filter hook input priority 0; policy drop; }").Require("nft");
        if (station == EvasionSite.A || station == EvasionSite.B || station == EvasionSite.C)
            field.Ip($"addr add 10.77.{(station.Address >> 8) & 0xFF}.{station.Address & 0xFF}/16 dev eth0");
        field.Ip("link set eth0 up");
        // The list names the gateway by one hardware address on every link.
        _box.Ip($"link set {name} address 02:00:00:00:ff:01");
        NamespaceThread.Run(field, () => _taps[link] = new WireTap("eth0"));
    }
}
