using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Core.Api;

namespace Gateway.Service.Ctl;

/// <summary>What the command prints: results on one writer, everything else on the other. Plain text; what devices say of themselves
/// cannot steer the terminal.</summary>
internal sealed class CtlOutput(TextWriter results, TextWriter notes, bool json)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool IsJson => json;

    public void Line(string text) => results.WriteLine(Clean(text));

    public void Note(string text) => notes.WriteLine(Clean(text));

    /// <summary>Text of many lines, as it is.</summary>
    public void Raw(string text) => results.Write(text);

    /// <summary>JSON of the service, indented. Control characters are escaped in it.</summary>
    public void Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        results.WriteLine(JsonSerializer.Serialize(document.RootElement, Indented));
    }

    /// <summary>Columns as wide as their widest cell.</summary>
    public void Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        List<IReadOnlyList<string>> all = [head, .. rows.Select(row => (IReadOnlyList<string>)[.. row.Select(Clean)])];
        var widths = head.Select((_, column) => all.Max(row => row[column].Length)).ToList();
        foreach (var row in all)
            results.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    /// <summary>Name and value pairs, one a line; empty values are left out.</summary>
    public void Pairs(params (string Name, string Value)[] pairs)
    {
        var shown = pairs.Where(p => p.Value.Length > 0).ToList();
        var width = shown.Count == 0 ? 0 : shown.Max(p => p.Name.Length);
        foreach (var (name, value) in shown)
            results.WriteLine($"{name.PadRight(width)}  {Clean(value)}");
    }

    public void Problem(CtlException e)
    {
        if (json && e.Problem is { } known)
        {
            notes.WriteLine(JsonSerializer.Serialize(known, Api.ApiJson.Default.ProblemView));
            return;
        }
        notes.WriteLine($"gatewayctl: {Clean(e.Message)}");
        foreach (var error in e.Problem?.Errors ?? [])
        {
            var value = string.IsNullOrEmpty(error.Value) ? "" : $" '{error.Value}'";
            notes.WriteLine($"  {Clean(error.Field)}{Clean(value)}: {Clean(error.Message)}");
        }
    }

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A line of the log.</summary>
    public static string[] Row(LogEntryView line) =>
    [
        line.Sequence.ToString(CultureInfo.InvariantCulture), Time(line.At), line.Severity, line.Kind, line.Actor,
        line.DeviceName.Length > 0 ? line.DeviceName : line.DeviceId ?? "", string.Join(" ", line.Values.Select(v => $"{v.Key}={v.Value}")),
    ];

    private static string Clean(string text)
    {
        if (!text.Any(char.IsControl))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
            clean.Append(char.IsControl(c) ? '?' : c);
        return clean.ToString();
    }
}
