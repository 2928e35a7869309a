using System.Collections.Immutable;
using Gateway.Core.Discovery.Rules;

namespace Gateway.Core.Discovery;

/// <summary>Guesses what a device is from what was seen of it, with reasons that a person can check. Deterministic, and never certain:
/// a person confirms.</summary>
public sealed class Classifier
{
    /// <summary>Highest confidence of any guess: everything here is the device's own word or a habit of its makers.</summary>
    public const int MaxConfidence = 95;

    /// <summary>Highest confidence when the maker is the only reason: makers make many things, and sell their addresses to others.</summary>
    public const int MaxFromVendorAlone = 50;

    /// <summary>Reasons told; more convince nobody.</summary>
    public const int MaxReasons = 4;

    /// <summary>Guesses below this are no guesses.</summary>
    private const int LeastConfidence = 10;

    private readonly ImmutableArray<IKindRule> _rules;

    public Classifier()
        : this(KindTable.BuiltIn)
    {
    }

    internal Classifier(KindTable table) => _rules =
    [
        new ModelRule(table), new DescriptionRule(table), new AnnouncedServiceRule(table), new DialsRule(table), new VendorRule(table),
        new HostNameRule(table), new DhcpClassRule(table), new LldpCapabilitiesRule(table),
    ];

    public Guess Classify(Fingerprint seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        var votes = _rules.SelectMany(rule => Strongest(rule, seen)).GroupBy(v => v.Clue.Kind)
            .Select(kind => (Kind: kind.Key, Confidence: Combine(kind), Votes: kind))
            .OrderByDescending(kind => kind.Confidence).ThenBy(kind => kind.Kind).ToList();
        if (votes.Count == 0)
            return Guess.Nothing;
        // What speaks for another kind speaks against this one; half, because most clues are not exclusive.
        var confidence = votes[0].Confidence - (votes.Count > 1 ? votes[1].Confidence / 2 : 0);
        if (confidence < LeastConfidence)
            return Guess.Nothing;
        var reasons = votes[0].Votes.OrderByDescending(v => v.Clue.Points).Take(MaxReasons).Select(v => new GuessReason(v.Key, v.Clue.Value));
        return new Guess(votes[0].Kind, confidence, [.. reasons]);
    }

    /// <summary>One vote of each rule for each kind: a maker named three times is still one reason.</summary>
    private static IEnumerable<(string Key, Clue Clue)> Strongest(IKindRule rule, Fingerprint seen) => rule.Look(seen)
        .GroupBy(clue => clue.Kind)
        .Select(kind => (rule.Key, kind.OrderByDescending(c => c.Points).ThenBy(c => c.Value, StringComparer.Ordinal).First()));

    /// <summary>Independent clues add up as chances do: two halves are three quarters.</summary>
    private static int Combine(IEnumerable<(string Key, Clue Clue)> votes)
    {
        var (doubt, onlyVendor) = (1.0, true);
        foreach (var (key, clue) in votes)
        {
            doubt *= 1 - (clue.Points / 100.0);
            onlyVendor &= key == ReasonKeys.Vendor;
        }
        return Math.Min((int)Math.Round((1 - doubt) * 100), onlyVendor ? MaxFromVendorAlone : MaxConfidence);
    }
}
