namespace Gateway.Core.Store;

/// <summary>The files of an open journal. Used by one thread only. Every method may throw <see cref="JournalFailedException"/>, or another
/// <see cref="IOException"/> than a full disk: after either, nothing may be written any more.</summary>
internal sealed class JournalWriter : IDisposable
{
    private readonly JournalOptions _options;
    private readonly RecordHash _genesis;
    private readonly List<Segment> _segments;
    private readonly List<Segment> _dropped = [];
    private AnchoredHead _head;
    private IJournalFile _file;
    private byte[] _buffer = [];

    /// <summary>Takes over what a scan found: removes leftovers, cuts a torn tail, makes the first segment.</summary>
    public JournalWriter(JournalOptions options, JournalPosition genesis, JournalScan scan)
    {
        _options = options;
        _genesis = genesis.Hash;
        _segments = [.. scan.Segments];
        Last = scan.Last;
        RemoveLeftovers(scan);
        _head = scan.Head ?? new AnchoredHead(genesis, genesis, IsClosed: false);
        if (scan.Head is null)
            _head.Write(options.Folder, _genesis, options.Key);
        _file = _segments.Count == 0 ? BeginSegment() : TakeLastSegment(scan.Torn);
    }

    /// <summary>Last record on the disk.</summary>
    public JournalPosition Last { get; private set; }

    /// <summary>Position before the first record that is kept.</summary>
    public JournalPosition Before => _head.Before;

    public IReadOnlyList<Segment> Segments => _segments;

    public bool IsAnchored => _head.Head == Last;

    /// <summary>Appends all of them in one write and one fsync.</summary>
    /// <returns>False when there is no room: nothing was appended.</returns>
    public bool TryAppend(IReadOnlyList<PendingAppend> group)
    {
        var bytes = group.Sum(append => append.RecordBytes);
        try
        {
            // A head that says "closed" must not outlive the first record after it.
            if (_head.IsClosed)
                Anchor(isClosed: false);
            if (_segments[^1].LengthBytes + bytes > _options.SegmentBytes && _segments[^1].LengthBytes > SegmentFormat.HeaderBytes)
                ChangeSegment();
            Write(group, bytes);
            return true;
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            return false;
        }
    }

    /// <summary>Signs the last record, unless that is done.</summary>
    /// <returns>False when there is no room.</returns>
    public bool TryAnchor(bool isClosed)
    {
        if (IsAnchored && _head.IsClosed == isClosed)
            return true;
        try
        {
            Anchor(isClosed);
            return true;
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            return false;
        }
    }

    /// <summary>Removes the files of dropped segments. To be called when no new reader can ask for them.</summary>
    public void RemoveDropped()
    {
        if (_dropped.Count == 0)
            return;
        foreach (var segment in _dropped)
            _options.Folder.Delete(segment.FileName);
        WholeFile.Sync(_options.Folder);
        _dropped.Clear();
    }

    public void Dispose() => _file.Dispose();

    private void Anchor(bool isClosed) => Sign(_head with { Head = Last, IsClosed = isClosed });

    private void Sign(AnchoredHead head)
    {
        head.Write(_options.Folder, _genesis, _options.Key);
        _head = head;
    }

    private void Write(IReadOnlyList<PendingAppend> group, int bytes)
    {
        if (_buffer.Length < bytes)
            _buffer = new byte[Math.Max(bytes, 2 * _buffer.Length)];
        var last = Last;
        var at = 0;
        for (var place = 0; place < group.Count; place++)
        {
            last = RecordFormat.Write(_buffer.AsSpan(at), last, place, group[place].Payload.Span);
            at += group[place].RecordBytes;
        }
        var segment = _segments[^1];
        try
        {
            _file.Write(segment.LengthBytes, _buffer.AsSpan(0, bytes));
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            CutBack(segment);
            throw;
        }
        WholeFile.Sync(_file, _options.Folder, segment.FileName);
        _segments[^1] = segment with { LengthBytes = segment.LengthBytes + bytes };
        Last = last;
    }

    private void CutBack(Segment segment)
    {
        try
        {
            _file.Truncate(segment.LengthBytes);
        }
        catch (IOException e)
        {
            throw new JournalFailedException($"the disk is full and {segment.FileName} in {_options.Folder.Name} cannot be cut: {e.Message}", e);
        }
        // Else a power cut could bring half a record back behind a head that says "closed".
        WholeFile.Sync(_file, _options.Folder, segment.FileName);
    }

    /// <summary>Begins a segment, signs where the last one ended, and drops the oldest ones beyond the bound: the head says that they are
    /// gone before they go.</summary>
    private void ChangeSegment()
    {
        var file = BeginSegment();
        _file.Dispose();
        _file = file;
        var dropped = CountToDrop();
        Sign(_head with { Before = _segments[dropped].Before, Head = Last, IsClosed = false });
        _dropped.AddRange(_segments.Take(dropped));
        _segments.RemoveRange(0, dropped);
    }

    /// <summary>The segment just begun counts with its full size, so that the bound holds until the next change.</summary>
    private int CountToDrop()
    {
        if (_options.MaxTotalBytes is not { } most)
            return 0;
        var total = _segments.Sum(segment => segment.LengthBytes) - SegmentFormat.HeaderBytes + _options.SegmentBytes;
        var count = 0;
        while (total > most && count < _segments.Count - 1)
            total -= _segments[count++].LengthBytes;
        return count;
    }

    private IJournalFile BeginSegment()
    {
        var segment = new Segment(Last, SegmentFormat.HeaderBytes);
        WholeFile.Write(_options.Folder, segment.FileName, SegmentFormat.Header(Last));
        var file = _options.Folder.Open(segment.FileName, write: true);
        _segments.Add(segment);
        return file;
    }

    private IJournalFile TakeLastSegment(TornTail? torn)
    {
        var segment = _segments[^1];
        var file = _options.Folder.Open(segment.FileName, write: true);
        if (torn is not null)
            file.Truncate(segment.LengthBytes);
        // What was found may be in memory only, when a process was killed before its fsync. From here on it counts.
        WholeFile.Sync(file, _options.Folder, segment.FileName);
        return file;
    }

    private void RemoveLeftovers(JournalScan scan)
    {
        var unfinished = _options.Folder.List().Where(name => name.EndsWith(WholeFile.Unfinished, StringComparison.Ordinal));
        string[] names = [.. scan.Leftovers, .. unfinished];
        foreach (var name in names)
            _options.Folder.Delete(name);
        if (names.Length > 0)
            WholeFile.Sync(_options.Folder);
    }
}
