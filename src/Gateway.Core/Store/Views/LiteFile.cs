using System.Globalization;
using LiteDB;
using LiteDB.Engine;

namespace Gateway.Core.Store.Views;

/// <summary>The LiteDB file of a view. Not for several threads: LiteDB 5.0.20 damages its free list under concurrent writers
/// (litedb-org/LiteDB#2504), so everything here runs under one lock. After any exception only <see cref="Dispose"/> is allowed.</summary>
internal sealed class LiteFile : IDisposable
{
    private const string FormatKey = "format";
    private const string FloorKey = "floor";
    private const string PositionKey = "at:";

    // A transaction that LiteDB could not end throws in its finalizer, which ends the process (litedb-org/LiteDB#2828). So a broken database
    // is never let go of. It costs a few megabytes each, hence the bound.
    private const int MaxAbandoned = 16;

    private static readonly List<LiteDatabase> Abandoned = [];

    private readonly LiteStream _data;
    private readonly LiteStream _log;
    private readonly LiteDatabase _database;
    private readonly ILiteCollection<BsonDocument> _meta;
    private readonly Dictionary<string, LiteDocuments> _documents = [];
    private readonly Dictionary<string, LiteCounters> _counters = [];

    // LiteDB is at work; when that is still so afterwards, it threw.
    private bool _isBusy = true;

    private LiteFile(IJournalFile data, IJournalFile log, IEnumerable<IViewSet> sets)
    {
        _data = new LiteStream(data);
        _log = new LiteStream(log);
        try
        {
            lock (Abandoned)
            {
                if (Abandoned.Count >= MaxAbandoned)
                    throw new InvalidDataException($"LiteDB broke {Abandoned.Count} times; the view stays off until the program is started again");
            }
            // Ordinal: keys must not change their order with the language of the machine.
            var settings = new EngineSettings { DataStream = _data, LogStream = _log, Collation = Collation.Binary };
            _database = new LiteDatabase(new LiteEngine(settings))
            {
                // Folding the log in is asked for below, at a known moment.
                CheckpointSize = 0,
            };
            _meta = _database.GetCollection("meta");
            Log = new LiteLog(_database);
            foreach (var set in sets)
            {
                if (set is CounterSet)
                    _counters.Add(set.Name, new LiteCounters(_database, set.Name));
                else
                    _documents.Add(set.Name, new LiteDocuments(_database, set.Name));
            }
            _isBusy = false;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public LiteLog Log { get; }

    /// <summary>Lines of the log below it were left out to keep the size.</summary>
    public long Floor { get; private set; }

    /// <summary>Changes refused because their set is full.</summary>
    public long Refused => _documents.Values.Sum(set => set.Refused) + _counters.Values.Sum(set => set.Refused);

    public long LengthBytes => _data.Length + _log.Length;

    /// <summary>Opens an existing view. Takes the files.</summary>
    /// <exception cref="InvalidDataException">It has another format.</exception>
    /// <exception cref="Exception">LiteDB cannot read it; it throws many types.</exception>
    public static LiteFile Open(IJournalFile data, IJournalFile log, int format, IEnumerable<IViewSet> sets)
    {
        var file = new LiteFile(data, log, sets);
        try
        {
            var found = file.Use(() => file._meta.FindById(FormatKey)?["value"].AsInt32);
            if (found != format)
                throw new InvalidDataException($"the view has format {found?.ToString(CultureInfo.InvariantCulture) ?? "none"}, not {format}");
            file.Floor = file.Use(() => file._meta.FindById(FloorKey)["value"].AsInt64);
            file.ThrowIfDiskFailed();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes a new view in empty files. Takes the files.</summary>
    public static LiteFile Create(IJournalFile data, IJournalFile log, int format, long floor, IEnumerable<IViewSet> sets)
    {
        var file = new LiteFile(data, log, sets) { Floor = floor };
        try
        {
            file.Use(() => file._meta.Upsert(new BsonDocument { ["_id"] = FloorKey, ["value"] = floor }));
            file.Use(() => file._meta.Upsert(new BsonDocument { ["_id"] = FormatKey, ["value"] = format }));
            file.ThrowIfDiskFailed();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Position of a journal up to which its records are in; null when none is.</summary>
    public JournalPosition? Position(string source) => Use(() => _meta.FindById(PositionKey + source)) is { } found
        ? new JournalPosition(found["sequence"].AsInt64, new RecordHash(found["hash"].AsBinary))
        : null;

    /// <summary>Has LiteDB do something.</summary>
    public T Use<T>(Func<T> work)
    {
        _isBusy = true;
        var result = work();
        _isBusy = false;
        return result;
    }

    private void Use(Action work)
    {
        _isBusy = true;
        work();
        _isBusy = false;
    }

    /// <summary>Stores changes and the positions they lead to in one transaction.</summary>
    public void Apply(IEnumerable<ViewChange> changes, IEnumerable<KeyValuePair<string, JournalPosition>> positions)
    {
        Use(() =>
        {
            _database.BeginTrans();
            foreach (var change in changes)
                Apply(change);
            foreach (var (source, position) in positions)
                SetPosition(source, position);
            _database.Commit();
            if (_log.Length > ViewLimits.CheckpointBytes)
                _database.Checkpoint();
        });
        ThrowIfDiskFailed();
    }

    /// <summary>Removes up to <paramref name="most"/> lines of the log in one transaction; false when none is left below the floor.</summary>
    public bool TrimLog(long floor, int most)
    {
        if (!Log.MayTrim(floor))
            return false;
        var hasMore = Use(() =>
        {
            _database.BeginTrans();
            var isCut = Log.Trim(floor, most);
            _database.Commit();
            return isCut;
        });
        ThrowIfDiskFailed();
        return hasMore;
    }

    public LiteDocuments Documents(string set) => _documents[set];

    public LiteCounters Counters(string set) => _counters[set];

    /// <exception cref="IOException">The disk failed since; what LiteDB believes to be in the file may not be there.</exception>
    public void ThrowIfDiskFailed()
    {
        if ((_data.Failure ?? _log.Failure) is { } failure)
            throw new IOException("the disk failed under the view: " + failure.Message, failure);
    }

    /// <summary>Folds LiteDB's log into its file and closes both.</summary>
    public void Close()
    {
        Use(_database.Checkpoint);
        ThrowIfDiskFailed();
        Use(_database.Dispose);
        Release();
        ThrowIfDiskFailed();
    }

    /// <summary>Closes the files and leaves LiteDB as it is. Not disposed: that might wait for a writer thread that has died.</summary>
    public void Dispose()
    {
        Release();
        if (_database is null || !_isBusy)
            return;
        lock (Abandoned)
            Abandoned.Add(_database);
    }

    private void Release()
    {
        _data.Release();
        _log.Release();
    }

    private void SetPosition(string source, JournalPosition position)
    {
        var hash = new byte[RecordHash.LengthBytes];
        position.Hash.CopyTo(hash);
        _meta.Upsert(new BsonDocument { ["_id"] = PositionKey + source, ["sequence"] = position.Sequence, ["hash"] = hash });
    }

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
}
