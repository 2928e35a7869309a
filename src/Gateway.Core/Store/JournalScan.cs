namespace Gateway.Core.Store;

/// <param name="Before">Position before its first record.</param>
/// <param name="LengthBytes">Bytes up to the end of its last good record.</param>
internal readonly record struct Segment(JournalPosition Before, long LengthBytes)
{
    public long First => Before.Sequence + 1;

    public string FileName => SegmentFormat.FileName(First);
}

/// <summary>The end of the last segment was being written when the power or the process went.</summary>
/// <param name="Segment">File name.</param>
/// <param name="OffsetBytes">Where it begins.</param>
/// <param name="Bytes">How long it is.</param>
public sealed record TornTail(string Segment, long OffsetBytes, long Bytes);

/// <summary>Reads a whole journal without changing it: every hash, the chain, the signed head and every further anchor.</summary>
internal sealed class JournalScan
{
    private readonly IJournalFolder _folder;
    private readonly Dictionary<long, RecordHash> _anchors = [];
    private readonly List<Segment> _segments = [];
    private JournalPosition _last;

    private JournalScan(IJournalFolder folder) => _folder = folder;

    /// <summary>Signed head; null when there is no journal yet.</summary>
    public AnchoredHead? Head { get; private set; }

    /// <summary>Segments in order; empty when there is no journal yet.</summary>
    public IReadOnlyList<Segment> Segments => _segments;

    /// <summary>Files of segments that were dropped, but not yet removed when the process ended.</summary>
    public IReadOnlyList<string> Leftovers { get; private set; } = [];

    /// <summary>Last good record.</summary>
    public JournalPosition Last => _last;

    public TornTail? Torn { get; private set; }

    /// <param name="folder">Where it lies.</param>
    /// <param name="genesis">Position before the first record ever.</param>
    /// <param name="key">Key of the head.</param>
    /// <param name="anchors">Further positions that must be in it, such as those of signed snapshots.</param>
    /// <exception cref="JournalDamagedException">It is not what was written.</exception>
    public static JournalScan Run(IJournalFolder folder, JournalPosition genesis, StoreKey key, IEnumerable<JournalPosition> anchors)
    {
        var scan = new JournalScan(folder);
        var starts = folder.List().Select(SegmentFormat.First).OfType<long>().Order().ToList();
        scan.Head = AnchoredHead.Read(folder, genesis.Hash, key);
        if (scan.Head is null)
        {
            if (starts.Count > 0)
                throw scan.Damaged(AnchoredHead.FileName, 0, 0, "there are records but no signed head");
            scan._last = genesis;
        }
        else
        {
            scan.AddAnchors([scan.Head.Before, scan.Head.Head, .. anchors]);
            scan.Leftovers = [.. starts.Where(first => first <= scan.Head.Before.Sequence).Select(SegmentFormat.FileName)];
            scan.Walk([.. starts.Where(first => first > scan.Head.Before.Sequence)]);
        }
        scan.CheckEnd(scan.Head is null ? anchors : []);
        return scan;
    }

    private void AddAnchors(IEnumerable<JournalPosition> anchors)
    {
        foreach (var anchor in anchors.Where(a => a.Sequence >= Head!.Before.Sequence))
        {
            if (_anchors.TryGetValue(anchor.Sequence, out var other) && other != anchor.Hash)
                throw Damaged(AnchoredHead.FileName, 0, anchor.Sequence, "two signed anchors name different hashes");
            _anchors[anchor.Sequence] = anchor.Hash;
        }
    }

    private void Walk(List<long> starts)
    {
        _last = Head!.Before;
        for (var index = 0; index < starts.Count; index++)
        {
            var name = SegmentFormat.FileName(starts[index]);
            using var file = _folder.Open(name, write: false);
            CheckHeader(file, name);
            var before = _last;
            using var reader = new SegmentReader(file, SegmentFormat.HeaderBytes, file.LengthBytes);
            var fault = ReadAll(reader, name);
            if (fault != RecordFault.End)
                JudgeTail(file, name, reader, fault, isLastSegment: index == starts.Count - 1);
            _segments.Add(new Segment(before, reader.Offset));
        }
    }

    private RecordFault ReadAll(SegmentReader reader, string name)
    {
        while (true)
        {
            var offset = reader.Offset;
            var fault = reader.Next(ref _last);
            if (fault != RecordFault.None)
                return fault;
            if (_anchors.TryGetValue(_last.Sequence, out var hash) && hash != _last.Hash)
                throw Damaged(name, offset, _last.Sequence, "it is not the record that was signed");
        }
    }

    private void CheckHeader(IJournalFile file, string name)
    {
        if (file.LengthBytes > JournalLimits.MaxSegmentBytes + RecordFormat.OverheadBytes)
            throw Damaged(name, 0, _last.Sequence + 1, "it is longer than any segment");
        Span<byte> header = stackalloc byte[SegmentFormat.HeaderBytes];
        // The header that must stand here is known to the last byte, so a missing segment, a foreign one and a changed one all differ.
        if (SegmentFormat.FileName(_last.Sequence + 1) != name
            || file.Read(0, header) != header.Length
            || !header.SequenceEqual(SegmentFormat.Header(_last)))
        {
            throw Damaged(name, 0, _last.Sequence + 1, "the segment does not follow the record before it");
        }
    }

    /// <summary>A write that was cut short can only be the last one, can only hold records that no one was told of, and has nothing
    /// after it that was written later.</summary>
    private void JudgeTail(IJournalFile file, string name, SegmentReader reader, RecordFault fault, bool isLastSegment)
    {
        var offset = reader.Offset;
        var missing = _last.Sequence + 1;
        var what = Describe(fault);
        if (!isLastSegment)
            throw Damaged(name, offset, missing, what + ", and later segments follow");
        if (_anchors.Keys.Max() is var signed && signed >= missing)
            throw Damaged(name, offset, missing, FormattableString.Invariant($"{what}, but records up to {signed} were signed"));
        var tail = WholeFile.Read(file, offset, reader.Limit);
        if (HasLaterWrite(tail, missing))
            throw Damaged(name, offset, missing, what + ", but records of later writes follow");
        Torn = new TornTail(name, offset, tail.Length);
    }

    /// <summary>Whether a whole record stands anywhere in the tail whose write began after <paramref name="missing"/> was synced.</summary>
    private static bool HasLaterWrite(ReadOnlySpan<byte> tail, long missing)
    {
        for (var at = 0; at + RecordFormat.OverheadBytes <= tail.Length; at++)
        {
            var record = tail[at..];
            var began = RecordFormat.Sequence(record) - RecordFormat.Place(record);
            if (began > missing && began <= missing + tail.Length && RecordFormat.IsWhole(record))
                return true;
        }
        return false;
    }

    private void CheckEnd(IEnumerable<JournalPosition> anchorsWithoutHead)
    {
        foreach (var sequence in _anchors.Keys.Concat(anchorsWithoutHead.Select(a => a.Sequence)))
        {
            if (sequence > _last.Sequence)
                throw Damaged(LastFile, 0, _last.Sequence + 1, FormattableString.Invariant($"the journal ends here, but record {sequence} was signed"));
        }
        if (Head is { IsClosed: true } && (_last.Sequence != Head.Head.Sequence || Torn is not null))
            throw Damaged(LastFile, 0, Head.Head.Sequence + 1, "something was added after the journal was closed");
        if (Head is not null && _segments.Count == 0 && Head.Head.Sequence > 0)
            throw Damaged(AnchoredHead.FileName, 0, 1, "there is a signed head but no record");
    }

    private string LastFile => _segments.Count > 0 ? _segments[^1].FileName : AnchoredHead.FileName;

    private static string Describe(RecordFault fault) => fault switch
    {
        RecordFault.Short => "the file ends inside the record",
        RecordFault.Length => "its length is impossible",
        RecordFault.Sequence => "another record stands there",
        RecordFault.Previous => "it does not follow the record before it",
        _ => "its hash does not fit its bytes",
    };

    private JournalDamagedException Damaged(string file, long offset, long sequence, string what) =>
        new(Path.Combine(_folder.Name, file), offset, sequence, what);
}
