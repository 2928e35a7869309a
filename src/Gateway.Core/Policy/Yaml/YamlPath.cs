using System.Globalization;

namespace Gateway.Core.Policy.Yaml;

/// <summary>Finds the line of a field by its path. Only asked when there is something to report, so nothing is kept for it.</summary>
internal static class YamlPath
{
    /// <summary>Line of the field, or of the nearest value around it that exists.</summary>
    public static int LineOf(YamlValue root, string path)
    {
        var (value, line) = (root, path.Length == 0 ? 0 : root.Line);
        foreach (var step in path.Replace("[", ".[", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (value is YamlList list && Index(step) is { } index && index < list.Items.Count)
                (value, line) = (list.Items[index], list.Items[index].Line);
            else if (value is YamlMap map && map.Find(step) is { } entry)
                (value, line) = (entry.Value, entry.Line);
            else
                break;
        }
        return line;
    }

    private static int? Index(string step) =>
        step.StartsWith('[') && int.TryParse(step.AsSpan(1, step.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : null;
}
