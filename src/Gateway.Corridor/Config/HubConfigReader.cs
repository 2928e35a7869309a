using System.Collections.Immutable;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Corridor.Authority;
using Gateway.Corridor.Client;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Config;

/// <summary>Reads a hub's configuration file; <c>docs/corridor.md</c> shows one. Every error is reported, each with line, field, value
/// and cure; a file with one error changes nothing.</summary>
internal static class HubConfigReader
{
    public const int FormatVersion = 1;

    /// <summary>10,000 entitlements of 80 bytes.</summary>
    private const int MaxFileBytes = 1 << 20;

    /// <exception cref="HubStartException">The file cannot be read or holds errors.</exception>
    public static HubConfig Read(string path, string site)
    {
        try
        {
            var length = new FileInfo(path).Length;
            if (length > MaxFileBytes)
                throw new HubStartException($"{path} has {length} bytes; at most {MaxFileBytes} are read");
            return Parse(File.ReadAllText(path), Path.GetFileName(path), site);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HubStartException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <exception cref="HubStartException">The text holds errors.</exception>
    public static HubConfig Parse(string text, string file, string site)
    {
        var errors = new List<string>();
        var config = ConfigText.Load(text, errors) is { } root ? Read(ConfigNode.Root(root, errors), site) : null;
        return errors.Count == 0 && config is not null
            ? config
            : throw new HubStartException(string.Join('\n', errors.Select(error => $"{file}: {error}")));
    }

    private static HubConfig? Read(ConfigNode root, string site)
    {
        if (!root.IsMapOf("version", "site", "lifetimes", "clients", "services", "entitlements"))
            return null;
        if (root["version"].Checked(text => text == "1" ? null : $"this program reads version {FormatVersion}") is null)
            return null;
        if (root["site"].IsThere)
            root["site"].Checked(text => text == site ? null : $"the hub was started with --site {site}; make the two agree");
        return new HubConfig(ReadLifetimes(root["lifetimes"]), ReadClients(root["clients"]), ReadServices(root["services"]), ReadEntitlements(root["entitlements"]));
    }

    private static Lifetimes ReadLifetimes(ConfigNode node)
    {
        var defaults = new Lifetimes();
        if (!node.IsThere || !node.IsMapOf("devices", "clients", "gateways"))
            return defaults;
        return new Lifetimes
        {
            Devices = ReadLife(node["devices"], defaults.Devices),
            Clients = ReadLife(node["clients"], defaults.Clients),
            Gateways = ReadLife(node["gateways"], defaults.Gateways),
        };
    }

    private static TimeSpan ReadLife(ConfigNode node, TimeSpan otherwise)
    {
        if (!node.IsThere)
            return otherwise;
        if (Durations.TryParse(node.Text(), out var life) && life >= Lifetimes.Shortest && life <= Lifetimes.Longest)
            return life;
        node.Wrong("a certificate lives 24h to 30d; write for example 7d");
        return otherwise;
    }

    private static ImmutableSortedDictionary<string, ImmutableArray<string>> ReadClients(ConfigNode list)
    {
        var clients = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        foreach (var node in list.Items())
        {
            if (!node.IsMapOf("name", "groups") || node["name"].Checked(SpiffeId.CheckName) is not { } name)
                continue;
            ImmutableArray<string> groups = [.. node["groups"].Items().Select(group => group.Checked(SpiffeId.CheckName)).OfType<string>()];
            if (groups.Length > CorridorWireDoor.MaxGroups)
                node["groups"].Wrong($"{groups.Length} groups; at most {CorridorWireDoor.MaxGroups}");
            else if (!clients.TryAdd(name, groups))
                node["name"].Wrong("stands twice; a client stands once with all its groups");
        }
        return clients.ToImmutable();
    }

    private static ImmutableArray<ServiceRecord> ReadServices(ConfigNode list)
    {
        var services = ImmutableArray.CreateBuilder<ServiceRecord>();
        foreach (var node in list.Items())
        {
            if (!node.IsMapOf("name", "address") || node["name"].Checked(SpiffeId.CheckName) is not { } name)
                continue;
            if (!CorridorEndpoint.TryParse(node["address"].Text(), out var address))
                node["address"].Wrong("write HOST:PORT, for example 10.20.0.40:5432");
            else if (services.Any(other => other.Name == name))
                node["name"].Wrong("stands twice; each service has a name of its own");
            else
                services.Add(new ServiceRecord(name, address.Host, address.Port, Declared: true));
        }
        return services.ToImmutable();
    }

    private static ImmutableArray<Entitlement> ReadEntitlements(ConfigNode list)
    {
        var leaves = ImmutableArray.CreateBuilder<Entitlement>();
        foreach (var node in list.Items())
        {
            if (!node.IsMapOf("client", "group", "device", "to"))
                continue;
            var callers = Enum.GetValues<CallerKind>().Where(kind => node[kind.ToString().ToLowerInvariant()].IsThere).ToList();
            if (callers is not [var from])
                node.Wrong("names none or several of client, group, device; write exactly one");
            else if (node[from.ToString().ToLowerInvariant()].Checked(SpiffeId.CheckName) is { } caller)
                ReadTargets(node["to"], from, caller, leaves);
        }
        return leaves.ToImmutable();
    }

    private static void ReadTargets(ConfigNode to, CallerKind from, string caller, ImmutableArray<Entitlement>.Builder leaves)
    {
        if (!to.IsThere)
            to.Wrong("is missing; write a list such as [plc-7/modbus]");
        foreach (var node in to.Items())
        {
            var leave = EntitlementReader.Read(from, caller, node.Text(), declared: true, out var wrong);
            if (leave is null)
                node.Wrong(wrong!);
            else if (!leaves.Any(leave.SameAs))
                leaves.Add(leave);
        }
    }
}
