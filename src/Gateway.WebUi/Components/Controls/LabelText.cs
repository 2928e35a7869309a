namespace Gateway.WebUi.Components.Controls;

/// <summary>Labels as people type them: one <c>key=value</c> per line. What may stand in them the service decides.</summary>
internal static class LabelText
{
    public static string Write(IReadOnlyDictionary<string, string> labels) =>
        string.Join('\n', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));

    /// <param name="text">Lines; empty ones are left out.</param>
    /// <param name="labels">Labels, when the result is true.</param>
    /// <param name="badLine">First line that is no label or names a key again, when the result is false.</param>
    public static bool TryRead(string? text, out IReadOnlyDictionary<string, string> labels, out string badLine)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        (labels, badLine) = (read, "");
        foreach (var line in (text ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            badLine = line;
            if (equals <= 0 || equals == line.Length - 1 || !read.TryAdd(line[..equals].Trim(), line[(equals + 1)..].Trim()))
                return false;
        }
        return true;
    }
}
