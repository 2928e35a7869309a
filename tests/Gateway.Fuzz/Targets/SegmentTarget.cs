using Gateway.Core.Store;

namespace Gateway.Fuzz.Targets;

/// <summary>The bytes as the records of a journal's segment, as they are and with every hash made right, so that damage gets further than
/// the first hash.</summary>
internal static class SegmentTarget
{
    /// <summary>Journal that the seeds were written for.</summary>
    private const string Journal = "fuzz";

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        Read(data.ToArray());
        Read(Chained(data));
    }

    private static void Read(byte[] bytes)
    {
        using var reader = new SegmentReader(new BytesFile(bytes), 0, bytes.Length);
        var last = new JournalPosition(0, RecordFormat.Genesis(Journal));
        var (before, count) = (0L, 0);
        RecordFault fault;
        while ((fault = reader.Next(ref last)) == RecordFault.None)
        {
            count++;
            Promise.Keep(last.Sequence == count, "records come in order");
            Promise.Keep(reader.Offset - before == reader.Payload.Length + RecordFormat.OverheadBytes && reader.Offset <= bytes.Length, "a record lies inside the file");
            Promise.Keep(RecordFormat.IsWhole(bytes.AsSpan((int)before)) && RecordFormat.IsLength(reader.Payload.Length), "a record has a good hash");
            before = reader.Offset;
        }
        Promise.Keep(fault == RecordFault.End == (before == bytes.Length) && reader.Offset == before, "it stops after the last good record");
    }

    /// <summary>Gives each record, as far as its length says where it is, the right sequence, previous hash and hash.</summary>
    private static byte[] Chained(ReadOnlySpan<byte> data)
    {
        var bytes = data.ToArray();
        var last = new JournalPosition(0, RecordFormat.Genesis(Journal));
        for (var at = 0; at + RecordFormat.OverheadBytes <= bytes.Length;)
        {
            var record = bytes.AsSpan(at);
            var length = RecordFormat.Length(record);
            if (!RecordFormat.IsLength(length) || record.Length < RecordFormat.OverheadBytes + length)
                break;
            last = RecordFormat.Write(record, last, RecordFormat.Place(record), record.Slice(RecordFormat.PayloadAt, length).ToArray());
            at += RecordFormat.OverheadBytes + length;
        }
        return bytes;
    }

    private sealed class BytesFile(byte[] bytes) : IJournalFile
    {
        public long LengthBytes => bytes.Length;

        public int Read(long offset, Span<byte> to)
        {
            var count = (int)Math.Clamp(bytes.Length - offset, 0, to.Length);
            bytes.AsSpan((int)Math.Min(offset, bytes.Length), count).CopyTo(to);
            return count;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => throw new NotSupportedException("a reader writes nothing");

        public void Truncate(long lengthBytes) => throw new NotSupportedException("a reader cuts nothing");

        public void Sync()
        {
        }

        public void Dispose()
        {
        }
    }
}
