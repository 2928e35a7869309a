namespace Gateway.Plant;

/// <summary>A network namespace of the plant: a machine with its own links and addresses.</summary>
public sealed class NetworkNamespace
{
    private const string Folder = "/run/netns";

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    /// <summary>Makes it, with its loopback up.</summary>
    public static NetworkNamespace Create(string name)
    {
        Shell.Ip($"netns add {name}");
        var made = new NetworkNamespace(name);
        made.Ip("link set lo up");
        // A real controller says its address when its link comes up (RFC 5227, section 2.3).
        made.Sysctl("net.ipv4.conf.all.arp_notify=1");
        made.Sysctl("net.ipv4.conf.default.arp_notify=1");
        return made;
    }

    public static NetworkNamespace Existing(string name) => new(name);

    /// <summary>Names of all namespaces that begin with a prefix.</summary>
    public static IReadOnlyList<string> Named(string prefix) => Directory.Exists(Folder)
        ? [.. Directory.GetFiles(Folder).Select(Path.GetFileName).OfType<string>().Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).Order()]
        : [];

    /// <summary>Runs <c>ip</c> inside.</summary>
    public void Ip(string words) => Shell.Ip($"-n {Name} {words}");

    public void Sysctl(string setting) => Run("sysctl", "-qw", setting).Require($"sysctl {setting} in {Name}");

    /// <summary>Runs a command inside, to its end.</summary>
    public ShellResult Run(string command, params IEnumerable<string> arguments) => Run(Shell.DefaultTimeout, command, arguments);

    public ShellResult Run(TimeSpan timeout, string command, IEnumerable<string> arguments) =>
        Shell.Run(timeout, "ip", ["netns", "exec", Name, command, .. arguments]);

    /// <summary>Ends every process inside and removes it with its links.</summary>
    public void Delete()
    {
        foreach (var line in Shell.Run("ip", "netns", "pids", Name).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Shell.Run("kill", "-9", line);
        Shell.Run("ip", "netns", "del", Name);
    }
}
