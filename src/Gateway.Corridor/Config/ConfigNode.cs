using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Gateway.Corridor.Config;

/// <summary>A value of the configuration file with its path and line, and the one way to say what is wrong with it.</summary>
/// <param name="Path">Path of the field, <c>entitlements[2].to[0]</c>.</param>
/// <param name="Node">The value; null when the field is not there.</param>
/// <param name="Line">Line it begins on, or that of what it should stand in.</param>
/// <param name="Errors">Where errors go.</param>
internal readonly record struct ConfigNode(string Path, YamlNode? Node, long Line, List<string> Errors)
{
    public static ConfigNode Root(YamlNode node, List<string> errors) => new("", node, node.Start.Line, errors);

    public bool IsThere => Node is not null;

    /// <summary>Reports what is wrong here: line, field, value, and what would be right.</summary>
    public void Wrong(string message)
    {
        var value = Node is YamlScalarNode { Value: { } text } ? $" '{text}'" : "";
        Errors.Add(string.Create(CultureInfo.InvariantCulture, $"line {Line}: {(Path.Length == 0 ? "the file" : Path)}{value}: {message}"));
    }

    /// <summary>The field of that name, and a complaint when this is no map.</summary>
    public ConfigNode this[string key] => new(
        Path.Length == 0 ? key : $"{Path}.{key}",
        Node is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null,
        Node is YamlMappingNode there && there.Children.TryGetValue(new YamlScalarNode(key), out var line) ? line.Start.Line : Line, Errors);

    /// <summary>Complains about every field that is not among the known ones.</summary>
    /// <returns>False when this is no map.</returns>
    public bool IsMapOf(params ReadOnlySpan<string> known)
    {
        if (Node is not YamlMappingNode map)
        {
            Wrong($"a map with {string.Join(", ", known)} is expected");
            return false;
        }
        foreach (var (key, _) in map.Children)
        {
            var name = (key as YamlScalarNode)?.Value ?? "";
            if (!known.Contains(name))
                new ConfigNode($"{Path}{(Path.Length == 0 ? "" : ".")}{name}", null, key.Start.Line, Errors).Wrong($"is not known; known are {string.Join(", ", known)}");
        }
        return true;
    }

    /// <summary>The items of a list; a field that is not there has none.</summary>
    public IEnumerable<ConfigNode> Items()
    {
        if (Node is null)
            yield break;
        if (Node is not YamlSequenceNode list)
        {
            Wrong("a list is expected; begin each item with '- '");
            yield break;
        }
        for (var index = 0; index < list.Children.Count; index++)
            yield return new ConfigNode(string.Create(CultureInfo.InvariantCulture, $"{Path}[{index}]"), list.Children[index], list.Children[index].Start.Line, Errors);
    }

    /// <summary>The text of a single value; empty, with a complaint, when there is none.</summary>
    public string Text()
    {
        if (Node is YamlScalarNode { Value: { Length: > 0 } text })
            return text;
        Wrong("is missing, or not a single value");
        return "";
    }

    /// <summary>A single value that passes the check; null, with a complaint, when it does not.</summary>
    public string? Checked(Func<string, string?> check)
    {
        var text = Text();
        if (text.Length == 0)
            return null;
        if (check(text) is not { } wrong)
            return text;
        Wrong(wrong);
        return null;
    }
}
