namespace Gateway.Core.Store;

/// <summary>Appends that wait for the writer's thread, first come first served, bounded.</summary>
internal sealed class AppendQueue
{
    // Monitor, not Lock: the writer's thread waits on it.
    private readonly object _gate = new();
    private readonly Queue<PendingAppend> _waiting = new();
    private long _waitingBytes;
    private bool _anchorDue;
    private bool _isClosed;

    /// <summary>Appends refused because too many waited.</summary>
    public long Refused { get; private set; }

    /// <exception cref="JournalBusyException">Too many wait.</exception>
    /// <exception cref="ObjectDisposedException">The journal is closed.</exception>
    public void Add(PendingAppend append)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(Journal));
            if (_waiting.Count >= JournalLimits.MaxWaiting || _waitingBytes + append.Payload.Length > JournalLimits.MaxWaitingBytes)
            {
                Refused++;
                throw new JournalBusyException(FormattableString.Invariant(
                    $"{_waiting.Count} appends with {_waitingBytes} bytes wait for the disk; wait for them before appending more"));
            }
            _waiting.Enqueue(append);
            _waitingBytes += append.Payload.Length;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Has the writer's thread sign the head soon.</summary>
    public void AskForAnchor()
    {
        lock (_gate)
        {
            _anchorDue = true;
            Monitor.Pulse(_gate);
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for something to do and takes as much as goes into one write.</summary>
    /// <param name="group">Filled; empty when only the head is to be signed.</param>
    /// <param name="maxBytes">Most bytes of records; one record always goes.</param>
    /// <param name="anchorDue">Whether the head is to be signed.</param>
    /// <returns>False when the queue is closed and nothing waits any more.</returns>
    public bool Take(List<PendingAppend> group, int maxBytes, out bool anchorDue)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_anchorDue && !_isClosed)
                Monitor.Wait(_gate);
            for (var bytes = 0; _waiting.TryPeek(out var next) && group.Count < JournalLimits.MaxGroupRecords; bytes += next.RecordBytes)
            {
                if (group.Count > 0 && bytes + next.RecordBytes > maxBytes)
                    break;
                group.Add(_waiting.Dequeue());
                _waitingBytes -= next.Payload.Length;
            }
            anchorDue = _anchorDue;
            _anchorDue = false;
            return group.Count > 0 || anchorDue || !_isClosed;
        }
    }
}
