namespace Gateway.Benchmarks;

/// <summary>The part of a document that a run of the bench writes; the rest is written by people.</summary>
internal static class MeasuredSection
{
    public const string Begin = "<!-- measured by ./bench -->";
    public const string End = "<!-- end of what ./bench measured -->";

    /// <exception cref="InvalidDataException">The document has no such section.</exception>
    public static void Replace(string file, string machine, string table)
    {
        var text = File.ReadAllText(file);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
            throw new InvalidDataException($"{file} has no section between '{Begin}' and '{End}'");
        File.WriteAllText(file, $"{text[..begin]}{Begin}\n{machine}\n\n{table.TrimEnd()}\n{text[end..]}");
    }
}
