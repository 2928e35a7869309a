using LiteDB;

namespace Gateway.Core.Store.Views;

/// <summary>The LiteDB file of a view. Not for several threads: LiteDB 5.0.20 damages its free list under concurrent writers
/// (litedb-org/LiteDB#2504), so everything here runs under one lock.</summary>
internal sealed class LiteFile : IDisposable
{
    private const string FormatKey = "format";
    private const string FloorKey = "floor";
    private const string PositionKey = "at:";

    private readonly LiteDatabase _database;
    private readonly ILiteCollection<BsonDocument> _meta;
    private readonly Dictionary<string, LiteDocuments> _documents = [];
    private readonly Dictionary<string, LiteCounters> _counters = [];
    private readonly string _path;

    private LiteFile(string path, IEnumerable<IViewSet> sets)
    {
        _path = path;
        _database = new LiteDatabase(new ConnectionString
        {
            Filename = path,
            Connection = ConnectionType.Direct,
            // Ordinal: keys must not change their order with the language of the machine.
            Collation = Collation.Binary,
        });
        try
        {
            // Folding the log in is asked for below, at a known moment.
            _database.CheckpointSize = 0;
            _meta = _database.GetCollection("meta");
            Log = new LiteLog(_database);
            foreach (var set in sets)
            {
                if (set is CounterSet)
                    _counters.Add(set.Name, new LiteCounters(_database, set.Name));
                else
                    _documents.Add(set.Name, new LiteDocuments(_database, set.Name));
            }
        }
        catch
        {
            _database.Dispose();
            throw;
        }
    }

    public LiteLog Log { get; }

    /// <summary>Lines of the log below it were left out to keep the size.</summary>
    public long Floor { get; private set; }

    /// <summary>Changes refused because their set is full.</summary>
    public long Refused => _documents.Values.Sum(set => set.Refused) + _counters.Values.Sum(set => set.Refused);

    public long LengthBytes => LengthOf(_path) + LengthOf(LogPath(_path));

    /// <summary>LiteDB's own name for its log.</summary>
    public static string LogPath(string path) =>
        Path.Combine(Path.GetDirectoryName(path)!, Path.GetFileNameWithoutExtension(path) + "-log" + Path.GetExtension(path));

    /// <summary>Opens an existing file.</summary>
    /// <exception cref="InvalidDataException">It has another format.</exception>
    /// <exception cref="Exception">LiteDB cannot read it; it throws many types.</exception>
    public static LiteFile Open(string path, int format, IEnumerable<IViewSet> sets)
    {
        var file = new LiteFile(path, sets);
        try
        {
            var found = file._meta.FindById(FormatKey)?["value"].AsInt32;
            if (found != format)
                throw new InvalidDataException($"the view has format {found?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}, not {format}");
            file.Floor = file._meta.FindById(FloorKey)["value"].AsInt64;
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes a new file.</summary>
    public static LiteFile Create(string path, int format, long floor, IEnumerable<IViewSet> sets)
    {
        var file = new LiteFile(path, sets) { Floor = floor };
        file._meta.Upsert(new BsonDocument { ["_id"] = FloorKey, ["value"] = floor });
        file._meta.Upsert(new BsonDocument { ["_id"] = FormatKey, ["value"] = format });
        return file;
    }

    /// <summary>Position of a journal up to which its records are in; null when none is.</summary>
    public JournalPosition? Position(string source) => _meta.FindById(PositionKey + source) is { } found
        ? new JournalPosition(found["sequence"].AsInt64, new RecordHash(found["hash"].AsBinary))
        : null;

    /// <summary>Stores changes and the positions they lead to in one transaction.</summary>
    public void Apply(IEnumerable<ViewChange> changes, IEnumerable<KeyValuePair<string, JournalPosition>> positions)
    {
        _database.BeginTrans();
        foreach (var change in changes)
            Apply(change);
        foreach (var (source, position) in positions)
        {
            var hash = new byte[RecordHash.LengthBytes];
            position.Hash.CopyTo(hash);
            _meta.Upsert(new BsonDocument { ["_id"] = PositionKey + source, ["sequence"] = position.Sequence, ["hash"] = hash });
        }
        _database.Commit();
        if (LengthOf(LogPath(_path)) > ViewLimits.CheckpointBytes)
            _database.Checkpoint();
    }

    /// <summary>Removes up to <paramref name="most"/> lines of the log in one transaction; false when none is left below the floor.</summary>
    public bool TrimLog(long floor, int most)
    {
        if (!Log.MayTrim(floor))
            return false;
        _database.BeginTrans();
        var hasMore = Log.Trim(floor, most);
        _database.Commit();
        return hasMore;
    }

    public LiteDocuments Documents(string set) => _documents[set];

    public LiteCounters Counters(string set) => _counters[set];

    /// <summary>Folds LiteDB's log into its file.</summary>
    public void Checkpoint() => _database.Checkpoint();

    public void Dispose() => _database.Dispose();

    private void Apply(ViewChange change)
    {
        switch (change)
        {
            case AddEntry add when add.Entry.Sequence >= Floor:
                Log.Add(add.Entry);
                break;
            case PutDocument put:
                Documents(put.Set).Put(put);
                break;
            case RemoveDocument remove:
                Documents(remove.Set).Remove(remove.Key);
                break;
            case AddCount count:
                Counters(count.Set).Add(count);
                break;
        }
    }

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
