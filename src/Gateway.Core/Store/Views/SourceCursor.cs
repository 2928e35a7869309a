namespace Gateway.Core.Store.Views;

/// <summary>How far a view has followed one journal.</summary>
internal sealed class SourceCursor(ViewSource source) : IDisposable
{
    private JournalReader? _reader;
    private JournalPosition _read;

    public string Name => source.Name;

    /// <summary>Lines of the log that this journal no longer holds are below it.</summary>
    public long LogFloor => source.FeedsLog ? source.Journal.First : 0;

    /// <summary>Last record read; sequence 0 before the first.</summary>
    public JournalPosition Position => _read;

    public bool IsBehind => _read.Sequence < source.Journal.Head.Sequence;

    /// <summary>Goes on after a stored position.</summary>
    /// <returns>False when this journal does not hold that record: the view is of another journal, or of one put back.</returns>
    public bool TryResume(JournalPosition? position)
    {
        Dispose();
        _read = position ?? default;
        if (position is not { } at)
        {
            _reader = source.Journal.OpenReader(1);
            return true;
        }
        if (at == source.Journal.Before)
        {
            _reader = source.Journal.OpenReader(at.Sequence + 1);
            return true;
        }
        _reader = source.Journal.OpenReader(at.Sequence);
        return at.Sequence >= source.Journal.First && _reader.TryRead()?.Position == at;
    }

    /// <summary>Projects the records that came since, at most <paramref name="most"/>.</summary>
    /// <returns>Records whose projection threw.</returns>
    public int Pull(ViewBatch batch, int most)
    {
        var skipped = 0;
        for (var count = 0; count < most && _reader!.TryRead() is { } record; count++)
        {
            if (!batch.TryProject(changes => source.Project(record, changes)))
                skipped++;
            _read = record.Position;
        }
        return skipped;
    }

    public void Dispose() => _reader?.Dispose();
}
