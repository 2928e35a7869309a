using System.Globalization;

namespace Gateway.Plant;

/// <summary>The gateway itself in the plant: its three processes in the box's namespace (the web process on this machine's own loopback),
/// as three unprivileged users.</summary>
public sealed class GatewayBox
{
    private readonly Plant _plant;
    private readonly Programs _programs;
    private readonly string _folder;
    private readonly string _links;
    private readonly string _units;

    /// <param name="plant">The plant it stands in.</param>
    /// <param name="programs">Its programs.</param>
    /// <param name="image">The appliance's tree of files: units, and the script that prepares links.</param>
    /// <param name="webPort">Port of its pages on this machine's loopback.</param>
    public GatewayBox(Plant plant, Programs programs, string image, int webPort)
    {
        _links = Path.Combine(image, "usr", "lib", "gateway", "links");
        _units = Path.Combine(image, "usr", "lib", "systemd", "system");
        if (SystemdUnit.IsAvailable)
            SystemdAccounts.Create(Path.Combine(image, "usr", "lib", "sysusers.d", "gateway.conf"));
        _plant = plant;
        _programs = programs;
        WebPort = webPort;
        // Other users pass through these folders; what is in them belongs to one each.
        _folder = Path.Combine(plant.Folder, "box");
        Directory.CreateDirectory(_folder);
        Shell.Run("chmod", "755", plant.Folder, _folder).Require("opening the plant's folder");
        RunFolder = BoxUsers.Folder(Path.Combine(_folder, "run"), 0, "770");
        SiteFolder = BoxUsers.Folder(Path.Combine(_folder, "site"), BoxUsers.Service, "750");
    }

    public int WebPort { get; }

    public string RunFolder { get; }

    public string SiteFolder { get; }

    public string SiteFile => Path.Combine(SiteFolder, "site.yaml");

    public string ApiSocket => Path.Combine(RunFolder, "api.sock");

    public string DataplaneSocket => Path.Combine(RunFolder, "dataplane.sock");

    public string StateOf(string process) => Path.Combine(_folder, "state", process);

    public IPlantProcess? Dataplane { get; private set; }

    public IPlantProcess? Service { get; private set; }

    public IPlantProcess? Web { get; private set; }

    public string WebAddress => string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{WebPort}/");

    /// <summary>The claim code, as root on the box reads it; empty once claimed.</summary>
    public string ClaimCode => File.Exists(ClaimCodeFile) ? File.ReadAllText(ClaimCodeFile).Trim() : "";

    /// <summary>Whether the service answers on its socket.</summary>
    public bool ServiceAnswers => File.Exists(ApiSocket)
        && Shell.Run("curl", "-sf", "--max-time", "2", "--unix-socket", ApiSocket, "http://box/healthz").ExitCode == 0;

    /// <summary>Whether the pages answer.</summary>
    public bool WebAnswers => Shell.Run("curl", "-skf", "--max-time", "2", "-o", "/dev/null", WebAddress).ExitCode == 0;

    private string ClaimCodeFile => Path.Combine(StateOf("service"), "claim-code");

    /// <summary>Writes the site file with the fabric's authority and token, and prepares the links.</summary>
    /// <param name="site">Site file.</param>
    /// <param name="fabric">Fabric to join; null for none.</param>
    public void Prepare(string site, PlantFabric? fabric)
    {
        WriteSite("site.yaml", site);
        if (fabric is not null)
        {
            WriteSite("corridor-ca.pem", File.ReadAllText(fabric.Authority));
            WriteSite("corridor.token", fabric.Token("--gateway", PlantFabric.GatewayName));
        }
        var list = Path.Combine(RunFolder, "links.list");
        File.WriteAllText(list, RunProgram(_programs.Dataplane, "--site", SiteFile, "--print-links").Require("reading the site file").Output);
        _plant.Box.Run(_links, "up", list).Require("preparing the links");
        foreach (var (process, user) in new[] { ("dataplane", BoxUsers.Dataplane), ("service", BoxUsers.Service), ("web", BoxUsers.Web) })
            BoxUsers.Folder(StateOf(process), user, "700");
    }

    /// <summary>Gives the service's state a small disk of its own, before it starts.</summary>
    public void MountServiceDisk(int megabytes) => Shell.Run(
        "mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=0700,uid={BoxUsers.Service},gid={BoxUsers.Group}"),
        "gateway-plant", StateOf("service")).Require("mounting a disk for the service");

    public void StartAll()
    {
        StartDataplane();
        StartService();
        StartWeb();
    }

    public void StartDataplane() => Dataplane = Start(
        "dataplane", _programs.Dataplane, BoxUsers.Dataplane, _plant.Box,
        "--site", SiteFile, "--control", DataplaneSocket, "--state", StateOf("dataplane"), "--quiet");

    public void StartService() => Service = Start(
        "service", _programs.Service, BoxUsers.Service, _plant.Box,
        "--site", SiteFile, "--state", StateOf("service"), "--dataplane", DataplaneSocket, "--api", ApiSocket);

    public void StartWeb() => Web = Start(
        "web", _programs.Web, BoxUsers.Web, null,
        "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{WebPort}"), "--api", ApiSocket, "--state", StateOf("web"));

    /// <summary>Keeps the dataplane from being started again, or lets it.</summary>
    public void HoldDataplane(bool hold) => Dataplane!.Held = hold;

    /// <summary>Runs <c>gatewayctl</c> as root on the box.</summary>
    public ShellResult Ctl(params IEnumerable<string> words) => RunProgram(_programs.Service, ["ctl", "--api", ApiSocket, .. words]);

    /// <summary>Runs the dataplane's program for something that ends by itself.</summary>
    public ShellResult RunDataplane(params IEnumerable<string> words) => RunProgram(_programs.Dataplane, words);

    /// <summary>The plant's site file: eight sockets, the host link, the uplink, the corridor. Nothing is approved in it.</summary>
    public static string DefaultSite()
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        text.WriteLine("version: 1");
        text.WriteLine($"site: {PlantLayout.Site}");
        text.WriteLine("links:");
        for (var socket = 1; socket <= PlantLayout.Sockets; socket++)
            text.WriteLine($"  - {{ name: socket-{socket}, role: downlink, interface: s{socket}, socket: {socket} }}");
        text.WriteLine("  - { name: host, role: host, interface: gwhost1, address: 100.64.0.1/16 }");
        text.WriteLine($"  - {{ name: uplink, role: uplink, interface: up0, address: {PlantLayout.BoxAddress}/24 }}");
        text.WriteLine("fabrics:");
        text.WriteLine($"  - {{ name: corridor, kind: corridor, hub: \"{PlantFabric.HubAddress}\", authority: corridor-ca.pem, token: corridor.token, gateway: {PlantFabric.GatewayName} }}");
        return text.ToString();
    }

    private void WriteSite(string name, string content)
    {
        var path = Path.Combine(SiteFolder, name);
        File.WriteAllText(path, content);
        Shell.Run("chown", $"{BoxUsers.Service}:{BoxUsers.Group}", path).Require($"chown {path}");
        Shell.Run("chmod", name.EndsWith(".token", StringComparison.Ordinal) ? "600" : "640", path).Require($"chmod {path}");
    }

    private ShellResult RunProgram(string program, params IEnumerable<string> words) =>
        Shell.Run("env", [.. _programs.Environment.Select(v => $"{v.Key}={v.Value}"), program, .. words]);

    private IPlantProcess Start(
        string name, string program, int user, NetworkNamespace? inside, params IReadOnlyList<string> arguments)
    {
        var spec = new ProcessSpec(name, program, arguments)
        {
            Namespace = inside,
            Privileges = BoxUsers.Become(user, BoxUsers.CapabilitiesOf(user)),
            Restart = true,
            Environment = _programs.Environment.Append(KeyValuePair.Create("DOTNET_EnableDiagnostics", "0")).ToDictionary(),
        };
        return _plant.StartUnit(spec, Path.Combine(_units, $"gateway-{name}.service"));
    }
}
