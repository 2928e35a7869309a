namespace Gateway.Core.Store;

/// <param name="Newest">Newest valid snapshot; null when there is none.</param>
/// <param name="Damaged">Files that were no valid snapshot, newest first. They were set aside.</param>
public sealed record SnapshotLoad(Snapshot? Newest, IReadOnlyList<string> Damaged);

/// <summary>Signed snapshots of the state that a journal gives, so that a start need not replay it all. The newest two are kept.</summary>
/// <param name="folder">A folder of their own.</param>
/// <param name="journalName">Name of the journal.</param>
/// <param name="key">Signs them.</param>
public sealed class SnapshotStore(IJournalFolder folder, string journalName, StoreKey key)
{
    /// <summary>Two: when the newest is damaged, the one before it serves.</summary>
    public const int Kept = 2;

    private const string Broken = ".broken";

    private readonly RecordHash _genesis = RecordFormat.Genesis(journalName);

    /// <summary>The newest valid one. Damaged ones are renamed to <c>*.broken</c>, of which one is kept.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public SnapshotLoad LoadNewest()
    {
        var damaged = new List<string>();
        Snapshot? newest = null;
        foreach (var name in Names())
        {
            var bytes = WholeFile.Read(folder, name, JournalLimits.MaxSnapshotBytes + Snapshot.OverheadBytes);
            newest = bytes is null ? null : Snapshot.Decode(bytes, _genesis, key);
            if (newest is not null && Snapshot.FileName(newest.At.Sequence) == name)
                break;
            newest = null;
            damaged.Add(name);
        }
        SetAside(damaged);
        return new SnapshotLoad(newest, damaged);
    }

    /// <summary>Stores a snapshot: written under another name, fsync, rename, fsync of the folder; then those beyond the newest two go.</summary>
    /// <param name="at">An acknowledged record.</param>
    /// <param name="state">The state after it, at most <see cref="JournalLimits.MaxSnapshotBytes"/> bytes.</param>
    /// <exception cref="ArgumentException">The state is too long.</exception>
    /// <exception cref="JournalFullException">No room; the older ones are untouched.</exception>
    /// <exception cref="JournalFailedException">An fsync failed; the older ones are untouched.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Save(JournalPosition at, ReadOnlyMemory<byte> state)
    {
        if (state.Length > JournalLimits.MaxSnapshotBytes)
            throw new ArgumentException($"the state has {state.Length} bytes; a snapshot may have {JournalLimits.MaxSnapshotBytes}", nameof(state));
        try
        {
            WholeFile.Write(folder, Snapshot.FileName(at.Sequence), new Snapshot(at, state).Encode(_genesis, key));
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            throw new JournalFullException($"there is no room for a snapshot in {folder.Name}", e);
        }
        foreach (var name in Names().Skip(Kept))
            folder.Delete(name);
    }

    /// <summary>Newest first.</summary>
    private IEnumerable<string> Names() => folder.List().Where(Snapshot.IsFileName).OrderDescending(StringComparer.Ordinal);

    private void SetAside(List<string> damaged)
    {
        if (damaged.Count == 0)
            return;
        foreach (var old in folder.List().Where(name => name.EndsWith(Broken, StringComparison.Ordinal)))
            folder.Delete(old);
        folder.Rename(damaged[0], damaged[0] + Broken);
        foreach (var name in damaged.Skip(1))
            folder.Delete(name);
        WholeFile.Sync(folder);
    }
}
