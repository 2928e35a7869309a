using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Gateway.Core.Discovery;

/// <summary>All that was seen of one device. Immutable; <see cref="With"/> makes the next one.</summary>
/// <param name="Evidence">By attribute, then the most believed and latest first.</param>
/// <param name="Forgotten">Values that had to make room for newer ones, since the device was found.</param>
public sealed record Fingerprint(ImmutableArray<Evidence> Evidence, long Forgotten)
{
    public static Fingerprint Empty { get; } = new([], 0);

    /// <summary>Merges one observation: a known value is counted, a new one is added, and where there are too many the one that was not
    /// seen for longest goes.</summary>
    public Fingerprint With(Observation seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        var value = seen.Value.Length > Observation.MaxValueLength ? seen.Value[..Observation.MaxValueLength] : seen.Value;
        for (var i = 0; i < Evidence.Length; i++)
        {
            var known = Evidence[i];
            if (known.Attribute == seen.Attribute && known.Source == seen.Source && known.Value == value)
                return this with { Evidence = Sort(Evidence.SetItem(i, Again(known, seen.At))) };
        }
        var confidence = SourceTrust.Of(seen.Source, seen.Attribute);
        var added = Evidence.Add(new Evidence(seen.Attribute, value, seen.Source, confidence, seen.At, seen.At, 1));
        if (added.Count(e => e.Attribute == seen.Attribute) <= EvidenceLimits.ValuesOf(seen.Attribute))
            return this with { Evidence = Sort(added) };
        var oldest = added.Where(e => e.Attribute == seen.Attribute).MinBy(e => e.LastSeen)!;
        return new Fingerprint(Sort(added.Remove(oldest)), Forgotten + 1);
    }

    /// <summary>The value to show and to reckon with: the most believed, among equals the latest; null when nothing is known.</summary>
    public Evidence? Best(EvidenceAttribute attribute) => Evidence.FirstOrDefault(e => e.Attribute == attribute);

    /// <summary>All values of an attribute, the best first.</summary>
    public IEnumerable<Evidence> All(EvidenceAttribute attribute) => Evidence.Where(e => e.Attribute == attribute);

    /// <summary>True when something else is said of the same attribute at the same time: by another source, or by the same one in turns.
    /// A value that one source gave up for another is a change and no conflict.</summary>
    public bool IsDisputed(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return !EvidenceLimits.MayHaveMany(evidence.Attribute) && IsCurrent(evidence)
            && All(evidence.Attribute).Any(other => !SameValue.Holds(evidence.Attribute, evidence.Value, other.Value)
                && (other.Source == evidence.Source ? Overlap(other, evidence) : IsCurrent(other)));
    }

    /// <summary>Attributes of which sources disagree.</summary>
    [JsonIgnore]
    public IEnumerable<EvidenceAttribute> Disputed => Evidence.Where(IsDisputed).Select(e => e.Attribute).Distinct();

    public bool Equals(Fingerprint? other) =>
        other is not null && Forgotten == other.Forgotten && Evidence.AsSpan().SequenceEqual(other.Evidence.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Evidence.Length, Forgotten);

    /// <summary>False for a value that the same source has since given up for another.</summary>
    private bool IsCurrent(Evidence evidence) => !All(evidence.Attribute).Any(other =>
        other.Source == evidence.Source && other.Value != evidence.Value && other.FirstSeen > evidence.LastSeen);

    private static bool Overlap(Evidence a, Evidence b) => a.FirstSeen <= b.LastSeen && b.FirstSeen <= a.LastSeen;

    private static Evidence Again(Evidence known, DateTimeOffset at) => known with
    {
        FirstSeen = at < known.FirstSeen ? at : known.FirstSeen,
        LastSeen = at > known.LastSeen ? at : known.LastSeen,
        Count = known.Count + 1,
    };

    private static ImmutableArray<Evidence> Sort(ImmutableArray<Evidence> evidence) => evidence.Sort(static (a, b) =>
    {
        var order = a.Attribute.CompareTo(b.Attribute);
        if (order == 0)
            order = b.Confidence.CompareTo(a.Confidence);
        if (order == 0)
            order = b.LastSeen.CompareTo(a.LastSeen);
        if (order == 0)
            order = a.Source.CompareTo(b.Source);
        return order != 0 ? order : string.CompareOrdinal(a.Value, b.Value);
    });
}
