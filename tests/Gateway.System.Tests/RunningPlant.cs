using System.Net;
using System.Net.Sockets;
using Gateway.Core.Api;
using Gateway.Plant;

namespace Gateway.SystemTests;

/// <summary>A plant of its own for one class of tests, with real processes. It is built when first used, so that a machine that cannot
/// build one skips the tests by name.</summary>
public sealed class RunningPlant : IDisposable
{
    private static int _count;
    private PlantSite? _site;
    private BoxClient? _api;

    public PlantSite Site => _site ?? throw new InvalidOperationException("call Start first");

    public Plant.Plant Plant => Site.Plant;

    public GatewayBox Box => Site.Box;

    public BoxClient Api => _api ??= new BoxClient(Box.ApiSocket);

    /// <summary>Builds the plant, once.</summary>
    /// <param name="plugIn">Whether the devices stand at their sockets.</param>
    /// <param name="site">Site file; null for one in which nothing is approved.</param>
    /// <param name="serviceDiskMegabytes">Size of a disk of its own for the service's state; 0 for none.</param>
    public void Start(bool plugIn = true, string? site = null, int serviceDiskMegabytes = 0)
    {
        Need.Root();
        Need.Command("ip", "iproute2");
        Need.Command("nft", "nftables");
        Need.Command("mbpoll", "mbpoll");
        Need.Command("influxd", "influxdb");
        Need.Command("nmap", "nmap");
        if (_site is not null)
            return;
        // Names of interfaces and namespaces are short; a machine may run several plants.
        var prefix = $"t{Environment.ProcessId % 10_000}{(char)('a' + Interlocked.Increment(ref _count))}";
        var root = Need.ProjectRoot();
        _site = PlantSite.Start(
            new PlantOptions(
                prefix, Path.Combine("/var/lib", $"gateway-{prefix}"), Path.Combine(root, "artifacts", "bin"),
                Path.Combine(root, "image", "tree"), FreePort(), site, serviceDiskMegabytes),
            _ => { });
        if (plugIn)
            _site.PlugIn(_ => { });
    }

    /// <summary>Waits until each of the given sockets shows a new device.</summary>
    public Task UntilFoundAsync(params int[] sockets) => Until.TrueAsync(
        async () => sockets.All((await Api.DevicesAsync()).Where(d => d.Address.Length > 0).Select(d => d.Socket).Contains), "devices are found", 30);

    /// <summary>Sets a device up as a person does: names it, waits until everything wanted is proposed, approves.</summary>
    /// <param name="socket">Socket.</param>
    /// <param name="name">Name.</param>
    /// <param name="kind">Kind.</param>
    /// <param name="wanted">Ids of proposals.</param>
    public async Task<DeviceDetail> SetUpAsync(int socket, string name, string kind, params IReadOnlyList<string> wanted)
    {
        await UntilFoundAsync(socket);
        var found = (await Api.DevicesAsync()).Single(d => d.Socket == socket && d.State is "new" or "named");
        await Api.PutAsync<DeviceDetail>($"devices/{found.Id}/name", new { name, kind });
        // What it may do is also proposed from what it tried, and that takes a moment.
        await Until.TrueAsync(
            async () => wanted.All((await Api.GetAsync<IReadOnlyList<ProposalView>>($"devices/{found.Id}/proposals")).Select(p => p.Id).Contains),
            $"{string.Join(" and ", wanted)} proposed for {name}", 40);
        return await Api.ApproveAsync(await Api.DeviceAsync(found.Id), wanted);
    }

    public Task UntilConnectorAsync(string id, string state, int seconds = 30) => Until.TrueAsync(
        async () => (await Api.DeviceAsync(id)).Identity?.ConnectorState == state, $"the connector is {state}", seconds);

    /// <summary>The log is written behind the event.</summary>
    public Task UntilLoggedAsync(string kind) => Until.TrueAsync(async () => (await Api.LogAsync(kind)).Count > 0, $"the log tells of {kind}", 15);

    public void Dispose()
    {
        _api?.Dispose();
        if (_site is null)
            return;
        var kept = Path.Combine(Need.ProjectRoot(), "artifacts", "logs", _site.Plant.Prefix);
        Directory.CreateDirectory(kept);
        foreach (var log in Directory.EnumerateFiles(_site.Plant.LogFolder))
            File.Copy(log, Path.Combine(kept, Path.GetFileName(log)), overwrite: true);
        _site.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
