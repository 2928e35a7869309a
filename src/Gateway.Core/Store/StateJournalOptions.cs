using System.Text.Json.Serialization.Metadata;

namespace Gateway.Core.Store;

/// <summary>How a state is kept as a journal of entries.</summary>
/// <typeparam name="TState">The state, immutable.</typeparam>
/// <typeparam name="TEntry">What changes it.</typeparam>
public sealed record StateJournalOptions<TState, TEntry>
    where TState : class
    where TEntry : class
{
    /// <summary>The journal. It must not be bounded: dropping an entry would change the state.</summary>
    public required JournalOptions Journal { get; init; }

    /// <summary>Folder of the snapshots, their own.</summary>
    public required IJournalFolder Snapshots { get; init; }

    /// <summary>State before the first entry.</summary>
    public required TState Initial { get; init; }

    /// <summary>The state after an entry. Pure: same arguments, same result, for ever, because each start applies it again. When it throws
    /// for a new entry, nothing is stored.</summary>
    public required Func<TState, TEntry, TState> Reduce { get; init; }

    public required JsonTypeInfo<TEntry> EntryType { get; init; }

    public required JsonTypeInfo<TState> StateType { get; init; }

    /// <summary>Entries between two snapshots, 1 or more: what a start replays at most, twice when the newest snapshot is damaged.</summary>
    public int SnapshotEvery { get; init; } = 1000;
}

/// <summary>What opening a state found.</summary>
/// <param name="Journal">What the journal found; null when it is damaged.</param>
/// <param name="SnapshotSequence">Record of the snapshot used; 0 when there was none.</param>
/// <param name="DamagedSnapshots">Snapshots that were not valid, set aside.</param>
/// <param name="Replayed">Entries applied.</param>
/// <param name="Damage">Why the journal cannot be used; the state is then that of the last signed snapshot, and nothing can be appended.</param>
public sealed record StateRecovery(
    JournalRecovery? Journal, long SnapshotSequence, IReadOnlyList<string> DamagedSnapshots, long Replayed, JournalDamagedException? Damage);
