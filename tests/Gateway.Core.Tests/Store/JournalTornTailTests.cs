using Gateway.Core.Store;
using Gateway.Core.Tests.Store.Simulation;

namespace Gateway.Core.Tests.Store;

public sealed class JournalTornTailTests
{
    [Fact]
    public void The_last_record_cut_at_every_length_is_cut_off_and_reported()
    {
        var folder = new SimulatedFolder();
        byte[] before;
        byte[] after;
        string segment;
        using (var journal = Journal.Open(JournalRig.Options(folder)))
        {
            JournalRig.Append(journal, 1, 30);
            segment = JournalRig.Segments(folder)[^1];
            before = folder.Bytes(segment);
            JournalRig.Append(journal, 31, 31);
            after = folder.Bytes(segment);
        }
        // The head of the time before the close: the process was killed in the middle of record 31.
        var image = JournalRig.Killed(30).Snapshot();
        for (var length = before.Length; length < after.Length; length++)
        {
            image[segment] = after[..length];
            var found = SimulatedFolder.Of(image);
            using var journal = Journal.Open(JournalRig.Options(found));
            var torn = length - before.Length;
            Assert.Equal(torn == 0 ? null : new TornTail(segment, before.Length, torn), journal.Recovery.Torn);
            Assert.Equal(before.Length, found.Bytes(segment).Length);
            JournalRig.AssertHolds(journal, 1, 30);
            JournalRig.Append(journal, 31, 32);
        }
    }

    [Fact]
    public void The_last_record_with_every_byte_changed_is_cut_off()
    {
        var healthy = JournalRig.Killed(30);
        var segment = JournalRig.Segments(healthy)[^1];
        var last = RecordStarts(healthy.Bytes(segment))[^1];
        for (var at = last; at < healthy.Bytes(segment).Length; at++)
        {
            var folder = healthy.AfterKill();
            Flip(folder, segment, at);
            using var journal = Journal.Open(JournalRig.Options(folder));
            Assert.Equal(last, journal.Recovery.Torn!.OffsetBytes);
            JournalRig.AssertHolds(journal, 1, 29);
        }
    }

    [Fact]
    public void A_write_of_several_records_may_be_torn_in_any_of_them()
    {
        var group = GroupOfFive(out var segment, out var starts);
        for (var torn = 0; torn < 5; torn++)
        {
            var folder = group.AfterKill();
            Flip(folder, segment, starts[3 + torn] + 50);
            using var journal = Journal.Open(JournalRig.Options(folder));
            Assert.Equal(starts[3 + torn], journal.Recovery.Torn!.OffsetBytes);
            JournalRig.AssertHolds(journal, 1, 3 + torn);
        }
    }

    [Fact]
    public void A_damaged_record_with_a_later_write_after_it_is_an_alarm_and_nothing_is_cut()
    {
        var group = GroupOfFive(out var segment, out var starts);
        for (var damaged = 0; damaged < 3; damaged++)
        {
            var folder = group.AfterKill();
            Flip(folder, segment, starts[damaged] + 50);
            var bytes = folder.Bytes(segment);
            var error = Assert.Throws<JournalDamagedException>(() => Journal.Open(JournalRig.Options(folder)));
            Assert.Equal(damaged + 1, error.Sequence);
            Assert.Equal(starts[damaged], error.OffsetBytes);
            Assert.EndsWith(segment, error.File, StringComparison.Ordinal);
            Assert.Contains("records of later writes follow", error.Message, StringComparison.Ordinal);
            Assert.Equal(bytes, folder.Bytes(segment));
        }
    }

    [Fact]
    public void A_damaged_end_of_an_earlier_segment_is_an_alarm()
    {
        var folder = JournalRig.Killed(30);
        var segment = JournalRig.Segments(folder)[^2];
        Flip(folder, segment, folder.Bytes(segment).Length - 1);
        var error = Assert.Throws<JournalDamagedException>(() => Journal.Open(JournalRig.Options(folder)));
        Assert.Contains("later segments follow", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_grew_without_its_data_is_a_torn_tail()
    {
        var folder = JournalRig.Killed(30);
        var segment = JournalRig.Segments(folder)[^1];
        folder.Put(segment, [.. folder.Bytes(segment), .. new byte[700]]);
        using var journal = Journal.Open(JournalRig.Options(folder));
        Assert.Equal(700, journal.Recovery.Torn!.Bytes);
        JournalRig.AssertHolds(journal, 1, 30);
    }

    [Fact]
    public void What_is_found_is_synced_before_it_counts()
    {
        var folder = JournalRig.Killed(5);
        using var journal = Journal.Open(JournalRig.Options(folder));
        Assert.Contains(folder.Calls, call => call.Kind == DiskCallKind.Sync && call.Name == JournalRig.Segments(folder)[^1]);
    }

    /// <summary>Three records of their own and then five in one write, killed.</summary>
    private static SimulatedFolder GroupOfFive(out string segment, out List<int> starts)
    {
        var folder = new SimulatedFolder();
        using var gate = new ManualResetEventSlim(true);
        folder.Fault = (_, call) =>
        {
            if (call.Kind == DiskCallKind.Sync)
                gate.Wait();
            return DiskFault.None;
        };
        using var journal = Journal.Open(JournalRig.Options(folder) with { SegmentBytes = 4096 });
        JournalRig.Append(journal, 1, 2);
        gate.Reset();
        List<Task<long>> tasks = [journal.AppendAsync(JournalRig.Payload(3)).AsTask()];
        Wait.Until(() => folder.Calls[^1].Kind == DiskCallKind.Write);
        tasks.AddRange(Enumerable.Range(4, 5).Select(number => journal.AppendAsync(JournalRig.Payload(number)).AsTask()));
        gate.Set();
        Task.WaitAll(tasks);
        Assert.Equal(4, journal.Counters.Groups);
        segment = JournalRig.Segments(folder)[^1];
        starts = RecordStarts(folder.Bytes(segment));
        return folder.AfterKill();
    }

    private static List<int> RecordStarts(byte[] segment)
    {
        var starts = new List<int>();
        for (var at = 80; at < segment.Length; at += 78 + BitConverter.ToInt32(segment, at))
            starts.Add(at);
        return starts;
    }

    private static void Flip(SimulatedFolder folder, string name, int at)
    {
        var bytes = folder.Bytes(name);
        bytes[at] ^= 0x10;
        folder.Put(name, bytes);
    }
}
