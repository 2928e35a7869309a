using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Gateway.Core.Devices;

namespace Gateway.Core.Discovery.Rules;

/// <param name="Words">Words to find, in lower case.</param>
/// <param name="Kind">Kind they speak for.</param>
/// <param name="Points">How surely.</param>
internal sealed record KindEntry(ImmutableArray<string> Words, DeviceKind Kind, int Points);

/// <summary>The data of the rules, from <c>kinds.txt</c> beside this file: lines of section, words, and kinds with points, with tabs
/// between.</summary>
internal sealed class KindTable
{
    private static readonly FrozenDictionary<string, DeviceKind> Kinds = new Dictionary<string, DeviceKind>
    {
        ["plc"] = DeviceKind.Plc,
        ["camera"] = DeviceKind.Camera,
        ["badge-reader"] = DeviceKind.BadgeReader,
        ["sorting-machine"] = DeviceKind.SortingMachine,
        ["drive"] = DeviceKind.Drive,
        ["other"] = DeviceKind.Other,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly Dictionary<string, List<KindEntry>> _sections = new(StringComparer.Ordinal);

    public static KindTable BuiltIn { get; } = ReadBuiltIn();

    public IReadOnlyList<KindEntry> this[string section] => _sections.GetValueOrDefault(section) ?? [];

    /// <exception cref="InvalidDataException">A line is not of the form; the message names it.</exception>
    public static KindTable Read(TextReader text)
    {
        var table = new KindTable();
        for (var number = 1; text.ReadLine() is { } line; number++)
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var fields = line.Split('\t', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 3)
                throw new InvalidDataException($"line {number} has no section, words and kind with tabs between: '{line}'");
            if (!table._sections.TryGetValue(fields[0], out var entries))
                table._sections.Add(fields[0], entries = []);
            foreach (var field in fields.Skip(2))
                entries.Add(Entry(fields[1], field, number));
        }
        return table;
    }

    private static KindEntry Entry(string words, string kind, int line)
    {
        var space = kind.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || !Kinds.TryGetValue(kind[..space], out var what)
            || !int.TryParse(kind.AsSpan(space + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var points) || points is 0 or > 100)
            throw new InvalidDataException($"line {line} has no kind with points of 1 to 100: '{kind}'");
        return new KindEntry([.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)], what, points);
    }

    private static KindTable ReadBuiltIn()
    {
        using var stream = typeof(KindTable).Assembly.GetManifestResourceStream("Gateway.Core.Discovery.kinds.txt")
            ?? throw new InvalidDataException("the program was built without kinds.txt");
        using var reader = new StreamReader(stream);
        return Read(reader);
    }
}
