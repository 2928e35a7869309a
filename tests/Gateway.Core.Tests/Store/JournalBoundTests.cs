using Gateway.Core.Store;
using Gateway.Core.Tests.Store.Simulation;

namespace Gateway.Core.Tests.Store;

public sealed class JournalBoundTests
{
    private static JournalOptions Bounded(IJournalFolder folder) => JournalRig.Options(folder) with { MaxTotalBytes = 4096 };

    [Fact]
    public void The_oldest_segments_go_whole_and_the_size_stays_below_the_bound()
    {
        var folder = new SimulatedFolder();
        using var journal = Journal.Open(Bounded(folder));
        for (var number = 1; number <= 200; number++)
        {
            journal.Append(JournalRig.Payload(number));
            Assert.InRange(journal.Counters.StoredBytes, 0, 4096);
        }
        Assert.InRange(journal.First, 150, 190);
        Assert.Equal(journal.First - 1, journal.Counters.Dropped);
        JournalRig.AssertHolds(journal, journal.First, 200);
        Assert.Equal(journal.Counters.StoredBytes, JournalRig.Segments(folder).Sum(name => folder.Bytes(name).Length));
    }

    [Fact]
    public void What_is_kept_verifies_from_its_first_record_and_the_count_of_dropped_ones_survives()
    {
        var folder = new SimulatedFolder();
        long first;
        using (var journal = Journal.Open(Bounded(folder)))
        {
            JournalRig.Append(journal, 1, 200);
            first = journal.First;
        }
        Assert.Equal((first, 200), (JournalRig.Verify(folder).First, JournalRig.Verify(folder).Head.Sequence));
        using (var journal = Journal.Open(Bounded(folder)))
        {
            Assert.Equal((first, first - 1), (journal.First, journal.Counters.Dropped));
            JournalRig.Append(journal, 201, 300);
        }
        Assert.True(JournalRig.Verify(folder).First > first);
    }

    [Fact]
    public void A_segment_removed_by_someone_else_is_not_taken_for_a_dropped_one()
    {
        var folder = new SimulatedFolder();
        using (var journal = Journal.Open(Bounded(folder)))
            JournalRig.Append(journal, 1, 200);
        folder.Remove(JournalRig.Segments(folder)[0]);
        Assert.Throws<JournalDamagedException>(() => JournalRig.Verify(folder));
    }

    [Fact]
    public void A_reader_that_is_too_slow_goes_on_with_the_oldest_kept_and_counts_what_it_missed()
    {
        using var journal = Journal.Open(Bounded(new SimulatedFolder()));
        using var reader = journal.OpenReader(1);
        JournalRig.Append(journal, 1, 5);
        Assert.Equal(1, reader.TryRead()!.Sequence);
        JournalRig.Append(journal, 6, 200);
        Assert.Equal(journal.First, reader.TryRead()!.Sequence);
        Assert.Equal(journal.First - 2, reader.Missed);
        Assert.Equal(journal.First, journal.Read(1).First().Sequence);
    }

    [Fact, Trait("Category", "Slow")]
    public async Task A_journal_in_use_verifies_at_any_moment()
    {
        using var temp = new TempFolder();
        var folder = DiskFolder.Open(temp.File("journal"));
        using var journal = Journal.Open(Bounded(folder) with { AnchorInterval = TimeSpan.FromMilliseconds(1) });
        var appends = Append();
        var verified = 0;
        for (; !appends.IsCompleted; verified++)
            Assert.True(JournalRig.Verify(folder).Head.Sequence >= 0);
        await appends;
        Assert.True(verified > 3 && journal.First > 1000, $"verified {verified} times, first {journal.First}");

        async Task Append()
        {
            for (var number = 1; number <= 400; number++)
                await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => journal.AppendAsync(new byte[200]).AsTask()));
        }
    }

    [Fact, Trait("Category", "Slow")]
    public async Task Readers_and_a_writer_that_drops_segments_do_not_disturb_each_other()
    {
        using var temp = new TempFolder();
        using var journal = Journal.Open(Bounded(DiskFolder.Open(temp.File("journal"))));
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            var count = 0L;
            while (!done.IsCancellationRequested)
                count += journal.Read(1).Count(record => record.Payload.Span.SequenceEqual(JournalRig.Payload(record.Sequence)));
            return count;
        })).ToList();
        for (var number = 1; number <= 300; number++)
            await journal.AppendAsync(JournalRig.Payload(number));
        await done.CancelAsync();
        Assert.All(await Task.WhenAll(readers), count => Assert.True(count > 0));
    }
}
