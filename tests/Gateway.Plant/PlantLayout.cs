namespace Gateway.Plant;

/// <summary>A device that can be plugged into a socket: what its label says, and the program that makes it live.</summary>
/// <param name="Name">Name in the plant; also of its namespace.</param>
/// <param name="Mac">Hardware address, with a real maker's prefix.</param>
/// <param name="Address">Own address with length; empty when it looks for one by DHCP.</param>
/// <param name="Gateway">Default gateway configured in it; empty for none.</param>
/// <param name="Script">Program in <c>devices/</c>; empty for a dead box.</param>
/// <param name="Arguments">Its arguments; <c>{state}</c> is the folder for statistics.</param>
public sealed record PlantDevice(string Name, string Mac, string Address, string Gateway, string Script, params IReadOnlyList<string> Arguments);

/// <summary>A host on the plant network beyond the uplink.</summary>
public sealed record PlantHost(string Name, string Address);

/// <summary>Who and what is in the plant, and at which address.</summary>
public static class PlantLayout
{
    public const int Sockets = 8;

    /// <summary>Site name of the plant: part of every identity.</summary>
    public const string Site = "hall-3";

    /// <summary>Address of the box on the plant network.</summary>
    public const string BoxAddress = "10.20.0.2";

    public const int HubPort = 8_443;

    public const int HistorianPort = 8_086;

    public const int BadgeServerPort = 8_443;

    public static readonly PlantHost Hub = new("hub", "10.20.0.10");
    public static readonly PlantHost Scada = new("scada", "10.20.0.21");
    public static readonly PlantHost Recorder = new("recorder", "10.20.0.22");
    public static readonly PlantHost Office = new("office", "10.20.0.23");
    public static readonly PlantHost Historian = new("historian", "10.20.0.30");
    public static readonly PlantHost BadgeServer = new("badge-server", "10.20.0.40");
    public static readonly PlantHost Attacker = new("attacker", "10.20.0.66");

    public static readonly IReadOnlyList<PlantHost> Hosts = [Hub, Scada, Recorder, Office, Historian, BadgeServer, Attacker];

    /// <summary>The PLC of the walk.</summary>
    public static readonly PlantDevice Plc7 = new(
        "plc-7", "28:63:36:aa:10:2f", "192.168.10.21/24", "192.168.10.1", "plc.py", "plc-7", "http://10.20.0.30:8086");

    /// <summary>A cloned machine: same address as the first, and no default gateway.</summary>
    public static readonly PlantDevice Plc8 = new("plc-8", "28:63:36:aa:10:88", "192.168.10.21/24", "", "plc.py", "plc-8");

    public static readonly PlantDevice Camera = new("camera-1", "00:40:8c:5e:20:31", "192.168.20.31/24", "192.168.20.1", "camera.py", "camera-1", "192.168.20.31");

    public static readonly PlantDevice BadgeReader = new(
        "badge-2", "00:06:8e:30:00:41", "192.168.30.41/24", "192.168.30.1", "badge_reader.py", "badge-2", "10.20.0.40", "8443", "{state}/badge-2.json");

    /// <summary>Knows its PLC by the address it always had in the old, flat network.</summary>
    public static readonly PlantDevice Sorter = new(
        "sorter-a", "00:01:05:44:0a:31", "192.168.10.31/24", "", "sorter.py", "192.168.10.21", "{state}/sorter-a.json");

    /// <summary>A PLC as it comes from its maker: without an address. It stands in no socket at the start.</summary>
    public static readonly PlantDevice Plc9 = new("plc-9", "28:63:36:aa:10:99", "", "", "plc.py", "plc-9");

    /// <summary>A foreign computer, for the walk's last step: same address as the PLC, another hardware address.</summary>
    public static readonly PlantDevice Laptop = new("laptop", "3c:52:82:00:00:66", "192.168.10.21/24", "192.168.10.1", "plc.py", "laptop");

    public static readonly IReadOnlyList<PlantDevice> Devices = [Plc7, Plc8, Camera, BadgeReader, Sorter, Plc9, Laptop];

    /// <summary>What stands in which socket when the plant comes up.</summary>
    public static readonly IReadOnlyList<(int Socket, PlantDevice Device)> AtStart = [(1, Plc7), (2, Plc8), (3, Camera), (4, BadgeReader), (5, Sorter)];
}
