using Gateway.Core.Api;
using Gateway.Core.Fabric;
using Gateway.Core.Policy;
using Gateway.Corridor.Client;
using Gateway.Service.Fabrics.Corridor;
using Gateway.Service.Hosting;
using Gateway.Service.Records;
using Gateway.Service.State;

namespace Gateway.Service.Fabrics;

/// <summary>Who and what a fabric offers, in words that do not depend on its kind.</summary>
/// <param name="Entitlements">Who may already dial devices, as the fabric sees it.</param>
/// <param name="Groups">Groups of callers.</param>
/// <param name="Services">Services that devices may dial.</param>
internal sealed record FabricDirectory(
    IReadOnlyList<DirectoryEntitlement> Entitlements, IReadOnlyList<string> Groups, IReadOnlyList<DirectoryService> Services)
{
    public static FabricDirectory Empty { get; } = new([], [], []);
}

/// <summary>The fabrics of the site, joined and watched.</summary>
internal sealed class FabricSet : BackgroundService
{
    private readonly Dictionary<string, (CorridorFabric Fabric, CorridorMembership Membership)> _fabrics = [];
    private readonly RecordLog _log;

    /// <summary>Fabrics that were connected once since start.</summary>
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, bool> _joined = new();

    /// <exception cref="InvalidDataException">The site file names a kind of fabric or a hub address that cannot be.</exception>
    public FabricSet(SiteContext site, ServiceFolders folders, RecordLog log, ServiceParts parts, ILoggerFactory loggers)
    {
        _log = log;
        var time = parts.Time;
        foreach (var spec in site.Document.Fabrics)
        {
            var settings = Read(spec, site);
            var options = parts.Corridor with { Time = time };
            var fabric = new CorridorFabric(settings, Path.Combine(folders.State, "fabrics", spec.Name), options, loggers);
            _fabrics.Add(spec.Name, (fabric, new CorridorMembership(fabric, time, status => OnChanged(spec.Name, status))));
        }
    }

    /// <summary>Raised when the state towards a fabric has changed.</summary>
    public event Action? Changed;

    public IFabric? Find(string name) => _fabrics.TryGetValue(name, out var found) ? found.Fabric : null;

    /// <summary>The corridor of that name, for what only it has; null for none.</summary>
    public CorridorFabric? Corridor(string name) => _fabrics.TryGetValue(name, out var found) ? found.Fabric : null;

    public bool IsJoined(string name) => _fabrics.TryGetValue(name, out var found) && found.Membership.Status.State == MembershipStatus.Connected;

    public FabricDirectory DirectoryOf(string name) => _fabrics.TryGetValue(name, out var found) && found.Membership.Directory is { } directory
        ? new FabricDirectory(directory.Entitlements, directory.Groups, directory.Services)
        : FabricDirectory.Empty;

    public IReadOnlyList<FabricView> Views() =>
        [.. _fabrics.Select(f => new FabricView(f.Key, "corridor", f.Value.Membership.Status.State, f.Value.Membership.Status.Reason, f.Value.Membership.Status.Since))];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_fabrics.Values.Select(f => Task.Run(() => f.Membership.RunAsync(stoppingToken), stoppingToken)));

    private static CorridorSettings Read(FabricSpec spec, SiteContext site)
    {
        if (spec.Kind != "corridor")
            throw new InvalidDataException($"fabrics: kind '{spec.Kind}' of {spec.Name} is not known; this version knows: corridor");
        if (!CorridorEndpoint.TryParse(spec.Hub, out var hub))
            throw new InvalidDataException($"fabrics: hub '{spec.Hub}' of {spec.Name} is not HOST:PORT such as 10.20.0.10:8443");
        return new CorridorSettings(
            spec.Name, site.Document.Site, spec.Gateway.Length > 0 ? spec.Gateway : site.Document.Site, hub,
            Path.Combine(site.Folder, spec.Authority), spec.Token is { } token ? Path.Combine(site.Folder, token) : null);
    }

    private void OnChanged(string fabric, MembershipStatus status)
    {
        var values = new Dictionary<string, string> { ["fabric"] = fabric };
        if (status.Reason.Length > 0)
            values["reason"] = status.Reason;
        var connected = status.State == MembershipStatus.Connected;
        var kind = !connected ? LogKinds.FabricAway : _joined.TryAdd(fabric, true) ? LogKinds.FabricJoined : LogKinds.FabricBack;
        _log.Add(kind, connected ? LogSeverities.Info : LogSeverities.Notice, LogActors.Gateway, values: values);
        Changed?.Invoke();
    }
}
