using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Gateway.Core.Policy.Writing;

/// <summary>Writes single values so that every reader of YAML, of version 1.1 or 1.2, takes them for the same text.</summary>
internal static class YamlText
{
    private static readonly FrozenSet<string> NotTexts = new[]
    {
        "true", "false", "yes", "no", "on", "off", "y", "n", "null",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The text bare where that is safe everywhere, else in double quotes.</summary>
    public static string Of(string text) => IsSafeBare(text) ? text : Quoted(text);

    public static string Quoted(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse)
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }

    /// <summary>A map on one line: <c>{ kind: plc, line: filler-2 }</c>.</summary>
    public static string Map(IEnumerable<(string Key, string Text)> entries)
    {
        var inside = string.Join(", ", entries.Select(e => $"{e.Key}: {e.Text}"));
        return inside.Length == 0 ? "{}" : $"{{ {inside} }}";
    }

    private static bool IsSafeBare(string text)
    {
        if (text.Length == 0 || !(char.IsAsciiLetter(text[0]) || text[0] is '/' or '_') || text[^1] == ' ' || NotTexts.Contains(text))
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or '/' or ' '))
                return false;
        }
        return true;
    }
}
