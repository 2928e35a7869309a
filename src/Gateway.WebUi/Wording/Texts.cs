using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Gateway.WebUi.Wording;

/// <summary>The texts of one language. The build checks every key that stands in the code as a literal.</summary>
/// <param name="language">The language.</param>
/// <param name="texts">Text by key.</param>
public sealed class Texts(UiLanguage language, FrozenDictionary<string, string> texts)
{
    public UiLanguage Language => language;

    /// <summary>A text as it stands.</summary>
    public string this[string key] => texts[key];

    /// <summary>A text with <c>{0}</c> and so on filled in.</summary>
    public string this[string key, params ReadOnlySpan<object> values] => Fill(texts[key], values);

    /// <summary>The singular <c>key.one</c> or the plural <c>key.many</c>, with the count as <c>{0}</c>.</summary>
    public string Count(string key, long count) => Fill(texts[language.IsSingular(count) ? key + ".one" : key + ".many"], [count]);

    /// <summary>The text of a word that the service sent, such as a state; <c>family.other</c> when this program does not know the word.</summary>
    public string Pick(string family, string word, params ReadOnlySpan<object> values) =>
        Fill(texts.TryGetValue($"{family}.{word}", out var text) ? text : texts[family + ".other"], values);

    /// <summary>As above with named placeholders; one without a value shows as <c>?</c>.</summary>
    public string Pick(string family, string word, IReadOnlyDictionary<string, string> values) =>
        FillNamed(texts.TryGetValue($"{family}.{word}", out var text) ? text : texts[family + ".other"], values);

    /// <summary>Whether the family has a text of its own for the word.</summary>
    public bool Knows(string family, string word) => texts.ContainsKey($"{family}.{word}");

    private static string Fill(string text, ReadOnlySpan<object> values) =>
        values.IsEmpty ? text : string.Format(CultureInfo.InvariantCulture, text, values);

    private static string FillNamed(string text, IReadOnlyDictionary<string, string> values)
    {
        var result = new StringBuilder(text.Length * 2);
        var rest = text.AsSpan();
        while (rest.IndexOf('{') is >= 0 and var open && rest[open..].IndexOf('}') is > 0 and var length)
        {
            var name = rest.Slice(open + 1, length - 1).ToString();
            result.Append(rest[..open]).Append(values.TryGetValue(name, out var value) ? value : "?");
            rest = rest[(open + length + 1)..];
        }
        return result.Append(rest).ToString();
    }
}
