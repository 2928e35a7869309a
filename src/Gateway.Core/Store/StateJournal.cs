using System.Text.Json;

namespace Gateway.Core.Store;

/// <summary>Opens states that are kept as journals.</summary>
public static class StateJournal
{
    /// <summary>Opens journal and snapshots and applies what came after the newest snapshot.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="JournalDamagedException">The journal is damaged and no valid snapshot stands in for it.</exception>
    /// <exception cref="StateReplayException">An entry cannot be applied.</exception>
    /// <exception cref="JournalException">As for <see cref="Journal.Open"/>.</exception>
    public static StateJournal<TState, TEntry> Open<TState, TEntry>(StateJournalOptions<TState, TEntry> options)
        where TState : class
        where TEntry : class
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SnapshotEvery, 1);
        if (options.Journal.MaxTotalBytes is not null)
            throw new ArgumentException($"{nameof(JournalOptions.MaxTotalBytes)} is set; the journal of a state must keep everything", nameof(options));
        return new StateJournal<TState, TEntry>(options);
    }
}

/// <summary>A state that is the sum of its journal. One writer at a time, any number of readers; what a reader sees was acknowledged.</summary>
public sealed class StateJournal<TState, TEntry> : IDisposable
    where TState : class
    where TEntry : class
{
    private readonly StateJournalOptions<TState, TEntry> _options;
    private readonly SnapshotStore _snapshots;
    private readonly Journal? _journal;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private volatile TState _state;
    private long _snapshotSequence;
    private long _snapshotFailures;

    internal StateJournal(StateJournalOptions<TState, TEntry> options)
    {
        _options = options;
        _snapshots = new SnapshotStore(options.Snapshots, options.Journal.Name, options.Journal.Key);
        var load = _snapshots.LoadNewest();
        var start = Decode(load.Newest);
        _state = start ?? options.Initial;
        _snapshotSequence = start is null ? 0 : load.Newest!.At.Sequence;
        try
        {
            // The snapshot is an anchor, also when its state cannot be read: the journal must hold the record it was taken at.
            _journal = load.Newest is null ? Store.Journal.Open(options.Journal) : Store.Journal.Open(options.Journal, load.Newest.At);
        }
        catch (JournalDamagedException damage) when (start is not null)
        {
            Recovery = new StateRecovery(null, _snapshotSequence, load.Damaged, 0, damage);
            return;
        }
        Recovery = new StateRecovery(_journal.Recovery, _snapshotSequence, load.Damaged, Replay(), null);
    }

    /// <summary>What opening found. A damage is an alarm.</summary>
    public StateRecovery Recovery { get; }

    /// <summary>The state, acknowledged to the last entry.</summary>
    public TState State => _state;

    /// <summary>The journal; null when it is damaged.</summary>
    public Journal? Journal => _journal;

    /// <summary>Snapshots that could not be stored since opening. Not a loss: the next start replays more.</summary>
    public long SnapshotFailures => Interlocked.Read(ref _snapshotFailures);

    /// <summary>Applies an entry: reduced, stored, acknowledged, and only then visible.</summary>
    /// <returns>The state with it.</returns>
    /// <exception cref="JournalException">It was not stored, see <see cref="Store.Journal.Append"/>; the state is as before.</exception>
    public Task<TState> AppendAsync(TEntry entry, AppendUse use = AppendUse.Ordinary)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return AppendAsync(_ => entry, use);
    }

    /// <summary>Decides on the state as it is and applies the entry, with no other entry in between.</summary>
    /// <param name="decide">Makes the entry; null for none. What it throws comes out, and nothing is stored.</param>
    /// <param name="use">Whether the entry may use the reserve.</param>
    /// <returns>The state after it.</returns>
    public async Task<TState> AppendAsync(Func<TState, TEntry?> decide, AppendUse use = AppendUse.Ordinary)
    {
        ArgumentNullException.ThrowIfNull(decide);
        if (_journal is null)
            throw Recovery.Damage!;
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (decide(_state) is not { } entry)
                return _state;
            var bytes = JsonSerializer.SerializeToUtf8Bytes(entry, _options.EntryType);
            // The entry as it will be read back is applied, so that a replay gives this state and no other.
            var next = Reduce(_state, bytes);
            var sequence = await _journal.AppendAsync(bytes, use).ConfigureAwait(false);
            _state = next;
            if (sequence - _snapshotSequence >= _options.SnapshotEvery)
                TakeSnapshot();
            return next;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Waits for the entry that is being stored and closes the journal.</summary>
    public void Dispose()
    {
        _writing.Wait();
        _journal?.Dispose();
        _writing.Release();
    }

    private TState Reduce(TState state, ReadOnlySpan<byte> bytes) => _options.Reduce(
        state, JsonSerializer.Deserialize(bytes, _options.EntryType) ?? throw new JsonException("the entry is null"));

    private long Replay()
    {
        var count = 0L;
        try
        {
            foreach (var record in _journal!.Read(_snapshotSequence + 1))
            {
                _state = Apply(record);
                count++;
            }
        }
        catch
        {
            _journal!.Dispose();
            throw;
        }
        return count;
    }

    private TState Apply(JournalRecord record)
    {
        try
        {
            return Reduce(_state, record.Payload.Span);
        }
        catch (Exception e)
        {
            throw new StateReplayException(record.Sequence, e);
        }
    }

    /// <summary>A signed snapshot that this program cannot read is no loss either: the journal has it all.</summary>
    private TState? Decode(Snapshot? snapshot)
    {
        try
        {
            return snapshot is null ? null : JsonSerializer.Deserialize(snapshot.State.Span, _options.StateType);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void TakeSnapshot()
    {
        // Counted from here also when it fails, so that a full disk is not written to with every entry.
        var at = _journal!.Head;
        _snapshotSequence = at.Sequence;
        try
        {
            _snapshots.Save(at, JsonSerializer.SerializeToUtf8Bytes(_state, _options.StateType));
        }
        catch (Exception e) when (e is JournalException or IOException or ArgumentException)
        {
            Interlocked.Increment(ref _snapshotFailures);
        }
    }
}
