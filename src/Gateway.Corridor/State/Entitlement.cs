using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;

namespace Gateway.Corridor.State;

internal enum CallerKind
{
    Client = 0,
    Group = 1,

    /// <summary>A device that dials.</summary>
    Device = 2,
}

/// <summary>Leave to dial: who, whom, which port. There is no other way through the hub.</summary>
/// <param name="From">What the caller is named by.</param>
/// <param name="Caller">Name of the client, group or device.</param>
/// <param name="Target">Name of a device, the beginning of names followed by <c>*</c>, or the name of a service.</param>
/// <param name="Port">TCP port of a device; 0 for a service, which has its own.</param>
/// <param name="Declared">From the configuration file.</param>
internal sealed record Entitlement(CallerKind From, string Caller, string Target, ushort Port, bool Declared)
{
    public bool IsForService => Port == CorridorWire.OwnPort;

    public bool HasTarget(string name) =>
        Target.EndsWith('*') ? name.StartsWith(Target[..^1], StringComparison.Ordinal) : Target == name;

    public bool HasCaller(IdentityRecord caller) => From switch
    {
        CallerKind.Client => caller.Kind == SpiffeKind.Client && caller.Name == Caller,
        CallerKind.Device => caller.Kind == SpiffeKind.Device && caller.Name == Caller,
        _ => caller.Groups.Contains(Caller) || caller.DeclaredGroups.Contains(Caller),
    };

    /// <summary>Same leave, wherever it came from.</summary>
    public bool SameAs(Entitlement other) => this with { Declared = other.Declared } == other;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{From switch { CallerKind.Client => "client", CallerKind.Group => "group", _ => "device" }} {Caller} -> {Target}{(IsForService ? "" : $":{Port}")}");

    /// <summary>Reads <c>client NAME</c>, <c>group NAME</c> or <c>device NAME</c>; a colon serves in place of the space.</summary>
    public static bool TryParseCaller(string text, out CallerKind kind, [NotNullWhen(true)] out string? name)
    {
        (kind, name) = (CallerKind.Client, null);
        if (text.Split((char[])[' ', ':'], 2, StringSplitOptions.TrimEntries) is not [var word, var rest] || SpiffeId.CheckName(rest) is not null)
            return false;
        (kind, name) = word switch
        {
            "client" => (CallerKind.Client, rest),
            "group" => (CallerKind.Group, rest),
            "device" => (CallerKind.Device, rest),
            _ => (CallerKind.Client, null),
        };
        return name is not null;
    }

    /// <summary>True for a name, or for the beginning of names followed by <c>*</c>. A bare <c>*</c> is no beginning: it would name
    /// every device that is ever enrolled.</summary>
    public static bool IsTarget(string text) => SpiffeId.CheckName(text.EndsWith('*') ? text[..^1].TrimEnd('-') : text) is null;
}
