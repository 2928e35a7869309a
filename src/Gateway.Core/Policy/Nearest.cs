namespace Gateway.Core.Policy;

/// <summary>Finds the word that a mistyped one was most likely meant to be.</summary>
internal static class Nearest
{
    /// <summary>Longest word compared; the comparison costs the product of both lengths.</summary>
    private const int MaxLength = 64;

    /// <summary>Most candidates looked at, so that a wrong name in each of many grants stays cheap.</summary>
    private const int MaxCandidates = 512;

    /// <summary>The nearest candidate, or null when none is near: more than a third of the letters would have to change.</summary>
    public static string? To(string word, IEnumerable<string> candidates)
    {
        if (word.Length is 0 or > MaxLength)
            return null;
        var (best, bestDistance) = ((string?)null, Math.Max(2, word.Length / 3) + 1);
        foreach (var candidate in candidates.Where(c => Math.Abs(c.Length - word.Length) < bestDistance).Take(MaxCandidates))
        {
            var distance = Distance(word, candidate);
            if (distance < bestDistance)
                (best, bestDistance) = (candidate, distance);
        }
        return best;
    }

    /// <summary>End of a message: <c>; did you mean 'plc-7'?</c>, or nothing.</summary>
    public static string Hint(string word, IEnumerable<string> candidates) =>
        To(word, candidates) is { } near ? $"; did you mean '{near}'?" : "";

    /// <summary>Letters to insert, remove or replace (Levenshtein).</summary>
    private static int Distance(string from, string to)
    {
        Span<int> row = stackalloc int[MaxLength + 1];
        if (to.Length > MaxLength)
            return int.MaxValue;
        for (var i = 0; i <= to.Length; i++)
            row[i] = i;
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var above = row[j];
                var replace = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                row[j] = Math.Min(replace, Math.Min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[to.Length];
    }
}
