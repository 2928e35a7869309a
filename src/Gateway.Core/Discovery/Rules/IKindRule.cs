using Gateway.Core.Devices;

namespace Gateway.Core.Discovery.Rules;

/// <summary>One way to tell what a device is.</summary>
internal interface IKindRule
{
    /// <summary>Key of its reasons.</summary>
    string Key { get; }

    /// <summary>What it finds; nothing when it cannot tell.</summary>
    IEnumerable<Clue> Look(Fingerprint seen);
}

/// <param name="Kind">Kind it speaks for.</param>
/// <param name="Points">How surely, 1 to 100, were it the only clue.</param>
/// <param name="Value">Value it was found in, as the device gave it.</param>
internal readonly record struct Clue(DeviceKind Kind, int Points, string Value);
