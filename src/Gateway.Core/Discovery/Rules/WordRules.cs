using System.Collections.Immutable;

namespace Gateway.Core.Discovery.Rules;

/// <summary>The maker's name begins with words of the table. Every source of a maker counts alike; that the registry alone is never
/// enough is the classifier's business.</summary>
internal sealed class VendorRule(KindTable table) : IKindRule
{
    public string Key => ReasonKeys.Vendor;

    public IEnumerable<Clue> Look(Fingerprint seen) =>
        from evidence in seen.All(EvidenceAttribute.Vendor)
        let words = SameValue.MakerWords(evidence.Value)
        from entry in table[Key]
        where WordSearch.Begins(words, entry.Words)
        select new Clue(entry.Kind, entry.Points, evidence.Value);
}

/// <summary>The model's name holds words of the table.</summary>
internal sealed class ModelRule(KindTable table) : IKindRule
{
    public string Key => ReasonKeys.Model;

    public IEnumerable<Clue> Look(Fingerprint seen) => WordSearch.Inside(seen, EvidenceAttribute.Model, table[Key]);
}

/// <summary>Its own description holds words of the table. Models are told there as often as in a field of their own.</summary>
internal sealed class DescriptionRule(KindTable table) : IKindRule
{
    public string Key => ReasonKeys.Description;

    public IEnumerable<Clue> Look(Fingerprint seen) =>
        WordSearch.Inside(seen, EvidenceAttribute.Description, [.. table[ReasonKeys.Model], .. table[Key]]);
}

/// <summary>A part of the host name is a word of the table; digits at its end do not matter.</summary>
internal sealed class HostNameRule(KindTable table) : IKindRule
{
    public string Key => ReasonKeys.HostName;

    public IEnumerable<Clue> Look(Fingerprint seen) =>
        from evidence in seen.All(EvidenceAttribute.HostName)
        from word in SameValue.Words(evidence.Value).Select(w => w.TrimEnd("0123456789".ToCharArray()))
        from entry in table[Key]
        where entry.Words is [var only] && only == word
        select new Clue(entry.Kind, entry.Points, evidence.Value);
}

/// <summary>The DHCP vendor class begins with words of the table.</summary>
internal sealed class DhcpClassRule(KindTable table) : IKindRule
{
    public string Key => ReasonKeys.DhcpClass;

    public IEnumerable<Clue> Look(Fingerprint seen) =>
        from evidence in seen.All(EvidenceAttribute.VendorClass)
        let words = SameValue.Words(evidence.Value).ToArray()
        from entry in table[Key]
        where WordSearch.Begins(words, entry.Words)
        select new Clue(entry.Kind, entry.Points, evidence.Value);
}

internal static class WordSearch
{
    public static IEnumerable<Clue> Inside(Fingerprint seen, EvidenceAttribute attribute, IReadOnlyList<KindEntry> entries) =>
        from evidence in seen.All(attribute)
        let words = SameValue.Words(evidence.Value).ToArray()
        from entry in entries
        where Enumerable.Range(0, words.Length).Any(at => Begins(words.AsSpan(at), entry.Words))
        select new Clue(entry.Kind, entry.Points, evidence.Value);

    /// <summary>True when the words begin with those wanted; the last may go on with digits, as <c>cpu</c> does in <c>cpu1511</c>.</summary>
    public static bool Begins(ReadOnlySpan<string> words, ImmutableArray<string> wanted)
    {
        if (words.Length < wanted.Length)
            return false;
        for (var i = 0; i < wanted.Length; i++)
        {
            var isLast = i == wanted.Length - 1;
            var same = words[i] == wanted[i]
                || (isLast && words[i].StartsWith(wanted[i], StringComparison.Ordinal) && char.IsAsciiDigit(words[i][wanted[i].Length]));
            if (!same)
                return false;
        }
        return true;
    }
}
