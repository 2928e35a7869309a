using System.Globalization;
using Gateway.Core.Store;
using Gateway.Core.Store.Views;
using Gateway.CrashRig;

namespace Gateway.Core.Tests.Store;

/// <summary>Tests that measure time or need the processors for themselves: no other test runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Trait("Category", "Slow")]
[Collection(nameof(Alone))]
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Kills = 200;

    // Two at a time: more would only wait for the processors.
    private const int Rigs = 2;

    [Fact]
    public async Task Two_hundred_kills_lose_no_acknowledged_record()
    {
        var started = TimeProvider.System.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, Rigs).Select(seed => Task.Run(() => KillAgainAndAgain(seed))));
        var (acknowledged, lost, torn, views) = (counts.Sum(c => c.Acknowledged), counts.Sum(c => c.Lost), counts.Sum(c => c.Torn), counts.Sum(c => c.Views));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Kills} kills, {acknowledged} acknowledged, {lost} lost, {torn} torn tails, {views} views compared, {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F0} s"));
        Assert.Equal(0, lost);
        Assert.True(acknowledged > Kills * 10, $"only {acknowledged} acknowledged: the rig hardly ran");
    }

    private static async Task<CrashLedger> KillAgainAndAgain(int seed)
    {
        using var temp = new TempFolder();
        var folder = temp.File("rig");
        RigStore.Make(folder);
        var ledger = new CrashLedger(folder);
        var random = new Random(seed);
        for (var kill = 1; kill <= Kills / Rigs; kill++)
        {
            using var rig = new RigProcess("run", folder);
            // Every fifth dies while it starts and recovers; the others while they append.
            if (kill % 5 != 0)
                await rig.Spoke;
            await Task.Delay(random.Next(150));
            rig.Kill();
            ledger.Note(await rig.EndAsync());
            // Between two looks the crashes pile up, as they would in a crash loop.
            if (kill % 4 == 0)
                ledger.OpenAndCheck();
            else
                ledger.Verify();
            if (kill % 25 == 0)
                await ledger.CompareView();
        }
        return ledger;
    }

    [Fact]
    public async Task A_second_process_is_refused_until_the_first_one_ends()
    {
        using var temp = new TempFolder();
        RigStore.Make(temp.Path);
        using var first = new RigProcess("hold", temp.Path);
        await first.Spoke;
        using var second = new RigProcess("hold", temp.Path);
        Assert.Contains("is in use", Assert.Single(await second.EndAsync()), StringComparison.Ordinal);
        Assert.Equal(1, second.ExitCode);
        Assert.Throws<JournalLockedException>(() => RigStore.OpenRecords(temp.Path, RigStore.Key(temp.Path)));
        first.Kill();
        await first.EndAsync();
        using var journal = RigStore.OpenRecords(temp.Path, RigStore.Key(temp.Path));
        Assert.Equal(0, journal.Head.Sequence);
    }

    [Fact]
    public async Task The_speed_of_appends_is_measured()
    {
        using var temp = new TempFolder();
        using var rig = new RigProcess("measure", temp.File("rig"));
        var lines = await rig.EndAsync();
        lines.ForEach(output.WriteLine);
        Assert.Equal(4, lines.Count);
    }
}

/// <summary>What a rig acknowledged, and what was found of it.</summary>
internal sealed class CrashLedger(string folder)
{
    private readonly StoreKey _key = RigStore.Key(folder);
    private readonly Dictionary<long, string> _records = [];
    private readonly Dictionary<long, long> _entries = [];
    private JournalPosition? _recordsSeen;
    private long _lastRecord;
    private long _lastEntry;
    private Tally _tally = new(0, 0);

    public long Acknowledged { get; private set; }

    public long Lost { get; private set; }

    public int Torn { get; private set; }

    public int Views { get; private set; }

    /// <summary>Takes down what left the process before it was killed.</summary>
    public void Note(List<string> lines)
    {
        Acknowledged += lines.Count;
        foreach (var parts in lines.Select(line => line.Split(' ')))
        {
            var sequence = long.Parse(parts[1], CultureInfo.InvariantCulture);
            if (parts[0] == "R")
                _records.Add(sequence, parts[2]);
            else
                _entries.Add(sequence, long.Parse(parts[2], CultureInfo.InvariantCulture));
        }
        _lastRecord = Math.Max(_lastRecord, _records.Keys.DefaultIfEmpty().Max());
        _lastEntry = Math.Max(_lastEntry, _entries.Keys.DefaultIfEmpty().Max());
    }

    /// <summary>Verifies both journals as they lie there; changes nothing.</summary>
    public void Verify()
    {
        foreach (var (name, last) in new[] { (RigStore.RecordsName, _lastRecord), (RigStore.StateName, _lastEntry) })
        {
            try
            {
                var report = JournalVerifier.Verify(RigStore.Folder(folder, name), name, _key);
                Torn += report.Torn is null ? 0 : 1;
                Lost += Math.Max(0, last - report.Head.Sequence);
            }
            catch (FileNotFoundException)
            {
                // Killed before it was made, so nothing can have been acknowledged.
                Lost += last;
            }
        }
    }

    /// <summary>Opens both and looks for every acknowledged record that was not looked for before.</summary>
    public void OpenAndCheck()
    {
        CheckRecords();
        CheckState();
    }

    private void CheckRecords()
    {
        using var records = _recordsSeen is { } seen ? RigStore.OpenRecords(folder, _key, seen) : RigStore.OpenRecords(folder, _key);
        Torn += records.Recovery.Torn is null ? 0 : 1;
        // Dropped to keep the bound, which must then be nearly reached.
        Assert.True(records.First == 1 || records.Counters.StoredBytes > RigStore.RecordsBytes / 2);
        var found = records.Read(_recordsSeen?.Sequence ?? 1).ToDictionary(record => record.Sequence, record => RecordHash.Of(record.Payload.Span).ToString());
        Lost += _records.Count(ack => ack.Key >= records.First && found.GetValueOrDefault(ack.Key) != ack.Value);
        _records.Clear();
        _recordsSeen = records.Head;
    }

    private void CheckState()
    {
        using var state = RigStore.OpenState(folder, _key);
        Assert.Null(state.Recovery.Damage);
        Assert.Empty(state.Recovery.DamagedSnapshots);
        foreach (var record in state.Journal!.Read(_tally.Count + 1))
        {
            var value = System.Text.Json.JsonSerializer.Deserialize(record.Payload.Span, RigJson.Default.Number)!.Value;
            if (_entries.Remove(record.Sequence, out var acknowledged) && acknowledged != value)
                Lost++;
            _tally = new Tally(record.Sequence, _tally.Sum + value);
        }
        Lost += _entries.Count;
        _entries.Clear();
        Assert.Equal(_tally, state.State);
    }

    /// <summary>The view that lived through the kills shows what the journal holds.</summary>
    public async Task CompareView()
    {
        using var records = RigStore.OpenRecords(folder, _key);
        using var view = RigStore.OpenView(folder, _key, records);
        await view.CatchUpAsync();
        var lines = new List<LogEntry>();
        for (long? before = null; ; before = lines[^1].Sequence)
        {
            var slice = view.Log.Query(new LogQuery { PageSize = LogQuery.MaxPageSize, Before = before });
            lines.AddRange(slice.Entries);
            if (slice.Next is null)
                break;
        }
        Assert.Equal(records.Read(1).Reverse().Select(record => ViewRig.Text(RigStore.Entry(record))), lines.Select(ViewRig.Text));
        Views++;
    }
}
