using System.Collections.Immutable;

namespace Gateway.Core.Api;

/// <summary>What may wait for a person. The pages have a card for each.</summary>
public static class NeedKinds
{
    public const string NewDevice = "new-device";
    public const string ChangedDevice = "changed-device";
    public const string FabricAway = "fabric-away";
    public const string JournalFull = "journal-full";
    public const string DataplaneAway = "dataplane-away";
    public const string CertificateEnding = "certificate-ending";

    public static ImmutableArray<string> All { get; } = [NewDevice, ChangedDevice, FabricAway, JournalFull, DataplaneAway, CertificateEnding];
}
