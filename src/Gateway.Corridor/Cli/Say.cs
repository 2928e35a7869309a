using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gateway.Corridor.Admin;

namespace Gateway.Corridor.Cli;

/// <summary>What the commands print: results on standard output, everything else on standard error.</summary>
internal static class Say
{
    private static readonly JsonSerializerOptions Indented = new(AdminJson.Default.Options) { WriteIndented = true, TypeInfoResolver = AdminJson.Default };

    public static void Error(string text) => Console.Error.WriteLine($"corridor: {text}");

    public static void Note(string text) => Console.Error.WriteLine(text);

    public static void Json<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, (JsonTypeInfo<T>)Indented.GetTypeInfo(typeof(T))));

    /// <summary>Columns as wide as their widest cell.</summary>
    public static void Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        List<IReadOnlyList<string>> all = [head, .. rows];
        var widths = head.Select((_, column) => all.Max(row => row[column].Length)).ToList();
        foreach (var row in all)
            Console.Out.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
