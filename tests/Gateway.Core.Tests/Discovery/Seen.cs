using Gateway.Core.Discovery;
using Gateway.Core.Net;

namespace Gateway.Core.Tests.Discovery;

/// <summary>Makes observations and fingerprints for tests: one minute apart, of one device.</summary>
internal static class Seen
{
    public static readonly DateTimeOffset Start = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);

    public static Observation At(int minute, ObservationSource source, EvidenceAttribute attribute, string value) =>
        new(Start.AddMinutes(minute), "socket-1", MacAddress.Parse("28:63:36:aa:10:2f"), source, attribute, value);

    public static Fingerprint Of(params (ObservationSource Source, EvidenceAttribute Attribute, string Value)[] seen)
    {
        var fingerprint = Fingerprint.Empty;
        for (var i = 0; i < seen.Length; i++)
            fingerprint = fingerprint.With(At(i, seen[i].Source, seen[i].Attribute, seen[i].Value));
        return fingerprint;
    }
}
