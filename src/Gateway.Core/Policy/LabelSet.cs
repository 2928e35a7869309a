using System.Collections.Immutable;
using System.Globalization;

namespace Gateway.Core.Policy;

/// <summary>Labels of devices and peers: <c>kind: plc</c>. Keys and values compare byte for byte; nothing is folded or guessed.</summary>
public static class LabelSet
{
    /// <summary>Longest key and longest value, in characters; a label is a word, not a description.</summary>
    public const int MaxLength = 63;

    /// <summary>Most labels on one device or in one selector.</summary>
    public const int MaxCount = 32;

    public static ImmutableSortedDictionary<string, string> None { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>A set in ordinal order, whatever order and comparer it came from.</summary>
    public static ImmutableSortedDictionary<string, string> From(IEnumerable<KeyValuePair<string, string>> labels) => None.AddRange(labels);

    /// <summary>True when every wanted label is there with the same value. Wanting nothing matches everything.</summary>
    public static bool Matches(
        ImmutableSortedDictionary<string, string> have, ImmutableSortedDictionary<string, string> want)
    {
        foreach (var (key, value) in want)
        {
            if (!have.TryGetValue(key, out var other) || other != value)
                return false;
        }
        return true;
    }

    public static bool Same(ImmutableSortedDictionary<string, string> left, ImmutableSortedDictionary<string, string> right) =>
        ReferenceEquals(left, right) || (left.Count == right.Count && Matches(left, right));

    /// <summary>Null when the text can be a label's key, else what is wrong and what would be right.</summary>
    public static string? CheckKey(string key)
    {
        if (key.Length is 0 or > MaxLength)
            return $"a label's key has 1 to {MaxLength} characters; this one has {key.Length}";
        foreach (var c in key)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '_' or '.'))
                return $"'{c}' cannot stand in a label's key; use lower-case letters, digits, '-', '_' and '.', for example line";
        }
        return char.IsAsciiLetterLower(key[0]) ? null : "a label's key begins with a lower-case letter, for example line";
    }

    /// <summary>Null when the text can be a label's value, else what is wrong and what would be right.</summary>
    public static string? CheckValue(string value)
    {
        if (value.Length is 0 or > MaxLength)
            return $"a label's value has 1 to {MaxLength} characters; this one has {value.Length}";
        return IsPrintable(value) && value.Trim().Length == value.Length
            ? null
            : "a label's value has no control characters and neither begins nor ends with a space, for example filler-2";
    }

    /// <summary>The labels in one line: <c>kind=plc, line=filler-2</c>.</summary>
    public static string Format(ImmutableSortedDictionary<string, string> labels) =>
        string.Join(", ", labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));

    /// <summary>True for a text that can be shown and stored as it is: no control characters, no marks that change
    /// the direction of what stands beside it, no separators of lines, no half of a pair.</summary>
    internal static bool IsPrintable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
                i++;
            else if (char.GetUnicodeCategory(text[i]) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                return false;
        }
        return true;
    }
}
