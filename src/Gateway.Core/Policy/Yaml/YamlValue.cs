namespace Gateway.Core.Policy.Yaml;

/// <summary>A value of a YAML document with the line it begins on.</summary>
internal abstract class YamlValue(int line)
{
    /// <summary>Line, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>What it is, in the words of an error message.</summary>
    public abstract string Form { get; }

    /// <summary>True for a key with nothing after it, <c>~</c> or <c>null</c>.</summary>
    public virtual bool IsEmpty => false;
}

/// <param name="line">Line.</param>
/// <param name="text">Text without its quotes.</param>
/// <param name="plain">True when it stood without quotes, so that a number is a number.</param>
internal sealed class YamlScalar(int line, string text, bool plain) : YamlValue(line)
{
    public string Text { get; } = text;

    public bool Plain { get; } = plain;

    public override string Form => "a single value";

    public override bool IsEmpty => Plain && Text is "" or "~" or "null";
}

internal sealed class YamlList(int line) : YamlValue(line)
{
    public List<YamlValue> Items { get; } = [];

    public override string Form => "a list";
}

/// <summary>Keys with values, in the order of the document, each key once.</summary>
internal sealed class YamlMap(int line) : YamlValue(line)
{
    public List<YamlEntry> Entries { get; } = [];

    public override string Form => "a map of keys and values";

    public YamlEntry? Find(string key)
    {
        foreach (var entry in Entries)
        {
            if (entry.Key == key)
                return entry;
        }
        return null;
    }
}

internal sealed record YamlEntry(string Key, int Line, YamlValue Value);
