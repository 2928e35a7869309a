using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Gateway.Core.Policy.Yaml;

/// <summary>Reads the part of YAML that the format uses: maps, lists and single values. Anchors, aliases, merge keys and tags are
/// refused: they make one text mean two things to two readers, and a short text grow without bound.</summary>
internal sealed class YamlLoader
{
    private readonly Parser _parser;
    private readonly Report _report;
    private int _values;

    private YamlLoader(string text, Report report)
    {
        _parser = new Parser(new StringReader(text));
        _report = report;
    }

    /// <summary>The document's one value; null when it cannot be read, and then the report says why.</summary>
    public static YamlValue? Load(string text, Report report)
    {
        var loader = new YamlLoader(text.TrimStart('\uFEFF'), report);
        try
        {
            return loader.Document();
        }
        catch (RefusedException e)
        {
            report.Error(e.Line, "", "", e.Message);
        }
        catch (YamlException e)
        {
            var line = IsTab(e.Message) ? LineOfTab(text, (int)e.Start.Line) : (int)e.Start.Line;
            report.Error(line, "", "", $"this cannot be read as YAML: {Sentence(e.Message)}{Cure(e.Message)}");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or NotSupportedException)
        {
            // The parser has a few states that it leaves by such an exception instead of its own; the text is at fault all the same.
            report.Error(loader.Line, "", "", "this cannot be read as YAML: a bracket, brace or quote before or on this line is not closed");
        }
        return null;
    }

    private int Line => (int)(_parser.Current?.Start.Line ?? 1);

    private YamlValue? Document()
    {
        Next();
        Next();
        if (_parser.Current is not DocumentStart)
        {
            _report.Error(1, "", "", "the document is empty; it begins with 'version: 1'");
            return null;
        }
        Next();
        var root = Value(depth: 1);
        Next();
        if (_parser.Current is not StreamEnd)
            _report.Error(Line, "", "", "the file holds more than one YAML document; keep one and remove the '---' before this line");
        return root;
    }

    /// <summary>Builds the value the parser stands on and leaves the parser behind it.</summary>
    private YamlValue Value(int depth)
    {
        if (++_values > PolicyLimits.MaxValues)
            throw new RefusedException(Line, $"the document holds more than {PolicyLimits.MaxValues} values; split the site");
        if (depth > PolicyLimits.MaxNestingDepth)
            throw new RefusedException(Line, $"values are nested deeper than {PolicyLimits.MaxNestingDepth}; the format needs no more than 6");
        if (_parser.Current is NodeEvent node)
            RefuseAnchorAndTag(node);
        switch (_parser.Current)
        {
            case Scalar scalar:
                Next();
                return new YamlScalar((int)scalar.Start.Line, scalar.Value, scalar.Style == ScalarStyle.Plain);
            case SequenceStart start:
                return List((int)start.Start.Line, depth);
            case MappingStart start:
                return Map((int)start.Start.Line, depth);
            case AnchorAlias alias:
                _report.Error((int)alias.Start.Line, "", $"*{alias.Value}", "aliases are not read; write the value out where it is needed");
                Next();
                return new YamlScalar((int)alias.Start.Line, "", plain: true);
            default:
                throw new RefusedException(Line, $"a value was expected here, not {_parser.Current?.GetType().Name}");
        }
    }

    private YamlList List(int line, int depth)
    {
        var list = new YamlList(line);
        Next();
        while (_parser.Current is not SequenceEnd)
            list.Items.Add(Value(depth + 1));
        Next();
        return list;
    }

    private YamlMap Map(int line, int depth)
    {
        var map = new YamlMap(line);
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        Next();
        while (_parser.Current is not MappingEnd)
        {
            var key = Value(depth + 1);
            var value = Value(depth + 1);
            if (key is not YamlScalar { Text: var name })
                _report.Error(key.Line, "", "", $"a key is a single word, not {key.Form}");
            else if (name == "<<")
                _report.Error(key.Line, "", "<<", "merge keys are not read; write the keys out");
            else if (lines.TryGetValue(name, out var first))
                _report.Error(key.Line, "", name, $"the key stands twice in one map, first on line {first}; keep one of the two");
            else
            {
                lines.Add(name, key.Line);
                map.Entries.Add(new YamlEntry(name, key.Line, value));
            }
        }
        Next();
        return map;
    }

    private void RefuseAnchorAndTag(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
            _report.Error((int)node.Start.Line, "", $"&{node.Anchor.Value}",
                "anchors are not read; remove it and write the value out where it is needed");
        if (!node.Tag.IsEmpty)
            _report.Error((int)node.Start.Line, "", node.Tag.ToString(), "tags are not read; remove it, each field knows its own type");
    }

    private void Next()
    {
        if (!_parser.MoveNext())
            throw new RefusedException(Line, "the document ends before it is complete");
    }

    private static bool IsTab(string message) => message.Contains("tab", StringComparison.Ordinal);

    /// <summary>The first line, from <paramref name="line"/> on, that is indented with a tab: the parser names where the broken map begins.</summary>
    private static int LineOfTab(string text, int line)
    {
        var number = 0;
        foreach (var row in text.AsSpan().EnumerateLines())
        {
            if (++number >= line && row[..^row.TrimStart(" \t").Length].Contains('\t'))
                return number;
        }
        return line;
    }

    private static string Sentence(string message) => message.TrimEnd('.');

    private static string Cure(string message) =>
        IsTab(message) ? "; indent with spaces, never with tabs"
        : message.Contains("invalid mapping", StringComparison.Ordinal) ? "; put a value that holds ': ' in quotes"
        : "; look at indentation, quotes and brackets on this line and the one before";

    private sealed class RefusedException(int line, string message) : Exception(message)
    {
        public int Line { get; } = line;
    }
}
