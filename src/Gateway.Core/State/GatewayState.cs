using System.Collections.Immutable;
using Gateway.Core.Devices;
using Gateway.Core.Net;
using Gateway.Core.Policy;

namespace Gateway.Core.State;

/// <summary>Everything that was decided: the fold of the state journal. Immutable.</summary>
public sealed record GatewayState
{
    public static GatewayState Empty { get; } = new();

    /// <summary>Whether the site file was taken over once; later ones bring links and fabrics only.</summary>
    public bool Imported { get; init; }

    /// <summary>Devices by id, retired ones included.</summary>
    public ImmutableSortedDictionary<string, Device> Devices { get; init; } = ImmutableSortedDictionary.Create<string, Device>(StringComparer.Ordinal);

    public ImmutableArray<PeerSpec> Peers { get; init; } = [];

    public ImmutableArray<ServiceSpec> Services { get; init; } = [];

    public ImmutableArray<CallerSpec> Callers { get; init; } = [];

    public ImmutableArray<GrantSpec> Grants { get; init; } = [];

    /// <summary>Accounts by name.</summary>
    public ImmutableSortedDictionary<string, Account> Accounts { get; init; } = ImmutableSortedDictionary.Create<string, Account>(StringComparer.Ordinal);

    /// <summary>Credential of each device that has one, by device id.</summary>
    public ImmutableSortedDictionary<string, IssuedIdentity> Identities { get; init; } =
        ImmutableSortedDictionary.Create<string, IssuedIdentity>(StringComparer.Ordinal);

    /// <summary>Claimed: the first account exists.</summary>
    public bool Claimed => Accounts.Count > 0;

    /// <summary>Devices that are not retired.</summary>
    public IEnumerable<Device> Present => Devices.Values.Where(d => d.State != DeviceState.Retired);

    public Device? DeviceByName(string name) => Present.FirstOrDefault(d => d.Name == name);

    /// <summary>The device of a link by its hardware address.</summary>
    public Device? DeviceAt(string link, MacAddress mac) => Present.FirstOrDefault(d => d.Link == link && d.Mac == mac);
}

/// <summary>Someone who may sign in.</summary>
/// <param name="Name">Name, 3 to 32 characters.</param>
/// <param name="Role">What they may do.</param>
/// <param name="PasswordHash">Salted hash, see <see cref="Passwords"/>.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record Account(string Name, Role Role, string PasswordHash, DateTimeOffset CreatedAt);

/// <summary>What a person may do. Cutting off is allowed to every one of them but the auditor.</summary>
public enum Role
{
    Auditor = 0,
    Operator = 1,
    Engineer = 2,
}

/// <summary>A credential that a fabric issued for a device.</summary>
/// <param name="Fabric">Fabric.</param>
/// <param name="SpiffeId">Identity in it.</param>
/// <param name="Fingerprint">SHA-256 of the certificate, lower-case hexadecimal.</param>
/// <param name="NotAfter">End of it.</param>
/// <param name="IssuedAt">When.</param>
public sealed record IssuedIdentity(string Fabric, string SpiffeId, string Fingerprint, DateTimeOffset NotAfter, DateTimeOffset IssuedAt);
