using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Gateway.Core.Identity;

namespace Gateway.Core.Fabric;

/// <summary>What can be dialled, as people write it: <c>plc-7/modbus</c>, <c>plc-7:502</c>, or the name of a service.</summary>
/// <param name="Name">Name of a device or service.</param>
/// <param name="Port">TCP port of a device; <see cref="CorridorWire.OwnPort"/> for a service.</param>
public readonly record struct DialTarget(string Name, ushort Port)
{
    public bool IsService => Port == CorridorWire.OwnPort;

    public static bool TryParse(string text, out DialTarget target, [NotNullWhen(false)] out string? wrong) =>
        TryParse(text, SpiffeId.CheckName, out target, out wrong);

    /// <summary>Reads with another rule for the name, for texts that may name many.</summary>
    /// <param name="text">Text.</param>
    /// <param name="checkName">Null when the name is right, else what is wrong.</param>
    /// <param name="target">The target.</param>
    /// <param name="wrong">What is wrong and what would be right.</param>
    public static bool TryParse(string text, Func<string, string?> checkName, out DialTarget target, [NotNullWhen(false)] out string? wrong)
    {
        target = default;
        var cut = text.IndexOfAny([':', '/']);
        var name = cut < 0 ? text : text[..cut];
        var port = CorridorWire.OwnPort;
        wrong = checkName(name);
        if (wrong is null && cut >= 0 && !PortNames.TryParse(text.AsSpan(cut + 1), out port))
            wrong = $"'{text[(cut + 1)..]}' is no port; use a number from 1 to 65535 or one of {PortNames.List}";
        if (wrong is null)
            target = new DialTarget(name, port);
        return wrong is null;
    }

    public override string ToString() => IsService ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}:{Port}");
}
