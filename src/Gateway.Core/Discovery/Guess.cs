using System.Collections.Immutable;
using Gateway.Core.Devices;

namespace Gateway.Core.Discovery;

/// <summary>What a device most likely is.</summary>
/// <param name="Kind">Most likely kind; <see cref="DeviceKind.Other"/> when nothing speaks for one.</param>
/// <param name="Confidence">0 to <see cref="Classifier.MaxConfidence"/>; below 30 is "not sure".</param>
/// <param name="Reasons">Why, the strongest first, at most <see cref="Classifier.MaxReasons"/>.</param>
public sealed record Guess(DeviceKind Kind, int Confidence, ImmutableArray<GuessReason> Reasons)
{
    public static Guess Nothing { get; } = new(DeviceKind.Other, 0, []);

    public bool Equals(Guess? other) => other is not null && Kind == other.Kind && Confidence == other.Confidence
        && Reasons.AsSpan().SequenceEqual(other.Reasons.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Kind, Confidence, Reasons.Length);
}

/// <param name="Key">One of <see cref="ReasonKeys"/>; pages have a text for each.</param>
/// <param name="Value">Value for the text, as the device gave it.</param>
public sealed record GuessReason(string Key, string Value);

/// <summary>Keys of reasons. Each has a text in the pages, with the value in it.</summary>
public static class ReasonKeys
{
    /// <summary>Maker.</summary>
    public const string Vendor = "vendor";

    /// <summary>Model it names.</summary>
    public const string Model = "model";

    /// <summary>Words of its own description.</summary>
    public const string Description = "description";

    /// <summary>Host name.</summary>
    public const string HostName = "hostname";

    /// <summary>DHCP vendor class.</summary>
    public const string DhcpClass = "dhcp-class";

    /// <summary>Service type it announces.</summary>
    public const string AnnouncesService = "announces-service";

    /// <summary>Transport and port that it tries to reach.</summary>
    public const string Dials = "dials";

    /// <summary>What it says it does, by LLDP.</summary>
    public const string LldpCapabilities = "lldp-capabilities";

    public static ImmutableArray<string> All { get; } =
        [Vendor, Model, Description, HostName, DhcpClass, AnnouncesService, Dials, LldpCapabilities];
}
