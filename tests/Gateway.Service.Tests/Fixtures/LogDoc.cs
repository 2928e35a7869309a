using Gateway.Core.Api;

namespace Gateway.Service.Tests.Fixtures;

/// <summary>A row of docs/log.md.</summary>
internal sealed record LogDocRow(string Kind, string[] Severities, string[] Values, string Meaning);

/// <summary>What docs/log.md says of the log.</summary>
internal static class LogDoc
{
    public static IReadOnlyList<LogDocRow> Rows { get; } = Read();

    /// <summary>A line that was really written is as described.</summary>
    public static void Check(LogEntryView line)
    {
        var row = Rows.Single(r => r.Kind == line.Kind);
        Assert.True(row.Severities.Contains(line.Severity), $"docs/log.md: {line.Kind} is also of severity {line.Severity}");
        Assert.True(line.Values.Keys.All(row.Values.Contains), $"docs/log.md: {line.Kind} has the values {string.Join(", ", line.Values.Keys)}");
    }

    private static List<LogDocRow> Read()
    {
        var rows = new List<LogDocRow>();
        foreach (var line in File.ReadLines(Path.Combine(Need.ProjectRoot(), "docs", "log.md")))
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length == 6 && cells[1] is not ("Kind" or "---"))
                rows.Add(new LogDocRow(cells[1], List(cells[2]), List(cells[3]), cells[4]));
        }
        return rows;
    }

    private static string[] List(string cell) => cell.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
