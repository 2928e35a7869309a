using System.Collections.Immutable;
using Gateway.Core.Identity;
using Gateway.Corridor.Authority;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Config;

/// <summary>What a configuration file declares. It takes the place of what the last file declared; what operators added stays.</summary>
/// <param name="Lifetimes">How long certificates live.</param>
/// <param name="Clients">Groups by client.</param>
/// <param name="Services">Services.</param>
/// <param name="Entitlements">Entitlements.</param>
internal sealed record HubConfig(
    Lifetimes Lifetimes, ImmutableSortedDictionary<string, ImmutableArray<string>> Clients, ImmutableArray<ServiceRecord> Services,
    ImmutableArray<Entitlement> Entitlements)
{
    /// <exception cref="HubStartException">A service has the name of a device.</exception>
    public HubState ApplyTo(HubState state)
    {
        foreach (var service in Services)
        {
            if (state.Device(service.Name) is { } device)
                throw new HubStartException($"services: the name {service.Name} belongs to the device {device.Id}; name the service otherwise");
        }
        var identities = state.Identities.Values.Select(identity => identity with { DeclaredGroups = [] })
            .ToImmutableSortedDictionary(identity => identity.Id, identity => identity, StringComparer.Ordinal);
        foreach (var (name, groups) in Clients)
        {
            var id = SpiffeId.ForClient(state.Site, name);
            var identity = identities.GetValueOrDefault(id.ToString()) ?? IdentityRecord.New(id);
            identities = identities.SetItem(identity.Id, identity with { DeclaredGroups = groups });
        }
        var kept = state.Services.Values.Where(service => !service.Declared).Concat(Services);
        var leaves = state.Entitlements.Where(leave => !leave.Declared && !Entitlements.Any(leave.SameAs));
        return state with
        {
            Identities = identities,
            Services = kept.GroupBy(service => service.Name)
                .ToImmutableSortedDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal),
            Entitlements = [.. leaves, .. Entitlements],
        };
    }
}
