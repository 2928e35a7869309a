namespace Gateway.Core.Store;

/// <param name="First">Oldest record kept.</param>
/// <param name="Head">Last good record.</param>
/// <param name="SignedSequence">Record up to which the signed head vouches: to there every change of a byte, of the order and of the end is
/// found.</param>
/// <param name="IsClosed">The journal was closed there; so nothing after it is accepted either.</param>
/// <param name="Torn">Bytes of a write that was cut short; null when there are none.</param>
public sealed record JournalReport(long First, JournalPosition Head, long SignedSequence, bool IsClosed, TornTail? Torn)
{
    public long Records => Head.Sequence - First + 1;
}

/// <summary>Verifies a journal without changing it, also while another process writes it.</summary>
public static class JournalVerifier
{
    /// <summary>A journal in use may drop a segment, or sign a newer head, while it is read; then it is read again.</summary>
    private const int MaxAttempts = 10;

    /// <param name="folder">Where it lies.</param>
    /// <param name="name">Name it was made with.</param>
    /// <param name="key">Key of the head; the public half is enough.</param>
    /// <param name="anchors">Positions noted elsewhere, such as those reported to the fabric: they show an old copy put back whole.</param>
    /// <exception cref="JournalDamagedException">It is not what was written; says where.</exception>
    /// <exception cref="FileNotFoundException">There is no journal.</exception>
    public static JournalReport Verify(IJournalFolder folder, string name, StoreKey key, params IReadOnlyCollection<JournalPosition> anchors)
    {
        var genesis = new JournalPosition(0, RecordFormat.Genesis(name));
        for (var attempt = 1; ; attempt++)
        {
            var signed = AnchoredHead.Read(folder, genesis.Hash, key);
            try
            {
                return Report(folder, JournalScan.Run(folder, genesis, key, anchors));
            }
            catch (Exception e) when (e is JournalDamagedException or FileNotFoundException && attempt < MaxAttempts)
            {
                if (AnchoredHead.Read(folder, genesis.Hash, key) == signed)
                    throw;
            }
        }
    }

    private static JournalReport Report(IJournalFolder folder, JournalScan scan) => scan.Head is { } head
        ? new JournalReport(head.Before.Sequence + 1, scan.Last, head.Head.Sequence, head.IsClosed, scan.Torn)
        : throw new FileNotFoundException($"there is no journal in {folder.Name}");
}
