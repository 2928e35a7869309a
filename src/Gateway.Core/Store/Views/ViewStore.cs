using System.Threading.Channels;

namespace Gateway.Core.Store.Views;

/// <summary>A view of journals for fast reading: a log index, documents, counters. Nothing in it is the only copy; whatever is wrong with
/// its file, the file is set aside and made again from the journals. One thread writes; reads and writes take turns.</summary>
public sealed class ViewStore : IDisposable
{
    /// <summary>Longest time a reader waits for its turn. The writer's turns take milliseconds; a longer one means that LiteDB hangs, and then
    /// only the view may hang with it.</summary>
    private static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(10);

    /// <summary>Longest time a stop waits, for the same reason.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    private readonly ViewOptions _options;
    private readonly ViewFiles _files;
    private readonly SourceCursor[] _cursors;
    private readonly Lock _gate = new();
    private readonly Channel<Action<IViewBatch>> _changes = Channel.CreateBounded<Action<IViewBatch>>(ViewLimits.MaxWaiting);
    private readonly ViewSignals _signals = new();
    private readonly Thread _thread;

    // Changes taken from the channel and not yet stored: a broken file must not lose them.
    private readonly List<Action<IViewBatch>> _taken = [];
    private LiteFile? _file;

    // Errors since the view was last level: one is answered at once, more of them after a pause.
    private int _failures;
    private volatile ViewCondition _condition;
    private volatile string _reason = "";
    private volatile Exception? _readFailure;
    private int _rebuilds;
    private long _refused;
    private long _skipped;
    private long _cut;
    private long _floor;
    private int _isDisposed;

    private ViewStore(ViewOptions options)
    {
        _options = options;
        _files = new ViewFiles(options);
        _cursors = [.. options.Sources.Select(source => new SourceCursor(source))];
        Log = new LogView(this);
        foreach (var source in options.Sources)
            source.Journal.Acknowledged += _signals.Wake;
        _thread = new Thread(Run) { Name = "view", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The log.</summary>
    public ILogView Log { get; }

    public ViewStatus Status => new(
        _condition, _reason, Volatile.Read(ref _rebuilds), Interlocked.Read(ref _refused), Interlocked.Read(ref _skipped),
        Interlocked.Read(ref _cut), Interlocked.Read(ref _floor));

    /// <summary>Opens the view and begins to follow the journals, on its own thread. Never fails for what the file holds.</summary>
    /// <exception cref="ArgumentException">Two sets or sources share a name, or two sources feed the log.</exception>
    public static ViewStore Open(ViewOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Sets.GroupBy(set => set.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } sets)
            throw new ArgumentException($"two sets of the view are called {sets.Key}", nameof(options));
        if (options.Sets.FirstOrDefault(set => set.Name is not { Length: > 0 and <= 32 } || !set.Name.All(char.IsAsciiLetter)) is { } wrong)
            throw new ArgumentException($"the set \"{wrong.Name}\" must have a name of 1 to 32 letters", nameof(options));
        if (options.Sources.GroupBy(source => source.Name).FirstOrDefault(same => same.Count() > 1) is { } sources)
            throw new ArgumentException($"two sources of the view are called {sources.Key}", nameof(options));
        if (options.Sources.Count(source => source.FeedsLog) > 1)
            throw new ArgumentException("only one source can feed the log: its sequence orders the lines", nameof(options));
        return new ViewStore(options);
    }

    /// <exception cref="ArgumentException">The view has no such set.</exception>
    public IDocumentView<T> Documents<T>(DocumentSet<T> set)
        where T : class
    {
        ViewBatch.CheckSet(_options.Sets, set);
        return new DocumentView<T>(this, set);
    }

    /// <exception cref="ArgumentException">The view has no such set.</exception>
    public ICounterView Counters(CounterSet set)
    {
        ViewBatch.CheckSet(_options.Sets, set);
        return new CounterView(this, set);
    }

    /// <summary>Has something changed that is in no journal, such as the last use of a grant. It is lost when the view is made again.</summary>
    /// <returns>False when too many changes wait: this one is refused, and counted.</returns>
    public bool TryPost(Action<IViewBatch> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (!_changes.Writer.TryWrite(change))
        {
            Interlocked.Increment(ref _refused);
            return false;
        }
        _signals.Wake();
        return true;
    }

    /// <summary>Done when everything that was acknowledged or posted before is in the view.</summary>
    /// <exception cref="ViewUnavailableException">The view cannot be written now.</exception>
    public Task CatchUpAsync() => _condition == ViewCondition.Failed
        ? Task.FromException(new ViewUnavailableException("the view cannot be written: " + _reason))
        : _signals.AskToBeLevel();

    /// <summary>Stops following, folds LiteDB's log into its file and closes it.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        foreach (var source in _options.Sources)
            source.Journal.Acknowledged -= _signals.Wake;
        _changes.Writer.Complete();
        _signals.Stop();
        var isEnded = _thread.Join(StopPatience);
        _signals.Fail(new ViewUnavailableException("the view is closed"));
        foreach (var cursor in _cursors.Where(_ => isEnded))
            cursor.Dispose();
    }

    /// <summary>Reads under the lock. What LiteDB throws makes the view again.</summary>
    internal T Read<T>(Func<LiteFile, T> read)
    {
        if (!_gate.TryEnter(ReadPatience))
            throw new ViewUnavailableException("the view is busy");
        try
        {
            if (_file is null || _readFailure is not null)
                throw new ViewUnavailableException("the view is being made again from the journal: " + _reason);
            return _file.Use(() => read(_file));
        }
        catch (Exception e) when (e is not ViewUnavailableException)
        {
            _readFailure = e;
            _signals.Wake();
            throw new ViewUnavailableException("the view cannot be read and is made again from the journal", e);
        }
        finally
        {
            _gate.Exit();
        }
    }

    internal long LogFloor => Interlocked.Read(ref _floor);

    private void Run()
    {
        Attempt(Open);
        while (!_signals.IsStopped)
        {
            if (_file is not null)
                Attempt(Follow);
            else
                Recover();
        }
        Attempt(Close);
    }

    /// <summary>One round; when nothing is left to do, waits for more.</summary>
    private void Follow()
    {
        if (_readFailure is { } failure)
            throw new InvalidDataException("a read failed: " + failure.Message, failure);
        _signals.Begin();
        if (Round())
            return;
        _condition = ViewCondition.Ready;
        _failures = 0;
        _signals.Level();
        _signals.WaitForWork(_options.RoundPause);
    }

    /// <summary>Stores what was posted and acknowledged since, in one transaction.</summary>
    /// <returns>Whether there was something, so that there may be more.</returns>
    private bool Round()
    {
        while (_taken.Count < ViewLimits.MaxRecordsPerRound && _changes.Reader.TryRead(out var change))
            _taken.Add(change);
        var batch = new ViewBatch(_options.Sets);
        var skipped = _taken.Count(change => !batch.TryProject(change));
        var positions = new Dictionary<string, JournalPosition>();
        foreach (var cursor in _cursors.Where(cursor => cursor.IsBehind))
        {
            skipped += cursor.Pull(batch, ViewLimits.MaxRecordsPerRound);
            positions[cursor.Name] = cursor.Position;
        }
        Interlocked.Add(ref _skipped, skipped);
        Interlocked.Add(ref _cut, batch.CutTexts);
        var isBusy = !batch.IsEmpty || positions.Count > 0;
        isBusy |= Store(batch, positions, isBusy);
        _taken.Clear();
        return isBusy;
    }

    private bool Store(ViewBatch batch, Dictionary<string, JournalPosition> positions, bool isBusy)
    {
        lock (_gate)
        {
            var refused = _file!.Refused;
            if (isBusy)
            {
                _files.ThrowIfScarce();
                _file.Apply(batch.Condense(), positions);
            }
            Interlocked.Add(ref _refused, _file.Refused - refused);
            var floor = UpdateFloor(_file);
            var hasMore = _file.TrimLog(floor, ViewLimits.MaxRecordsPerRound);
            if (isBusy && _file.LengthBytes > _options.MaxBytes)
                Halve(_file, floor);
            return hasMore;
        }
    }

    private long UpdateFloor(LiteFile file)
    {
        var floor = Math.Max(file.Floor, _cursors.Select(cursor => cursor.LogFloor).DefaultIfEmpty().Max());
        Interlocked.Exchange(ref _floor, floor);
        return floor;
    }

    /// <summary>Makes the view again without the older half of its log, unless there is hardly any. LiteDB's files never shrink.</summary>
    private void Halve(LiteFile file, long floor)
    {
        var oldest = Math.Max(floor, 1);
        if (file.Use(() => file.Log.Query(new LogQuery { PageSize = 1 }, floor)).Entries is not [{ Sequence: var newest }]
            || newest - oldest < ViewLimits.MaxRecordsPerRound)
        {
            return;
        }
        CloseFile();
        _files.Delete();
        Rebuild(oldest + (newest - oldest) / 2 + 1, FormattableString.Invariant($"it was longer than {_options.MaxBytes} bytes"));
    }

    private void Open()
    {
        lock (_gate)
        {
            _file = _files.Open();
            if (_file is null)
            {
                Create(0);
                return;
            }
            if (_cursors.FirstOrDefault(cursor => !cursor.TryResume(_file.Position(cursor.Name))) is { } misfit)
                throw new InvalidDataException($"it does not belong to the journal {misfit.Name}");
            UpdateFloor(_file);
        }
    }

    private void Rebuild(long floor, string reason)
    {
        _condition = ViewCondition.Rebuilding;
        _reason = reason;
        Interlocked.Increment(ref _rebuilds);
        Create(floor);
    }

    private void Create(long floor)
    {
        foreach (var cursor in _cursors)
            cursor.TryResume(null);
        _file = _files.Create(floor);
        UpdateFloor(_file);
        if (_options.Refill is null)
            return;
        var batch = new ViewBatch(_options.Sets);
        if (!batch.TryProject(_options.Refill))
            Interlocked.Increment(ref _skipped);
        _file.Apply(batch.Condense(), []);
    }

    /// <summary>Makes the view again: at once after the first error, then after a pause and without the changes that may be the cause.</summary>
    private void Recover()
    {
        if (_failures > 1)
        {
            _condition = ViewCondition.Failed;
            _signals.Fail(new ViewUnavailableException("the view cannot be written: " + _reason));
            Interlocked.Add(ref _refused, _taken.Count);
            _taken.Clear();
            _signals.WaitToRetry(_options.RetryPause);
        }
        Attempt(() =>
        {
            lock (_gate)
                Rebuild(0, _reason);
        });
    }

    /// <summary>LiteDB throws many types; whatever it was, the file is closed and set aside.</summary>
    private void Attempt(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e)
        {
            _failures++;
            _reason = e.Message;
            lock (_gate)
            {
                CloseFile();
                _readFailure = null;
                TrySetAside(e);
            }
        }
    }

    private void TrySetAside(Exception reason)
    {
        try
        {
            _files.SetAside(reason);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _reason += "; and it cannot be set aside: " + e.Message;
        }
    }

    private void CloseFile()
    {
        _file?.Dispose();
        _file = null;
    }

    private void Close()
    {
        lock (_gate)
        {
            if (_file is null)
                return;
            Round();
            _file.Close();
            _file = null;
            _files.Closed();
        }
    }
}
