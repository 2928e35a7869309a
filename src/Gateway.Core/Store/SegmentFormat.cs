using System.Buffers.Binary;
using System.Globalization;

namespace Gateway.Core.Store;

/// <summary>The start of a segment. Written, synced and only then given its name, so a segment that is there has a whole header.</summary>
/// <remarks><code>
/// 0       8                16              48        80
/// +-------+----------------+---------------+---------+
/// | magic | first sequence | previous hash | SHA-256 | records ...
/// +-------+----------------+---------------+---------+
/// </code></remarks>
internal static class SegmentFormat
{
    public const int HeaderBytes = HashAt + RecordHash.LengthBytes;

    private const string Ending = ".segment";
    private const int FirstAt = 8;
    private const int PreviousAt = 16;
    private const int HashAt = PreviousAt + RecordHash.LengthBytes;

    private static ReadOnlySpan<byte> Magic => "GWSEG 1\n"u8;

    public static string FileName(long first) => first.ToString("D20", CultureInfo.InvariantCulture) + Ending;

    /// <summary>First sequence by the file's name; null for other files.</summary>
    public static long? First(string fileName) =>
        fileName.EndsWith(Ending, StringComparison.Ordinal)
        && long.TryParse(fileName.AsSpan(0, fileName.Length - Ending.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var first)
        && FileName(first) == fileName
            ? first
            : null;

    /// <summary>Header of the segment that goes on after <paramref name="previous"/>.</summary>
    public static byte[] Header(in JournalPosition previous)
    {
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(FirstAt), previous.Sequence + 1);
        previous.Hash.CopyTo(header.AsSpan(PreviousAt));
        RecordHash.Of(header.AsSpan(0, HashAt)).CopyTo(header.AsSpan(HashAt));
        return header;
    }
}
