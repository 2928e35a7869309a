using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Gateway.Corridor.Config;

/// <summary>From text to values: the plain part of YAML, without anchors and aliases, and no deeper than the format.</summary>
internal static class ConfigText
{
    /// <summary>The deepest value of the format lies five deep; deeper nesting is a mistake, and the loader's recursion must end somewhere.</summary>
    private const int MaxDepth = 16;

    /// <returns>The one document's value; null, with an error, when it cannot be read.</returns>
    public static YamlNode? Load(string text, List<string> errors)
    {
        var parser = new Parser(new StringReader(text));
        try
        {
            if (Refuse(parser) is { } refused)
            {
                errors.Add(refused);
                return null;
            }
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            if (yaml.Documents.Count == 1)
                return yaml.Documents[0].RootNode;
            errors.Add($"line 1: the file: {yaml.Documents.Count} documents; one is expected, beginning with 'version: {HubConfigReader.FormatVersion}'");
        }
        catch (YamlException e)
        {
            errors.Add(At(e.Start.Line, $"{e.Message}; check indentation, quotes and brackets here"));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or NotSupportedException)
        {
            // The library leaves a few of its states in this way; the text is at fault all the same.
            errors.Add(At(parser.Current?.Start.Line ?? 1, "cannot be read as YAML; check indentation, quotes and brackets before and on this line"));
        }
        return null;
    }

    /// <summary>Looks at the events, which costs no recursion, before anything is built from them.</summary>
    private static string? Refuse(Parser parser)
    {
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > MaxDepth)
                return At(parser.Current.Start.Line, $"values nested deeper than {MaxDepth}; the format needs no more than 5");
            if (parser.Current is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
                return At(parser.Current.Start.Line, "anchors and aliases are not read; write the value out where it is needed");
        }
        return null;
    }

    private static string At(long line, string message) => string.Create(CultureInfo.InvariantCulture, $"line {line}: the file: {message}");
}
