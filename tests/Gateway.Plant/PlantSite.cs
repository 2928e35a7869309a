namespace Gateway.Plant;

/// <summary>A whole plant in operation: network, devices, servers, fabric with its clients, and the gateway between them.</summary>
public sealed class PlantSite : IDisposable
{
    /// <summary>Port on the loopback of each client's host where its dial to the PLC of the walk listens.</summary>
    public const int DialPort = 5_020;

    /// <summary>Port on the recorder's loopback where its dial to the camera listens.</summary>
    public const int CameraDialPort = 5_540;

    private PlantSite(Plant plant, Programs programs, PlantOptions options)
    {
        Plant = plant;
        Fabric = new PlantFabric(plant, programs);
        Box = new GatewayBox(plant, programs, options.Image, options.WebPort);
    }

    public Plant Plant { get; }

    public PlantFabric Fabric { get; }

    public GatewayBox Box { get; }

    /// <summary>Builds the network and starts everything but devices: those are plugged in later, as in life.</summary>
    /// <param name="options">What to build, and where.</param>
    /// <param name="tell">Told what happens.</param>
    public static PlantSite Start(PlantOptions options, Action<string> tell)
    {
        tell("network: a box with 8 sockets, a switch, 7 hosts");
        var plant = Plant.Build(options.Prefix, options.Folder);
        try
        {
            var site = new PlantSite(plant, Programs.Take(options.Built, options.Folder), options);
            site.StartServers(tell);
            tell("gateway: dataplane, service, web");
            site.Box.Prepare(options.Site ?? GatewayBox.DefaultSite(), site.Fabric);
            if (options.ServiceDiskMegabytes > 0)
                site.Box.MountServiceDisk(options.ServiceDiskMegabytes);
            site.Box.StartAll();
            Wait.Until(() => site.Box.ServiceAnswers, $"the service answers; its log is {plant.LogFolder}/service.log");
            site.StartClients(tell);
            Wait.Until(() => site.Box.WebAnswers, $"the web pages answer; their log is {plant.LogFolder}/web.log");
            return site;
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException or IOException)
        {
            var logs = plant.LogTails();
            plant.Dispose();
            throw new InvalidOperationException($"{e.Message}{Environment.NewLine}{logs}", e);
        }
    }

    /// <summary>Switches the devices on and plugs them into the sockets they stand at.</summary>
    public void PlugIn(Action<string> tell)
    {
        foreach (var device in PlantLayout.Devices)
            Plant.SwitchOn(device);
        foreach (var (socket, device) in PlantLayout.AtStart)
        {
            tell($"socket {socket}: {device.Name}");
            Plant.Plug(device, socket);
        }
    }

    public void Dispose() => Plant.Dispose();

    private void StartServers(Action<string> tell)
    {
        tell("fabric: the corridor's hub");
        Fabric.StartHub();
        tell("servers: historian (InfluxDB), badge server (TLS)");
        PlantServices.StartHistorian(Plant);
        PlantServices.StartBadgeServer(Plant);
    }

    private void StartClients(Action<string> tell)
    {
        tell("clients: scada-1, recorder-1, office-1, each with a certificate of its own");
        Fabric.Enrol(PlantLayout.Scada, "scada-1");
        Fabric.Enrol(PlantLayout.Recorder, "recorder-1");
        Fabric.Enrol(PlantLayout.Office, "office-1");
        Fabric.Dial(PlantLayout.Scada, "scada-1", "plc-7/modbus", DialPort);
        Fabric.Dial(PlantLayout.Office, "office-1", "plc-7/modbus", DialPort);
        Fabric.Dial(PlantLayout.Recorder, "recorder-1", "camera-1/rtsp", CameraDialPort);
    }
}

/// <summary>What to build.</summary>
/// <param name="Prefix">Begins the name of every namespace; at most 6 letters.</param>
/// <param name="Folder">Logs, state, sockets: everything a plant writes, and gone with it.</param>
/// <param name="Built">The build's folder of outputs, <c>artifacts/bin</c>.</param>
/// <param name="Image">The appliance's tree of files, <c>image/tree</c>.</param>
/// <param name="WebPort">Port of the pages on this machine's loopback.</param>
/// <param name="Site">Site file; null for one in which nothing is approved.</param>
/// <param name="ServiceDiskMegabytes">Size of a disk of its own for the service's state; 0 for none.</param>
public sealed record PlantOptions(
    string Prefix, string Folder, string Built, string Image, int WebPort, string? Site = null, int ServiceDiskMegabytes = 0)
{
    /// <summary>The plant that <c>./run</c> starts.</summary>
    public const string RunPrefix = "plant";

    /// <summary>Where it keeps things: a disk that may hold programs, unlike /run.</summary>
    public const string RunFolder = "/var/lib/gateway-plant";
}
