using System.Security.Cryptography;
using Gateway.Core.Store;
using Gateway.Core.Tests.Store.Simulation;

namespace Gateway.Core.Tests.Store;

public sealed class SnapshotTests
{
    private readonly SimulatedFolder _folder = new();

    private SnapshotStore Store => new(_folder, "test", JournalRig.Key);

    [Fact]
    public void The_newest_two_are_kept_and_the_newest_is_loaded()
    {
        for (var number = 1; number <= 5; number++)
            Save(number);
        Assert.Equal(["snapshot-00000000000000000004", "snapshot-00000000000000000005"], _folder.List().Order(StringComparer.Ordinal));
        var load = Store.LoadNewest();
        Assert.Equal((At(5), 5), (load.Newest!.At, load.Newest.State.Span[0]));
        Assert.Empty(load.Damaged);
    }

    [Fact]
    public void Without_snapshots_there_is_none() => Assert.Equal(new SnapshotLoad(null, []).Newest, Store.LoadNewest().Newest);

    [Fact]
    public void A_newest_one_with_any_byte_changed_or_cut_anywhere_falls_back_to_the_older_and_is_reported()
    {
        Save(1);
        Save(2);
        var newest = JournalRig.SnapshotName(2);
        var bytes = _folder.Bytes(newest);
        for (var at = 0; at < bytes.Length; at++)
        {
            byte[] flipped = [.. bytes];
            flipped[at] ^= 4;
            foreach (var bad in new[] { flipped, bytes[..at] })
            {
                var folder = _folder.AfterKill();
                folder.Put(newest, bad);
                var load = new SnapshotStore(folder, "test", JournalRig.Key).LoadNewest();
                Assert.Equal(1, load.Newest!.At.Sequence);
                Assert.Equal([newest], load.Damaged);
                Assert.Equal(bad, folder.Bytes(newest + ".broken"));
            }
        }
    }

    [Fact]
    public void One_of_another_key_journal_or_sequence_is_none()
    {
        Save(1);
        var bytes = _folder.Bytes(JournalRig.SnapshotName(1));
        Assert.Null(new SnapshotStore(_folder.AfterKill(), "other", JournalRig.Key).LoadNewest().Newest);
        Assert.Null(new SnapshotStore(_folder.AfterKill(), "test", new StoreKey(ECDsa.Create(ECCurve.NamedCurves.nistP256))).LoadNewest().Newest);
        var renamed = SimulatedFolder.Of([KeyValuePair.Create(JournalRig.SnapshotName(9), bytes)]);
        Assert.Null(new SnapshotStore(renamed, "test", JournalRig.Key).LoadNewest().Newest);
        Assert.NotNull(Store.LoadNewest().Newest);
    }

    [Fact]
    public void Whatever_call_fails_while_saving_an_older_one_is_still_there()
    {
        for (var faulty = 0; faulty < 7; faulty++)
        {
            foreach (var fault in new[] { DiskFault.Error, DiskFault.ErrorHalfway, DiskFault.Full })
            {
                var folder = new SimulatedFolder();
                var store = new SnapshotStore(folder, "test", JournalRig.Key);
                store.Save(At(1), new byte[2000]);
                store.Save(At(2), new byte[2000]);
                var first = folder.CallCount;
                folder.Fault = (number, _) => number == first + faulty ? fault : DiskFault.None;
                var error = Record.Exception(() => store.Save(At(3), new byte[2000]));
                foreach (var found in new[] { folder.AfterKill(), PowerCut.Image(folder.Calls, folder.CallCount, new Random(faulty)) })
                {
                    var load = new SnapshotStore(found, "test", JournalRig.Key).LoadNewest();
                    Assert.InRange(load.Newest!.At.Sequence, error is null ? 3 : 2, 3);
                    Assert.Empty(load.Damaged);
                }
            }
        }
    }

    [Fact]
    public void A_key_on_another_curve_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Contains("P-256", Assert.Throws<ArgumentException>(() => new StoreKey(key)).Message, StringComparison.Ordinal);
    }

    private void Save(int number) => Store.Save(At(number), new byte[] { (byte)number, 1, 2, 3 });

    private static JournalPosition At(int number) => new(number, RecordHash.Of([(byte)number]));
}
