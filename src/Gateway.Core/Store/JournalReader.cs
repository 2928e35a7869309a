namespace Gateway.Core.Store;

/// <summary>Reads acknowledged records in order and goes on when more came. Not for several threads.</summary>
public sealed class JournalReader : IDisposable
{
    private readonly IJournalFolder _folder;
    private readonly Func<JournalExtent> _extent;
    private SegmentReader? _segment;
    private long _segmentFirst;
    private JournalPosition _last;
    private long _next;

    internal JournalReader(IJournalFolder folder, Func<JournalExtent> extent, long fromSequence)
    {
        _folder = folder;
        _extent = extent;
        _next = Math.Max(1, fromSequence);
    }

    /// <summary>Records that were dropped before this reader came to them.</summary>
    public long Missed { get; private set; }

    /// <summary>The next record; null when there is none yet.</summary>
    /// <exception cref="JournalDamagedException">What is read is not what was written.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public JournalRecord? TryRead()
    {
        while (true)
        {
            var extent = _extent();
            if (_next > extent.Head.Sequence)
                return null;
            if (_next <= extent.Before.Sequence)
                SkipTo(extent.Before.Sequence + 1);
            if (_segment is null && !TryOpen(extent))
                continue;
            if (ReadRecord(extent) is { } record)
                return record;
        }
    }

    public void Dispose() => Leave();

    private void SkipTo(long sequence)
    {
        Missed += sequence - _next;
        _next = sequence;
        Leave();
    }

    private void Leave()
    {
        _segment?.Dispose();
        _segment = null;
    }

    /// <summary>Opens the segment that holds the next record; false when it was dropped meanwhile.</summary>
    private bool TryOpen(JournalExtent extent)
    {
        var index = extent.IndexOf(_next);
        var segment = extent.Segments[index];
        try
        {
            var file = _folder.Open(segment.FileName, write: false);
            _segment = new SegmentReader(file, SegmentFormat.HeaderBytes, extent.LengthBytes(index));
        }
        catch (FileNotFoundException e)
        {
            // Dropped between the look at the extent and now: the extent moves on before the file goes, unless someone else removed it.
            if (_extent().Before.Sequence >= segment.First)
                return false;
            throw new JournalDamagedException(Path.Combine(_folder.Name, segment.FileName), 0, _next, $"the segment is gone: {e.Message}");
        }
        _segmentFirst = segment.First;
        _last = segment.Before;
        return true;
    }

    /// <summary>Reads on in the open segment up to the next wanted record; null at its end.</summary>
    private JournalRecord? ReadRecord(JournalExtent extent)
    {
        var index = extent.IndexOf(_segmentFirst);
        if (extent.Segments[index].First == _segmentFirst)
            _segment!.Limit = extent.LengthBytes(index);
        while (true)
        {
            var offset = _segment!.Offset;
            switch (_segment.Next(ref _last))
            {
                case RecordFault.None when _last.Sequence < _next:
                    continue;
                case RecordFault.None:
                    _next++;
                    return new JournalRecord(_last, _segment.Payload.ToArray());
                case RecordFault.End when _next == _last.Sequence + 1:
                    Leave();
                    return null;
                default:
                    throw new JournalDamagedException(
                        Path.Combine(_folder.Name, SegmentFormat.FileName(_segmentFirst)), offset, _last.Sequence + 1,
                        "it is not what was written");
            }
        }
    }
}
