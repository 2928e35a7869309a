using System.Collections.Immutable;
using Gateway.Core.Net;

namespace Gateway.Core.Devices;

/// <summary>What can happen to a device. Commands come from people, except <see cref="BindingBroke"/>, which comes from the dataplane.</summary>
public abstract record DeviceCommand(DateTimeOffset At, string By);

public sealed record NameDevice(
    DateTimeOffset At, string By, string Name, DeviceKind Kind, ImmutableSortedDictionary<string, string> Labels,
    string Place, string EquipmentNumber, string Keeper) : DeviceCommand(At, By);

public sealed record ApproveDevice(DateTimeOffset At, string By, Binding Binding, string Fabric) : DeviceCommand(At, By);

public sealed record BindingBroke(DateTimeOffset At, string By, BindingBreak Break) : DeviceCommand(At, By);

/// <summary>A person says that what stands there now is right: the original is back (the binding stays), or the same device has a
/// new board or address (the binding is replaced).</summary>
public sealed record ConfirmBinding(DateTimeOffset At, string By, Binding Binding) : DeviceCommand(At, By);

public sealed record CutOffDevice(DateTimeOffset At, string By) : DeviceCommand(At, By);

public sealed record RestoreDevice(DateTimeOffset At, string By) : DeviceCommand(At, By);

public sealed record RetireDevice(DateTimeOffset At, string By) : DeviceCommand(At, By);

/// <param name="Device">The next device; the same one when refused.</param>
/// <param name="Refusal">Why not, naming state and command; null when it was done.</param>
public readonly record struct LifeResult(Device Device, string? Refusal)
{
    public bool Done => Refusal is null;
}

/// <summary>The device's life as a pure function: state and command in, next state or refusal out.</summary>
public static class DeviceLife
{
    /// <summary>Fewest letters of a name; people find a device by it.</summary>
    public const int LeastNameLength = 3;

    /// <summary>Longest name: it is one label of the SPIFFE path and of the fabric's service name.</summary>
    public const int MaxNameLength = 48;

    /// <summary>Under this and its id a device that has no name yet stands in compiled policies.</summary>
    public const string UnnamedPrefix = "new--";

    public static Device Found(string id, string link, MacAddress mac, Ipv4Address segmentAddress, DateTimeOffset at) => new()
    {
        Id = id,
        State = DeviceState.New,
        Link = link,
        Mac = mac,
        SegmentAddress = segmentAddress,
        FoundAt = at,
        StateSince = at,
    };

    public static LifeResult Apply(Device device, DeviceCommand command) => command switch
    {
        NameDevice name => Name(device, name),
        ApproveDevice approve => Approve(device, approve),
        BindingBroke broke => Break(device, broke),
        ConfirmBinding confirm => Confirm(device, confirm),
        CutOffDevice cut => CutOff(device, cut),
        RestoreDevice restore => Restore(device, restore),
        RetireDevice retire => Retire(device, retire),
        _ => throw new ArgumentException($"no such command: {command.GetType().Name}", nameof(command)),
    };

    /// <summary>Null when the text can be a device's name, else what is wrong and what would be right. Other things of a site are named
    /// by the same rule with other lengths.</summary>
    public static string? CheckName(string name, int leastLength = LeastNameLength, int maxLength = MaxNameLength)
    {
        if (name.Length < leastLength || name.Length > maxLength)
            return $"a name has {leastLength} to {maxLength} characters; this one has {name.Length}";
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
                return $"'{c}' cannot stand in the name '{name}'; use lower-case letters, digits and hyphens, for example plc-7";
        }
        return char.IsAsciiLetterLower(name[0]) && name[^1] != '-'
            ? null
            : $"'{name}' must begin with a letter and end with a letter or digit, for example plc-7";
    }

    private static LifeResult Name(Device device, NameDevice command)
    {
        if (device.State == DeviceState.Retired)
            return Refuse(device, command);
        if (CheckName(command.Name) is { } wrong)
            return new LifeResult(device, wrong);
        if (command.Name.StartsWith(UnnamedPrefix, StringComparison.Ordinal))
            return new LifeResult(device, $"names that begin with {UnnamedPrefix} stand for devices without one; choose another");
        return new LifeResult(device with
        {
            Name = command.Name,
            Kind = command.Kind,
            Labels = command.Labels,
            Place = command.Place,
            EquipmentNumber = command.EquipmentNumber,
            Keeper = command.Keeper,
            State = device.State == DeviceState.New ? DeviceState.Named : device.State,
            StateSince = device.State == DeviceState.New ? command.At : device.StateSince,
        }, null);
    }

    private static LifeResult Approve(Device device, ApproveDevice command)
    {
        if (device.State is not (DeviceState.Named or DeviceState.Protected))
            return Refuse(device, command);
        if (command.Binding.Mac != device.Mac)
            return new LifeResult(device, $"the binding names {command.Binding.Mac}, but {device.Name} was found as {device.Mac}");
        return new LifeResult(Enter(device, DeviceState.Protected, command) with
        {
            Binding = command.Binding,
            Fabric = command.Fabric,
            Break = null,
        }, null);
    }

    private static LifeResult Break(Device device, BindingBroke command) => device.State == DeviceState.Protected
        ? new LifeResult(Enter(device, DeviceState.Changed, command) with { Break = command.Break }, null)
        : Refuse(device, command);

    private static LifeResult Confirm(Device device, ConfirmBinding command) => device.State == DeviceState.Changed
        ? new LifeResult(Enter(device, DeviceState.Protected, command) with
        {
            Binding = command.Binding,
            Mac = command.Binding.Mac,
            Break = null,
        }, null)
        : Refuse(device, command);

    private static LifeResult CutOff(Device device, CutOffDevice command) => device.State is DeviceState.CutOff or DeviceState.Retired
        ? Refuse(device, command)
        : new LifeResult(Enter(device, DeviceState.CutOff, command) with { StateBeforeCutOff = device.State }, null);

    private static LifeResult Restore(Device device, RestoreDevice command) => device.State == DeviceState.CutOff
        ? new LifeResult(Enter(device, device.StateBeforeCutOff, command), null)
        : Refuse(device, command);

    private static LifeResult Retire(Device device, RetireDevice command) => device.State == DeviceState.Retired
        ? Refuse(device, command)
        : new LifeResult(Enter(device, DeviceState.Retired, command), null);

    private static Device Enter(Device device, DeviceState state, DeviceCommand command) =>
        device with { State = state, StateSince = command.At };

    private static LifeResult Refuse(Device device, DeviceCommand command) =>
        new(device, $"{(device.Name.Length > 0 ? device.Name : device.Id)} is {device.State}; {command.GetType().Name} cannot follow");
}
