namespace Gateway.Core.Store;

/// <summary>An append-only, hash-chained journal: a record is written and synced, and only then acknowledged. Any number of threads may
/// append and read; appends that come together share one fsync. <c>docs/journal.md</c> draws the files.</summary>
public sealed class Journal : IDisposable
{
    private const string LockName = "lock";

    private readonly JournalOptions _options;
    private readonly IDisposable _lock;
    private readonly JournalWriter _writer;
    private readonly Reserve _reserve;
    private readonly AppendQueue _queue = new();
    private readonly ITimer _timer;
    private readonly Thread _thread;
    private volatile JournalExtent _extent;
    private volatile JournalFailedException? _failure;
    private volatile bool _isFull;
    private bool _isTimerSet;
    private long _appended;
    private long _groups;
    private long _refusedFull;
    private int _isDisposed;

    private Journal(JournalOptions options, IDisposable folderLock, JournalPosition genesis, JournalScan scan)
    {
        _options = options;
        _lock = folderLock;
        Recovery = new JournalRecovery(scan.Last.Sequence - (scan.Head?.Before.Sequence ?? 0), scan.Torn, scan.Leftovers.Count);
        _writer = new JournalWriter(options, genesis, scan);
        _extent = JournalExtent.Of(_writer, null);
        _reserve = new Reserve(options.Folder, options.ReserveBytes, marginBytes: options.SegmentBytes);
        _reserve.Find();
        _isFull = !_reserve.TryMake();
        _timer = options.Clock.CreateTimer(_ => _queue.AskForAnchor(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _thread = new Thread(Run) { Name = "journal " + options.Name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>What opening found.</summary>
    public JournalRecovery Recovery { get; }

    /// <summary>Last acknowledged record; sequence 0 when there is none. Give it to someone outside the box, such as the fabric: only
    /// that shows a journal which was put back whole to an older state.</summary>
    public JournalPosition Head => _extent.Head;

    /// <summary>Sequence of the oldest record kept; <c>Head.Sequence + 1</c> when there is none.</summary>
    public long First => _extent.Before.Sequence + 1;

    /// <summary>Position before the oldest record kept.</summary>
    internal JournalPosition Before => _extent.Before;

    public JournalCondition Condition =>
        _failure is not null ? JournalCondition.Failed : _isFull ? JournalCondition.Full : JournalCondition.Ok;

    /// <summary>Why the journal stopped; null while it runs.</summary>
    public JournalFailedException? Failure => _failure;

    public JournalCounters Counters
    {
        get
        {
            var extent = _extent;
            return new JournalCounters(
                Interlocked.Read(ref _appended), Interlocked.Read(ref _groups), Interlocked.Read(ref _refusedFull), _queue.Refused,
                extent.Before.Sequence, extent.TotalBytes);
        }
    }

    /// <summary>Raised on the journal's own thread after records were acknowledged. Must return at once and never throw.</summary>
    internal event Action? Acknowledged;

    /// <summary>Opens a journal, or makes one: verifies every record, cuts a torn tail, takes the folder for this process.</summary>
    /// <param name="options">How it is kept.</param>
    /// <param name="anchors">Positions that must be in it, such as those of signed snapshots.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="JournalLockedException">Someone has it open.</exception>
    /// <exception cref="JournalDamagedException">It is not what was written; nothing was changed.</exception>
    /// <exception cref="JournalFullException">There is no journal yet and no room to make one.</exception>
    /// <exception cref="JournalFailedException">The disk failed, or this user may not.</exception>
    public static Journal Open(JournalOptions options, params IReadOnlyCollection<JournalPosition> anchors)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        IDisposable? folderLock = null;
        try
        {
            folderLock = options.Folder.Lock(LockName);
            var genesis = new JournalPosition(0, RecordFormat.Genesis(options.Name));
            return new Journal(options, folderLock, genesis, JournalScan.Run(options.Folder, genesis, options.Key, anchors));
        }
        catch (Exception e)
        {
            folderLock?.Dispose();
            if (DiskFull.Is(e))
                throw new JournalFullException($"there is no room to open the journal {options.Name} in {options.Folder.Name}", e);
            if (e is IOException or UnauthorizedAccessException)
                throw new JournalFailedException($"the journal {options.Name} in {options.Folder.Name} cannot be opened: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Appends and waits until it is on the disk.</summary>
    /// <returns>Sequence of the record.</returns>
    /// <exception cref="ArgumentException">The payload is empty or too long.</exception>
    /// <exception cref="JournalFullException">No room; nothing was appended.</exception>
    /// <exception cref="JournalBusyException">Too many appends wait; nothing was appended.</exception>
    /// <exception cref="JournalFailedException">The journal stopped.</exception>
    /// <exception cref="ObjectDisposedException">The journal is closed.</exception>
    public long Append(ReadOnlySpan<byte> payload, AppendUse use = AppendUse.Ordinary) =>
        Enqueue(payload.ToArray(), use).GetAwaiter().GetResult();

    /// <summary>As <see cref="Append"/>, without blocking. An append cannot be taken back, so there is nothing to cancel.</summary>
    /// <param name="payload">Must not change until the append is done.</param>
    /// <param name="use">Whether it may use the reserve.</param>
    public ValueTask<long> AppendAsync(ReadOnlyMemory<byte> payload, AppendUse use = AppendUse.Ordinary) => new(Enqueue(payload, use));

    /// <summary>Acknowledged records, oldest first, up to the head as it is now.</summary>
    /// <param name="fromSequence">First one wanted; when it was dropped, the oldest one kept comes first.</param>
    /// <exception cref="JournalDamagedException">What is read is not what was written.</exception>
    public IEnumerable<JournalRecord> Read(long fromSequence)
    {
        var last = Head.Sequence;
        using var reader = OpenReader(fromSequence);
        while (reader.TryRead() is { } record && record.Sequence <= last)
            yield return record;
    }

    /// <summary>A reader that can go on when more records came.</summary>
    public JournalReader OpenReader(long fromSequence) => new(_options.Folder, () => _extent, fromSequence);

    /// <summary>Writes what still waits, signs the head as closed, and gives the folder back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        _queue.Close();
        _thread.Join();
        _timer.Dispose();
        _writer.Dispose();
        _lock.Dispose();
    }

    private Task<long> Enqueue(ReadOnlyMemory<byte> payload, AppendUse use)
    {
        if (payload.Length < 1 || payload.Length > _options.MaxPayloadBytes)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"the payload has {payload.Length} bytes; it must have 1 to {_options.MaxPayloadBytes}"), nameof(payload));
        }
        ThrowIfFailed();
        var append = new PendingAppend(payload, use);
        _queue.Add(append);
        return append.Task;
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
            throw new JournalFailedException(failure.Message, failure);
    }

    private void Run()
    {
        var group = new List<PendingAppend>();
        var maxBytes = Math.Min(JournalLimits.MaxGroupBytes, _options.SegmentBytes - SegmentFormat.HeaderBytes);
        while (_queue.Take(group, maxBytes, out var anchorDue))
        {
            Guard(group, () => Process(group, anchorDue));
            group.Clear();
        }
        Guard(group, () => _writer.TryAnchor(isClosed: true));
    }

    /// <summary>Whatever goes wrong with the files stops the journal for good; it never ends the process.</summary>
    private void Guard(List<PendingAppend> group, Action work)
    {
        try
        {
            if (_failure is null)
                work();
        }
        catch (Exception e)
        {
            _failure = e as JournalFailedException
                ?? new JournalFailedException($"writing the journal {_options.Name} in {_options.Folder.Name} failed: {e.Message}", e);
        }
        if (_failure is { } failure)
            group.ForEach(append => append.Refuse(new JournalFailedException(failure.Message, failure)));
    }

    private void Process(List<PendingAppend> group, bool anchorDue)
    {
        if (group.Count > 0)
            Commit(group);
        if (anchorDue)
        {
            _isTimerSet = false;
            if (_isFull && _reserve.TryMake() && _reserve.HasMargin)
                _isFull = false;
            _writer.TryAnchor(isClosed: false);
        }
        if (!_isTimerSet && (_isFull || !_writer.IsAnchored))
            _isTimerSet = _timer.Change(_options.AnchorInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ordinary records are taken only while the reserve is whole; audit records may use it up.</summary>
    private void Commit(List<PendingAppend> group)
    {
        if (!_reserve.TryMake())
            RefuseOrdinary(group);
        if (group.Count == 0 || TryAcknowledge(group))
            return;
        RefuseOrdinary(group);
        if (group.Count > 0 && !(_reserve.Release() && TryAcknowledge(group)))
            RefuseFull(group, _ => true);
    }

    private bool TryAcknowledge(List<PendingAppend> group)
    {
        if (!_writer.TryAppend(group))
            return false;
        _isFull = !_reserve.IsReady;
        _extent = JournalExtent.Of(_writer, _extent);
        Interlocked.Add(ref _appended, group.Count);
        Interlocked.Increment(ref _groups);
        var first = _extent.Head.Sequence - group.Count + 1;
        for (var place = 0; place < group.Count; place++)
            group[place].Acknowledge(first + place);
        group.Clear();
        Acknowledged?.Invoke();
        _writer.RemoveDropped();
        return true;
    }

    private void RefuseOrdinary(List<PendingAppend> group) => RefuseFull(group, append => append.Use == AppendUse.Ordinary);

    private void RefuseFull(List<PendingAppend> group, Predicate<PendingAppend> which)
    {
        _isFull = true;
        foreach (var append in group.Where(append => which(append)))
        {
            Interlocked.Increment(ref _refusedFull);
            append.Refuse(new JournalFullException(
                $"no room is left in {_options.Folder.Name} beside the reserve for audit records: this record was not stored. What is stored is untouched; make room there."));
        }
        group.RemoveAll(which);
    }
}
