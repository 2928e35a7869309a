using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Gateway.Core.Store;
using Gateway.Core.Store.Views;

namespace Gateway.CrashRig;

/// <summary>A sum of numbers, so that a lost, doubled or exchanged entry shows.</summary>
public sealed record Tally(long Count, long Sum);

public sealed record Number(long Value);

[JsonSerializable(typeof(Tally))]
[JsonSerializable(typeof(Number))]
public sealed partial class RigJson : JsonSerializerContext;

/// <summary>The store that the rig writes and the test verifies: both open it in the same way.</summary>
public static class RigStore
{
    public const string StateName = "state";
    public const string RecordsName = "records";

    /// <summary>Bound of the records: small, so that segments are dropped all the time.</summary>
    public const long RecordsBytes = 512 * 1024;

    private const string KeyFile = "key.pem";

    /// <summary>Makes the folder and the key.</summary>
    public static void Make(string folder)
    {
        Directory.CreateDirectory(folder);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(Path.Combine(folder, KeyFile), key.ExportECPrivateKeyPem());
    }

    public static StoreKey Key(string folder)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(folder, KeyFile)));
        return new StoreKey(key);
    }

    public static DiskFolder Folder(string folder, string name) => DiskFolder.Open(Path.Combine(folder, name));

    public static Journal OpenRecords(string folder, StoreKey key, params IReadOnlyCollection<JournalPosition> anchors) => Journal.Open(
        new JournalOptions
        {
            Name = RecordsName,
            Folder = Folder(folder, RecordsName),
            Key = key,
            SegmentBytes = 64 * 1024,
            MaxPayloadBytes = 4096,
            MaxTotalBytes = RecordsBytes,
            ReserveBytes = 64 * 1024,
            AnchorInterval = TimeSpan.FromMilliseconds(50),
        },
        anchors);

    public static StateJournal<Tally, Number> OpenState(string folder, StoreKey key) => StateJournal.Open(new StateJournalOptions<Tally, Number>
    {
        Journal = new JournalOptions
        {
            Name = StateName,
            Folder = Folder(folder, StateName),
            Key = key,
            SegmentBytes = 64 * 1024,
            MaxPayloadBytes = 4096,
            ReserveBytes = 0,
            AnchorInterval = TimeSpan.FromMilliseconds(50),
        },
        Snapshots = Folder(folder, "snapshots"),
        Initial = new Tally(0, 0),
        Reduce = (tally, number) => new Tally(tally.Count + 1, tally.Sum + number.Value),
        EntryType = RigJson.Default.Number,
        StateType = RigJson.Default.Tally,
        SnapshotEvery = 50,
    });

    public static ViewStore OpenView(string folder, StoreKey key, Journal records) => ViewStore.Open(new ViewOptions
    {
        Folder = DiskFolder.Open(folder),
        Key = key,
        FormatVersion = 1,
        Sources = [new ViewSource(RecordsName, records, Project, FeedsLog: true)],
        RoundPause = TimeSpan.FromMilliseconds(10),
        RetryPause = TimeSpan.FromMilliseconds(100),
        KeepFreeBytes = 512 * 1024,
    });

    /// <summary>The line that the view must show for a record.</summary>
    public static LogEntry Entry(JournalRecord record) => new(
        record.Sequence, DateTimeOffset.UnixEpoch, "rig", "info", "gateway", null, "",
        new Dictionary<string, string> { ["payload"] = Encoding.UTF8.GetString(record.Payload.Span) });

    /// <summary>Payload of an appender: differs every time.</summary>
    public static byte[] Payload(Random random) => Encoding.UTF8.GetBytes(
        random.NextInt64().ToString(CultureInfo.InvariantCulture) + new string('.', random.Next(200)));

    private static void Project(JournalRecord record, IViewBatch batch) => batch.Add(Entry(record));
}
