using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Gateway.Core.Devices;
using Gateway.Core.Net;
using Gateway.Core.Policy;

namespace Gateway.Core.State;

/// <summary>One decision in the state journal. Entries are never changed or removed, so a field once written is read for ever: new ones
/// are added with defaults.</summary>
/// <param name="At">When.</param>
/// <param name="By">Who: an account, <c>local root</c>, or <c>gateway</c>.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "entry")]
[JsonDerivedType(typeof(SiteImported), "site-imported")]
[JsonDerivedType(typeof(DeviceFound), "device-found")]
[JsonDerivedType(typeof(DeviceNamed), "device-named")]
[JsonDerivedType(typeof(DeviceApproved), "device-approved")]
[JsonDerivedType(typeof(DeviceBindingBroke), "device-binding-broke")]
[JsonDerivedType(typeof(DeviceBindingConfirmed), "device-binding-confirmed")]
[JsonDerivedType(typeof(DeviceCutOff), "device-cut-off")]
[JsonDerivedType(typeof(DeviceRestored), "device-restored")]
[JsonDerivedType(typeof(DeviceRetired), "device-retired")]
[JsonDerivedType(typeof(GrantsAdded), "grants-added")]
[JsonDerivedType(typeof(GrantRemoved), "grant-removed")]
[JsonDerivedType(typeof(PolicyReplaced), "policy-replaced")]
[JsonDerivedType(typeof(AccountAdded), "account-added")]
[JsonDerivedType(typeof(IdentityIssued), "identity-issued")]
[JsonDerivedType(typeof(IdentityDestroyed), "identity-destroyed")]
public abstract record StateEntry(DateTimeOffset At, string By);

/// <summary>The site file of the first start: what an engineer wrote counts as approved by the engineer.</summary>
public sealed record SiteImported(
    DateTimeOffset At, string By, ImmutableArray<Device> Devices, ImmutableArray<PeerSpec> Peers, ImmutableArray<ServiceSpec> Services,
    ImmutableArray<CallerSpec> Callers, ImmutableArray<GrantSpec> Grants) : StateEntry(At, By);

public sealed record DeviceFound(DateTimeOffset At, string By, string DeviceId, string Link, MacAddress Mac, Ipv4Address SegmentAddress)
    : StateEntry(At, By);

public sealed record DeviceNamed(
    DateTimeOffset At, string By, string DeviceId, string Name, DeviceKind Kind, ImmutableSortedDictionary<string, string> Labels,
    string Place, string EquipmentNumber, string Keeper) : StateEntry(At, By);

/// <summary>Bound and allowed, in one decision.</summary>
public sealed record DeviceApproved(DateTimeOffset At, string By, string DeviceId, Binding Binding, string Fabric, PolicyAddition Addition)
    : StateEntry(At, By);

public sealed record DeviceBindingBroke(DateTimeOffset At, string By, string DeviceId, BindingBreak Break) : StateEntry(At, By);

public sealed record DeviceBindingConfirmed(DateTimeOffset At, string By, string DeviceId, Binding Binding) : StateEntry(At, By);

public sealed record DeviceCutOff(DateTimeOffset At, string By, string DeviceId) : StateEntry(At, By);

public sealed record DeviceRestored(DateTimeOffset At, string By, string DeviceId) : StateEntry(At, By);

public sealed record DeviceRetired(DateTimeOffset At, string By, string DeviceId) : StateEntry(At, By);

public sealed record GrantsAdded(DateTimeOffset At, string By, PolicyAddition Addition) : StateEntry(At, By);

public sealed record GrantRemoved(DateTimeOffset At, string By, string Grant) : StateEntry(At, By);

/// <summary>A whole policy document took the place of the old one; devices keep their bindings, labels may change.</summary>
public sealed record PolicyReplaced(
    DateTimeOffset At, string By, ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>> Labels,
    ImmutableArray<PeerSpec> Peers, ImmutableArray<ServiceSpec> Services, ImmutableArray<CallerSpec> Callers,
    ImmutableArray<GrantSpec> Grants) : StateEntry(At, By);

public sealed record AccountAdded(DateTimeOffset At, string By, Account Account) : StateEntry(At, By);

public sealed record IdentityIssued(DateTimeOffset At, string By, string DeviceId, IssuedIdentity Identity) : StateEntry(At, By);

public sealed record IdentityDestroyed(DateTimeOffset At, string By, string DeviceId) : StateEntry(At, By);

/// <summary>Grants with the callers and services they speak of, as far as those are not known yet.</summary>
public sealed record PolicyAddition(ImmutableArray<GrantSpec> Grants, ImmutableArray<CallerSpec> Callers, ImmutableArray<ServiceSpec> Services)
{
    public static PolicyAddition None { get; } = new([], [], []);
}
