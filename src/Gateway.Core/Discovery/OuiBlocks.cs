using System.Globalization;
using System.Text;

namespace Gateway.Core.Discovery;

/// <summary>Blocks of addresses with their makers: sorted prefixes, and all names once in one array of bytes. The whole registry of
/// 46,000 blocks is about 1.5 MB; as strings it would be several times that.</summary>
/// <param name="tables">By length in bits.</param>
/// <param name="names">UTF-8, each name after its length in one byte.</param>
internal sealed class OuiBlocks(IReadOnlyDictionary<int, (ulong[] Prefixes, int[] Names)> tables, byte[] names)
{
    /// <summary>What the arrays take in memory.</summary>
    public long SizeBytes => names.LongLength + tables.Values.Sum(t => (t.Prefixes.LongLength * sizeof(ulong)) + (t.Names.LongLength * sizeof(int)));

    /// <summary>Name for the block that holds the address; null when no block of that length does or it has no name.</summary>
    public string? Find(ulong mac, int lengthBits)
    {
        if (!tables.TryGetValue(lengthBits, out var table))
            return null;
        var index = Array.BinarySearch(table.Prefixes, mac >> (48 - lengthBits));
        if (index < 0)
            return null;
        var at = table.Names[index];
        return names[at] == 0 ? null : Encoding.UTF8.GetString(names, at + 1, names[at]);
    }
}

/// <summary>Gathers blocks from the lines <c>MA-L,002272,American Micro-Fuel Device Corp.,address</c> of the registry's CSV files.</summary>
internal sealed class OuiBlocksBuilder
{
    /// <summary>Most blocks read: twenty times what is registered. More is no registry.</summary>
    private const int MaxBlocks = 1_000_000;

    /// <summary>Longest name kept, in bytes: its length stands in one.</summary>
    private const int MaxNameBytes = byte.MaxValue;

    private readonly Dictionary<int, Dictionary<ulong, int>> _tables = [];
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly List<byte> _bytes = [0];

    public int Count { get; private set; }

    /// <summary>Lines that were no block.</summary>
    public int Skipped { get; private set; }

    public void Read(TextReader csv)
    {
        csv.ReadLine();
        var insideAddress = false;
        while (Count < MaxBlocks && csv.ReadLine() is { } line)
        {
            // Some makers' addresses stand in quotes over several lines; only the first of them is a block.
            var continued = insideAddress;
            insideAddress ^= line.Count('"') % 2 == 1;
            if (!continued && !TryAdd(line))
                Skipped++;
        }
    }

    public OuiBlocks Build() => new(_tables.ToDictionary(t => t.Key, t => Sorted(t.Value)), [.. _bytes]);

    private static (ulong[] Prefixes, int[] Names) Sorted(Dictionary<ulong, int> table)
    {
        var (prefixes, names) = (table.Keys.ToArray(), table.Values.ToArray());
        Array.Sort(prefixes, names);
        return (prefixes, names);
    }

    private bool TryAdd(string line)
    {
        var assignment = line.IndexOf(',', StringComparison.Ordinal) + 1;
        var end = assignment > 0 ? line.IndexOf(',', assignment) : -1;
        if (end < 0)
            return false;
        var digits = line.AsSpan(assignment, end - assignment);
        var bits = digits.Length * 4;
        if (bits is not (24 or 28 or 36)
            || !ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var prefix))
            return false;
        if (!_tables.TryGetValue(bits, out var table))
            _tables.Add(bits, table = []);
        // A few blocks stand there twice, for makers that share or inherited one; the first stays.
        if (table.TryAdd(prefix, NameAt(Name(line, end + 1))))
            Count++;
        return true;
    }

    /// <summary>The field that begins there; quotes around it and doubled inside it are removed (RFC 4180).</summary>
    private static string Name(string line, int start)
    {
        if (start >= line.Length || line[start] != '"')
        {
            var comma = line.IndexOf(',', start);
            return (comma < 0 ? line[start..] : line[start..comma]).Trim();
        }
        var end = start + 1;
        while (end < line.Length && (line[end] != '"' || (end + 1 < line.Length && line[end + 1] == '"')))
            end += line[end] == '"' ? 2 : 1;
        return line[(start + 1)..Math.Min(end, line.Length)].Replace("\"\"", "\"", StringComparison.Ordinal).Trim();
    }

    private int NameAt(string name)
    {
        // Blocks whose owner is secret, and the blocks that are cut into smaller ones, name no maker.
        if (name is "Private" or "IEEE Registration Authority")
            name = "";
        if (_names.TryGetValue(name, out var at))
            return at;
        var bytes = Encoding.UTF8.GetBytes(name);
        var length = bytes.Length;
        while (length > MaxNameBytes || (length < bytes.Length && (bytes[length] & 0xC0) == 0x80))
            length--;
        at = _bytes.Count;
        _bytes.Add((byte)length);
        _bytes.AddRange(bytes.AsSpan(0, length));
        _names.Add(name, at);
        return at;
    }
}
