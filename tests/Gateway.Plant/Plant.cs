namespace Gateway.Plant;

/// <summary>
/// The plant: devices in namespaces on veth links to the sockets of the box, and the plant network behind its uplink.
/// <code>
///   plc-7 --c1==s1--+                     +-- hub, scada, recorder, office
///   plc-8 --c2==s2--+-- box --up0==...-- switch-- historian, badge-server
///   ...             +                     +-- attacker
/// </code>
/// Everything is named with the plant's prefix, so that several can stand side by side and one word finds what is left of one.
/// </summary>
public sealed class Plant : IDisposable
{
    private const int TailLines = 8;

    private readonly Dictionary<string, NetworkNamespace> _devices = [];
    private readonly Dictionary<string, NetworkNamespace> _hosts = [];
    private readonly Dictionary<int, PlantDevice> _plugged = [];
    private readonly Dictionary<int, PlantProcess> _leases = [];
    private readonly List<IPlantProcess> _processes = [];
    private readonly NetworkNamespace _drawer;

    private Plant(string prefix, string folder)
    {
        Prefix = prefix;
        Folder = folder;
        Directory.CreateDirectory(LogFolder);
        Box = NetworkNamespace.Create($"{prefix}-box");
        Switch = NetworkNamespace.Create($"{prefix}-switch");
        _drawer = NetworkNamespace.Create($"{prefix}-drawer");
    }

    /// <summary>Begins the name of every namespace of this plant; at most 6 letters.</summary>
    public string Prefix { get; }

    /// <summary>Folder for logs, statistics and the state of the programs.</summary>
    public string Folder { get; }

    public string LogFolder => Path.Combine(Folder, "log");

    public NetworkNamespace Box { get; }

    public NetworkNamespace Switch { get; }

    public IReadOnlyDictionary<int, PlantDevice> Plugged => _plugged;

    /// <summary>Builds the network: box with sockets, switch, hosts. No device is plugged in yet.</summary>
    public static Plant Build(string prefix, string folder)
    {
        var plant = new Plant(prefix, folder);
        try
        {
            plant.BuildSockets();
            plant.BuildUplink();
            return plant;
        }
        catch
        {
            plant.Dispose();
            throw;
        }
    }

    public NetworkNamespace Host(PlantHost host) => _hosts[host.Name];

    public NetworkNamespace Device(PlantDevice device) => _devices[device.Name];

    /// <summary>Switches a device on: its namespace and its program. Its cable is not plugged in.</summary>
    public void SwitchOn(PlantDevice device)
    {
        var inside = NetworkNamespace.Create($"{Prefix}-{device.Name}");
        _devices.Add(device.Name, inside);
        if (device.Script.Length == 0)
            return;
        var script = Path.Combine(AppContext.BaseDirectory, "devices", device.Script);
        Start(new ProcessSpec(device.Name, "/usr/bin/python3", [script, .. device.Arguments.Select(a => a.Replace("{state}", Folder, StringComparison.Ordinal))])
        {
            Namespace = inside,
            Restart = true,
        });
    }

    /// <summary>Puts the device's cable into a socket.</summary>
    public void Plug(PlantDevice device, int socket)
    {
        if (_plugged.TryGetValue(socket, out var there))
            throw new InvalidOperationException($"socket {socket} holds {there.Name}; unplug it first");
        var inside = Device(device);
        _drawer.Ip($"link set c{socket} netns {inside.Name} name eth0");
        inside.Ip($"link set eth0 address {device.Mac}");
        if (device.Address.Length > 0)
            inside.Ip($"addr add {device.Address} dev eth0");
        inside.Ip("link set eth0 up");
        if (device.Address.Length == 0)
            _leases.Add(socket, LookForAddress(device, inside));
        if (device.Gateway.Length > 0)
            inside.Ip($"route replace default via {device.Gateway}");
        _plugged.Add(socket, device);
    }

    /// <summary>Pulls the cable out of a socket.</summary>
    public PlantDevice Unplug(int socket)
    {
        if (!_plugged.Remove(socket, out var device))
            throw new InvalidOperationException($"socket {socket} is empty");
        if (_leases.Remove(socket, out var lease))
            Stop(lease);
        var inside = Device(device);
        inside.Ip("link set eth0 down");
        inside.Ip($"link set eth0 netns {_drawer.Name} name c{socket}");
        return device;
    }

    /// <summary>Starts a program that ends with the plant.</summary>
    public PlantProcess Start(ProcessSpec spec)
    {
        var process = PlantProcess.Start(spec with { Plant = Prefix }, LogFolder);
        _processes.Add(process);
        return process;
    }

    /// <summary>Starts one of the box's processes: by systemd from the appliance's unit where systemd runs, else by itself.</summary>
    /// <param name="spec">What runs.</param>
    /// <param name="appliance">The appliance's unit.</param>
    public IPlantProcess StartUnit(ProcessSpec spec, string appliance)
    {
        if (!SystemdUnit.IsAvailable)
            return Start(spec);
        var unit = SystemdUnit.Start(spec with { Plant = Prefix }, appliance, Folder);
        _processes.Add(unit);
        return unit;
    }

    /// <summary>Ends a program for good.</summary>
    public void Stop(IPlantProcess process)
    {
        _processes.Remove(process);
        process.Dispose();
    }

    /// <summary>Removes whatever is left of plants with this prefix, also of one that died.</summary>
    public static void Clear(string prefix)
    {
        SystemdUnit.Clear(prefix);
        PlantProcess.KillMarked(prefix);
        foreach (var name in NetworkNamespace.Named(prefix + "-"))
            NetworkNamespace.Existing(name).Delete();
    }

    /// <summary>The last lines of every log.</summary>
    public string LogTails() => string.Join(Environment.NewLine, Directory.EnumerateFiles(LogFolder, "*.log").Order()
        .SelectMany(file => File.ReadLines(file).TakeLast(TailLines).Select(line => $"{Path.GetFileNameWithoutExtension(file)}: {line}")));

    public void Dispose()
    {
        foreach (var process in Enumerable.Reverse(_processes))
            process.Dispose();
        Clear(Prefix);
        DeleteFolder(Folder);
    }

    /// <summary>Removes a plant's folder, with whatever a test mounted in it.</summary>
    public static void DeleteFolder(string folder)
    {
        foreach (var mount in File.ReadLines("/proc/mounts").Select(line => line.Split(' ')[1]).Where(m => m.StartsWith(folder + "/", StringComparison.Ordinal)).Reverse().ToList())
            Shell.Run("umount", "-l", mount);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>The DHCP client of a device that has no address of its own.</summary>
    private PlantProcess LookForAddress(PlantDevice device, NetworkNamespace inside) => Start(new ProcessSpec(
        $"{device.Name}-dhcp", "udhcpc", ["-f", "-i", "eth0", "-A", "3", "-s", Path.Combine(AppContext.BaseDirectory, "devices", "lease.sh")]) { Namespace = inside });

    private void BuildSockets()
    {
        for (var socket = 1; socket <= PlantLayout.Sockets; socket++)
        {
            Box.Ip($"link add s{socket} type veth peer name c{socket}");
            Box.Ip($"link set c{socket} netns {_drawer.Name}");
            // Checksums as on a wire: a device behind a cable cannot leave them to our network card.
            _drawer.Run("ethtool", "-K", $"c{socket}", "tx", "off", "tso", "off", "gso", "off").Require("ethtool");
        }
    }

    private void BuildUplink()
    {
        Switch.Ip("link add br0 type bridge");
        Switch.Ip("link set br0 up");
        Join(Box, "up0", PlantLayout.BoxAddress);
        foreach (var host in PlantLayout.Hosts)
        {
            var inside = NetworkNamespace.Create($"{Prefix}-{host.Name}");
            _hosts.Add(host.Name, inside);
            Join(inside, "eth0", host.Address);
        }
    }

    private void Join(NetworkNamespace inside, string interfaceName, string address)
    {
        var port = $"p{address[(address.LastIndexOf('.') + 1)..]}";
        Switch.Ip($"link add {port} type veth peer name {interfaceName} netns {inside.Name}");
        Switch.Ip($"link set {port} master br0 up");
        inside.Ip($"addr add {address}/24 dev {interfaceName}");
        inside.Ip($"link set {interfaceName} up");
    }
}
