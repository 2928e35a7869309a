using System.Collections.Immutable;
using System.Globalization;
using Gateway.Core.Policy.Yaml;

namespace Gateway.Core.Policy.Reading;

internal delegate bool TryParse<T>(string text, out T value);

/// <summary>Reads the fields of one map. A wrong field is reported and read as a harmless value, so that the rest is still checked.</summary>
internal sealed class FieldReader
{
    private readonly YamlMap _map;
    private readonly SiteForm _form;
    private readonly string _path;
    private readonly Report _report;

    private FieldReader(YamlMap map, SiteForm form, string path, Report report)
    {
        (_map, _form, _path, _report) = (map, form, path, report);
    }

    public SourceLine At => new(_map.Line);

    /// <summary>A reader of <paramref name="value"/> that has reported unknown and missing keys already. When the value is no map that is
    /// reported, and the reader stands on an empty one.</summary>
    public static FieldReader Open(YamlValue value, SiteForm form, string path, Report report)
    {
        if (value is not YamlMap map)
        {
            report.Error(value.Line, path, TextOf(value),
                $"{form.What} is written as keys and values, with the keys {string.Join(", ", form.Keys)}");
            return new FieldReader(new YamlMap(value.Line), form, path, report);
        }
        var reader = new FieldReader(map, form, path, report);
        foreach (var entry in map.Entries.Where(e => !form.Keys.Contains(e.Key)))
        {
            var hint = Nearest.To(entry.Key, form.Keys) is { } near
                ? $"did you mean '{near}'?"
                : $"it has the keys {string.Join(", ", form.Keys)}";
            report.Error(entry.Line, reader.Path(entry.Key), "", $"{form.What} has no key '{Finding.Shorten(entry.Key)}'; {hint}");
        }
        foreach (var key in form.Required.Where(k => map.Find(k) is null))
            report.Error(map.Line, reader.Path(key), "", $"'{key}' is missing; {form.What} needs it");
        return reader;
    }

    /// <summary>The value under <paramref name="key"/>; null when the key is not there. A key with nothing after it is reported.</summary>
    public YamlValue? Find(string key)
    {
        if (!_form.Keys.Contains(key))
            throw new ArgumentException($"{_form.What} has no key '{key}'", nameof(key));
        if (_map.Find(key) is not { } entry)
            return null;
        if (!entry.Value.IsEmpty)
            return entry.Value;
        Wrong(key, "", "nothing stands after this key; give it a value or remove the key");
        return null;
    }

    public bool Has(string key) => _map.Find(key) is not null;

    public string Text(string key, string fallback = "") => Scalar(key)?.Text ?? fallback;

    public string? OptionalText(string key) => Scalar(key)?.Text;

    /// <param name="key">Key.</param>
    /// <param name="parse">Reads the text.</param>
    /// <param name="right">What would be right, for the message: <c>an address such as 10.0.0.1</c>.</param>
    public T? Optional<T>(string key, TryParse<T> parse, string right)
        where T : struct
    {
        if (Scalar(key) is not { } scalar)
            return null;
        if (parse(scalar.Text, out var value))
            return value;
        Wrong(key, scalar.Text, $"this is not {right}");
        return null;
    }

    /// <summary>A whole number without quotes, as every other reader of YAML wants it.</summary>
    public int Number(string key, int least, int most, int fallback)
    {
        if (Scalar(key) is not { } scalar)
            return fallback;
        if (scalar.Plain && int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most)
            return number;
        Wrong(key, scalar.Text, $"this is not a whole number from {least} to {most}, without quotes");
        return fallback;
    }

    public T Word<T>(string key, Words<T> words, T fallback)
        where T : struct, Enum
    {
        if (Scalar(key) is not { } scalar)
            return fallback;
        if (words.TryParse(scalar.Text, out var value))
            return value;
        Wrong(key, scalar.Text, $"write {string.Join(" or ", words.All)}{Nearest.Hint(scalar.Text, words.All)}");
        return fallback;
    }

    public ImmutableSortedDictionary<string, string> Labels(string key)
    {
        switch (Find(key))
        {
            case null:
                return LabelSet.None;
            case YamlMap map:
                var labels = LabelSet.None.ToBuilder();
                foreach (var entry in map.Entries)
                {
                    if (entry.Value is YamlScalar { IsEmpty: false } scalar)
                        labels[entry.Key] = scalar.Text;
                    else
                        _report.Error(entry.Line, $"{Path(key)}.{entry.Key}", "", "a label's value is one word or text, for example kind: plc");
                }
                return labels.ToImmutable();
            case var other:
                Wrong(key, TextOf(other), "labels are keys and values, for example { kind: plc, line: filler-2 }");
                return LabelSet.None;
        }
    }

    /// <summary>The items of a list, each by <paramref name="read"/> with its path. An empty key is an empty list: its items may be comments.</summary>
    public ImmutableArray<T> List<T>(string key, int most, Func<YamlValue, string, T> read)
    {
        if (_map.Find(key) is not { } entry || entry.Value.IsEmpty)
            return [];
        if (entry.Value is not YamlList list)
        {
            Wrong(key, TextOf(entry.Value), "this is a list; begin each of its items with '- '");
            return [];
        }
        if (list.Items.Count > most)
            Wrong(key, "", $"the list has {list.Items.Count} items; at most {most} are allowed");
        var path = Path(key);
        return [.. list.Items.Take(most).Select((item, index) => read(item, $"{path}[{index}]"))];
    }

    /// <summary>Path of the map itself.</summary>
    public string Here => _path;

    public string Path(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    public void Wrong(string key, string value, string message) =>
        _report.Error(_map.Find(key)?.Line ?? _map.Line, Path(key), value, message);

    private YamlScalar? Scalar(string key)
    {
        switch (Find(key))
        {
            case null:
                return null;
            case YamlScalar scalar:
                return scalar;
            case var other:
                Wrong(key, "", $"one value belongs here, not {other.Form}");
                return null;
        }
    }

    private static string TextOf(YamlValue value) => (value as YamlScalar)?.Text ?? "";
}
