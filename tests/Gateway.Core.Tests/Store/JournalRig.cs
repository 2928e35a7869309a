using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Store;
using Gateway.Core.Tests.Store.Simulation;

namespace Gateway.Core.Tests.Store;

/// <summary>What the tests of the store share: a key, small options, payloads.</summary>
internal static class JournalRig
{
    public static readonly StoreKey Key = new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Small segments, so that a few records fill several; no reserve; the head signed only when a segment changes or it is closed.</summary>
    public static JournalOptions Options(IJournalFolder folder) => new()
    {
        Name = "test",
        Folder = folder,
        Key = Key,
        SegmentBytes = 1024,
        MaxPayloadBytes = 512,
        ReserveBytes = 0,
        AnchorInterval = TimeSpan.FromHours(1),
    };

    /// <summary>Payload of the n-th record: every one differs, in length too.</summary>
    public static byte[] Payload(long number) => Encoding.UTF8.GetBytes($"record {number} " + new string('x', (int)(number * 37 % 90)));

    /// <summary>A closed journal with so many records, on a simulated disk.</summary>
    public static SimulatedFolder Closed(int records)
    {
        var folder = new SimulatedFolder();
        using var journal = Journal.Open(Options(folder));
        Append(journal, 1, records);
        return folder;
    }

    /// <summary>The same, but the process was killed before it could sign the head.</summary>
    public static SimulatedFolder Killed(int records)
    {
        var folder = new SimulatedFolder();
        using var journal = Journal.Open(Options(folder));
        Append(journal, 1, records);
        return folder.AfterKill();
    }

    public static void Append(Journal journal, long first, long last)
    {
        for (var number = first; number <= last; number++)
            Assert.Equal(number, journal.Append(Payload(number)));
    }

    /// <summary>The journal holds exactly these records, in order.</summary>
    public static void AssertHolds(Journal journal, long first, long last)
    {
        var records = journal.Read(first).ToList();
        Assert.Equal(last, journal.Head.Sequence);
        Assert.Equal(last - first + 1, records.Count);
        foreach (var record in records)
            Assert.True(record.Payload.Span.SequenceEqual(Payload(record.Sequence)), $"record {record.Sequence} has another payload");
    }

    /// <summary>Names of the segments, oldest first.</summary>
    public static List<string> Segments(SimulatedFolder folder) =>
        [.. folder.List().Where(name => name.EndsWith(".segment", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>Name of the snapshot file at a record.</summary>
    public static string SnapshotName(int sequence) => $"snapshot-{sequence:D20}";

    public static JournalReport Verify(IJournalFolder folder) => JournalVerifier.Verify(folder, "test", Key);
}
