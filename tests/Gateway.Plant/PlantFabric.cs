namespace Gateway.Plant;

/// <summary>The fabric's side of the plant: the hub, what it allows, and its clients' identities and dials.</summary>
public sealed class PlantFabric
{
    public const string GatewayName = "box-1";

    private readonly Plant _plant;
    private readonly Programs _programs;
    private readonly string _folder;

    public PlantFabric(Plant plant, Programs programs)
    {
        _plant = plant;
        _programs = programs;
        _folder = Path.Combine(plant.Folder, "fabric");
        Directory.CreateDirectory(_folder);
    }

    public PlantProcess? Hub { get; private set; }

    public string Authority => Path.Combine(HubState, "ca.crt");

    public static string HubAddress => $"{PlantLayout.Hub.Address}:{PlantLayout.HubPort}";

    private string HubState => Path.Combine(_folder, "hub");

    /// <summary>Starts the hub, with the site's services and who may dial what.</summary>
    public void StartHub()
    {
        var config = Path.Combine(_folder, "hub.yaml");
        File.WriteAllText(config,
            $"""
            version: 1
            clients:
              - name: scada-1
                groups: [scada]
              - name: recorder-1
                groups: [recorder]
              - name: office-1
                groups: [office]
            services:
              - name: historian
                address: {PlantLayout.Historian.Address}:{PlantLayout.HistorianPort}
              - name: badge-server
                address: {PlantLayout.BadgeServer.Address}:{PlantLayout.BadgeServerPort}
            entitlements:
              - group: scada
                to: [plc-7/modbus, sorter-a/modbus]
              - group: recorder
                to: [camera-1/rtsp]
              - device: plc-7
                to: [historian]
              - device: badge-2
                to: [badge-server]
            """);
        Hub = _plant.Start(new ProcessSpec(
            "hub", _programs.Corridor, ["hub", "--state", HubState, "--site", PlantLayout.Site, "--listen", HubAddress, "--config", config])
        {
            Namespace = _plant.Host(PlantLayout.Hub), Restart = true, Environment = _programs.Environment,
        });
        Wait.Until(() => Ask("status").ExitCode == 0, "the hub answers");
    }

    public void StopHub()
    {
        if (Hub is { } hub)
            _plant.Stop(hub);
        Hub = null;
    }

    /// <summary>Asks the hub's operator tool.</summary>
    public ShellResult Ask(params IEnumerable<string> words) => Run(PlantLayout.Hub, [.. words, "--state", HubState]);

    /// <summary>A one-time token for a gateway or client.</summary>
    public string Token(string kind, string name)
    {
        var result = Ask("token", "new", kind, name, "-o", "json").Require($"a token for {name}");
        using var json = System.Text.Json.JsonDocument.Parse(result.Output);
        return json.RootElement.GetProperty("token").GetString()!;
    }

    /// <summary>Enrols a client on its own host; its key stays there.</summary>
    public void Enrol(PlantHost host, string name)
    {
        if (Directory.Exists(IdentityOf(name)))
            return;
        Run(host, "enrol", "--hub", HubAddress, "--ca", Authority, "--name", name, "--token", Token("--client", name), "--identity", IdentityOf(name))
            .Require($"enrolling {name}");
    }

    /// <summary>Listens on the host's loopback and carries each connection to a target in the fabric.</summary>
    public PlantProcess Dial(PlantHost host, string name, string target, int port) => _plant.Start(
        new ProcessSpec($"dial-{name}-{target.Replace('/', '-')}", _programs.Corridor,
            ["dial", target, "--listen", $"127.0.0.1:{port}", "--hub", HubAddress, "--identity", IdentityOf(name)])
        {
            Namespace = _plant.Host(host), Restart = true, Environment = _programs.Environment,
        });

    private string IdentityOf(string client) => Path.Combine(_folder, "clients", client);

    private ShellResult Run(PlantHost host, params IEnumerable<string> words)
    {
        var variables = _programs.Environment.Select(v => $"{v.Key}={v.Value}");
        return _plant.Host(host).Run("env", [.. variables, _programs.Corridor, .. words]);
    }
}
