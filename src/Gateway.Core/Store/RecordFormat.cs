using System.Buffers.Binary;

namespace Gateway.Core.Store;

/// <summary>One record as it stands in a segment. Numbers are little-endian.</summary>
/// <remarks><code>
/// 0        4          12      14              46          46+n     78+n
/// +--------+----------+-------+---------------+-----------+---------+
/// | length | sequence | place | previous hash | payload   | SHA-256 |
/// +--------+----------+-------+---------------+-----------+---------+
/// </code>
/// length: bytes of the payload, 1 to 1,048,576. place: how many records stand before it in the same write; sequence - place is therefore
/// the first record that was not yet synced when it was written, which tells a torn write from damage. The hash covers all before it.</remarks>
internal static class RecordFormat
{
    public const int OverheadBytes = PayloadAt + RecordHash.LengthBytes;

    public const int PayloadAt = PreviousAt + RecordHash.LengthBytes;

    private const int SequenceAt = 4;
    private const int PlaceAt = 12;
    private const int PreviousAt = 14;

    /// <summary>Hash before the first record: journals of different names cannot be taken for each other.</summary>
    public static RecordHash Genesis(string name) => RecordHash.Of(System.Text.Encoding.UTF8.GetBytes("gateway journal 1 " + name));

    /// <summary>Writes the record that follows <paramref name="previous"/> and says where it stands.</summary>
    public static JournalPosition Write(Span<byte> to, in JournalPosition previous, int place, ReadOnlySpan<byte> payload)
    {
        var sequence = previous.Sequence + 1;
        BinaryPrimitives.WriteInt32LittleEndian(to, payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(to[SequenceAt..], sequence);
        BinaryPrimitives.WriteUInt16LittleEndian(to[PlaceAt..], checked((ushort)place));
        previous.Hash.CopyTo(to[PreviousAt..]);
        payload.CopyTo(to[PayloadAt..]);
        var hash = RecordHash.Of(to[..(PayloadAt + payload.Length)]);
        hash.CopyTo(to[(PayloadAt + payload.Length)..]);
        return new JournalPosition(sequence, hash);
    }

    /// <summary>Length of the payload as the record claims it; not yet checked. Needs <see cref="PayloadAt"/> bytes.</summary>
    public static int Length(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt32LittleEndian(record);

    public static bool IsLength(int length) => length is >= 1 and <= JournalLimits.MaxPayloadBytes;

    public static long Sequence(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[SequenceAt..]);

    public static int Place(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt16LittleEndian(record[PlaceAt..]);

    public static RecordHash Previous(ReadOnlySpan<byte> record) => new(record.Slice(PreviousAt, RecordHash.LengthBytes));

    /// <summary>The hash as stored. Needs the whole record.</summary>
    public static RecordHash Hash(ReadOnlySpan<byte> record) => new(record.Slice(PayloadAt + Length(record), RecordHash.LengthBytes));

    /// <summary>Whether a whole record stands at the start, by its own hash.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < OverheadBytes || !IsLength(Length(bytes)) || bytes.Length < OverheadBytes + Length(bytes))
            return false;
        return RecordHash.Of(bytes[..(PayloadAt + Length(bytes))]) == Hash(bytes);
    }
}
