using System.Collections.Frozen;

namespace Gateway.Core.Discovery;

/// <summary>Whether two values of one attribute mean the same, though sources write them differently.</summary>
internal static class SameValue
{
    /// <summary>Words that say how a company is founded and not which one it is.</summary>
    private static readonly FrozenSet<string> CompanyForms = new[]
    {
        "ag", "gmbh", "kg", "co", "inc", "corp", "corporation", "ltd", "limited", "llc", "sa", "sas", "srl", "spa", "ab", "oy", "as", "bv", "nv",
        "company", "the", "plc", "se", "international", "group", "holding",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static bool Holds(EvidenceAttribute attribute, string a, string b) => attribute switch
    {
        EvidenceAttribute.Vendor => SameMaker(a, b),
        EvidenceAttribute.HostName => HostPart(a).Equals(HostPart(b), StringComparison.OrdinalIgnoreCase),
        _ => string.Equals(a, b, StringComparison.Ordinal),
    };

    /// <summary>The words of a maker's name in lower case, without the company's form: <c>Siemens AG</c> is <c>siemens</c>.</summary>
    public static string[] MakerWords(string name) =>
        [.. Words(name).Where(w => !CompanyForms.Contains(w))];

    /// <summary>Runs of letters and digits in lower case.</summary>
    public static IEnumerable<string> Words(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var inside = i < text.Length && char.IsLetterOrDigit(text[i]);
            if (inside && start < 0)
                start = i;
            if (inside || start < 0)
                continue;
            yield return text[start..i].ToLowerInvariant();
            start = -1;
        }
    }

    /// <summary>One name begins with the words of the other: <c>Siemens</c> and <c>Siemens AG Industrial Automation</c>.</summary>
    private static bool SameMaker(string a, string b)
    {
        var (left, right) = (MakerWords(a), MakerWords(b));
        var shared = Math.Min(left.Length, right.Length);
        return shared == 0 ? left.Length == right.Length : left.AsSpan(0, shared).SequenceEqual(right.AsSpan(0, shared));
    }

    private static ReadOnlySpan<char> HostPart(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? name : name.AsSpan(0, dot);
    }
}
