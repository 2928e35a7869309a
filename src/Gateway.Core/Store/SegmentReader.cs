namespace Gateway.Core.Store;

/// <summary>Why no record could be read.</summary>
internal enum RecordFault
{
    None = 0,

    /// <summary>The segment ends here, between two records.</summary>
    End,
    Short,
    Length,
    Sequence,
    Previous,
    Hash,
}

/// <summary>Reads the records of one segment in order and checks each against the one before. Owns the file.</summary>
internal sealed class SegmentReader(IJournalFile file, long offset, long limit) : IDisposable
{
    private const int ChunkBytes = 64 * 1024;

    private byte[] _buffer = new byte[ChunkBytes];
    private int _start;
    private int _count;

    /// <summary>Where the next record begins, in bytes from the start of the file.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>End of what may be read: bytes beyond it are not acknowledged.</summary>
    public long Limit { get; set; } = limit;

    /// <summary>Payload of the last record, until the next call.</summary>
    public ReadOnlySpan<byte> Payload => _buffer.AsSpan(_start - _length + RecordFormat.PayloadAt, _length - RecordFormat.OverheadBytes);

    private int _length;

    /// <summary>Reads the record after <paramref name="last"/> and moves <paramref name="last"/> on to it.</summary>
    public RecordFault Next(ref JournalPosition last)
    {
        if (Offset == Limit)
            return RecordFault.End;
        if (!Fill(RecordFormat.OverheadBytes))
            return RecordFault.Short;
        var length = RecordFormat.Length(Window);
        if (!RecordFormat.IsLength(length))
            return RecordFault.Length;
        if (!Fill(RecordFormat.OverheadBytes + length))
            return RecordFault.Short;
        var record = Window[..(RecordFormat.OverheadBytes + length)];
        if (RecordFormat.Sequence(record) != last.Sequence + 1)
            return RecordFault.Sequence;
        if (RecordFormat.Previous(record) != last.Hash)
            return RecordFault.Previous;
        if (!RecordFormat.IsWhole(record))
            return RecordFault.Hash;
        last = new JournalPosition(last.Sequence + 1, RecordFormat.Hash(record));
        _length = record.Length;
        Offset += _length;
        _start += _length;
        _count -= _length;
        return RecordFault.None;
    }

    public void Dispose() => file.Dispose();

    private ReadOnlySpan<byte> Window => _buffer.AsSpan(_start, _count);

    /// <summary>Has at least so many bytes in the window, unless the limit comes first.</summary>
    private bool Fill(int bytes)
    {
        if (_count >= bytes)
            return true;
        if (Offset + bytes > Limit)
            return false;
        MakeRoom(bytes);
        while (_count < bytes)
        {
            var room = (int)Math.Min(_buffer.Length - _start - _count, Limit - Offset - _count);
            var read = file.Read(Offset + _count, _buffer.AsSpan(_start + _count, room));
            if (read == 0)
                return false;
            _count += read;
        }
        return true;
    }

    private void MakeRoom(int bytes)
    {
        var to = bytes <= _buffer.Length ? _buffer : new byte[Math.Max(bytes, _buffer.Length * 2)];
        Window.CopyTo(to);
        _buffer = to;
        _start = 0;
    }
}
