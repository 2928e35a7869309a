using Gateway.Core.Store;
using Gateway.Core.Tests.Store.Simulation;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Store;

public sealed class JournalTests
{
    [Fact]
    public void What_is_appended_is_read_back_after_a_restart_in_order()
    {
        using var temp = new TempFolder();
        var options = JournalRig.Options(DiskFolder.Open(temp.File("journal")));
        using (var journal = Journal.Open(options))
            JournalRig.Append(journal, 1, 40);
        using (var journal = Journal.Open(options))
        {
            Assert.Equal(new JournalRecovery(40, null, 0), journal.Recovery);
            JournalRig.AssertHolds(journal, 1, 40);
            JournalRig.Append(journal, 41, 50);
        }
        Assert.Equal(50, JournalRig.Verify(options.Folder).Records);
    }

    [Fact]
    public void A_record_is_written_and_synced_before_it_is_acknowledged()
    {
        var folder = new SimulatedFolder();
        using var journal = Journal.Open(JournalRig.Options(folder));
        var before = folder.CallCount;
        journal.Append([1, 2, 3]);
        var calls = folder.Calls.Skip(before).Select(call => call.Kind);
        Assert.Equal([DiskCallKind.Write, DiskCallKind.Sync], calls);
    }

    [Fact]
    public void A_new_segment_has_its_name_on_the_disk_before_its_first_record()
    {
        var folder = JournalRig.Closed(30);
        var calls = folder.Calls;
        var changes = calls.Index().Where(call => call.Item.Kind == DiskCallKind.Rename && call.Item.To.EndsWith(".segment", StringComparison.Ordinal));
        Assert.True(changes.Count() > 2);
        foreach (var (index, _) in changes)
        {
            Assert.Equal(DiskCallKind.Sync, calls[index - 1].Kind);
            Assert.Equal(DiskCallKind.SyncFolder, calls[index + 1].Kind);
        }
    }

    [Fact]
    public async Task Many_callers_share_one_sync_and_each_is_told_only_after_its_own()
    {
        var folder = new SimulatedFolder();
        using var gate = new ManualResetEventSlim(true);
        folder.Fault = (_, call) =>
        {
            if (call.Kind == DiskCallKind.Sync)
                gate.Wait();
            return DiskFault.None;
        };
        using var journal = Journal.Open(JournalRig.Options(folder));
        gate.Reset();
        var first = journal.AppendAsync(JournalRig.Payload(1)).AsTask();
        Wait.Until(() => folder.Calls[^1].Kind == DiskCallKind.Write);
        var rest = Enumerable.Range(2, 6).Select(number => journal.AppendAsync(JournalRig.Payload(number)).AsTask()).ToList();
        Assert.False(first.IsCompleted);
        Assert.Equal(0, journal.Head.Sequence);
        Assert.Empty(journal.Read(1));
        gate.Set();
        Assert.Equal(Enumerable.Range(1, 7).Select(number => (long)number), await Task.WhenAll([first, .. rest]));
        Assert.Equal(2, journal.Counters.Groups);
        JournalRig.AssertHolds(journal, 1, 7);
    }

    [Fact]
    public async Task Appends_from_many_threads_get_one_sequence_without_gaps()
    {
        using var temp = new TempFolder();
        using var journal = Journal.Open(JournalRig.Options(DiskFolder.Open(temp.File("journal"))));
        var tasks = Enumerable.Range(0, 8).Select(thread => Task.Run(async () =>
        {
            var sequences = new List<long>();
            for (var number = 0; number < 25; number++)
            {
                var payload = JournalRig.Payload((thread * 100) + number);
                sequences.Add(number % 2 == 0 ? await journal.AppendAsync(payload) : journal.Append(payload));
            }
            return sequences;
        }));
        var all = (await Task.WhenAll(tasks)).SelectMany(sequences => sequences).Order().ToList();
        Assert.Equal(Enumerable.Range(1, 200).Select(number => (long)number), all);
        Assert.Equal(200, journal.Read(1).Count());
    }

    [Fact]
    public void A_reader_goes_on_where_it_was_when_more_comes()
    {
        using var journal = Journal.Open(JournalRig.Options(new SimulatedFolder()));
        using var reader = journal.OpenReader(3);
        Assert.Null(reader.TryRead());
        for (var number = 1; number <= 60; number++)
        {
            journal.Append(JournalRig.Payload(number));
            if (number < 3)
                Assert.Null(reader.TryRead());
            else
                Assert.True(reader.TryRead()!.Payload.Span.SequenceEqual(JournalRig.Payload(number)));
        }
        Assert.Null(reader.TryRead());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(513)]
    public void A_payload_out_of_bounds_is_refused_with_the_bound(int length)
    {
        using var journal = Journal.Open(JournalRig.Options(new SimulatedFolder()));
        var error = Assert.Throws<ArgumentException>(() => journal.Append(new byte[length]));
        Assert.Contains($"has {length} bytes; it must have 1 to 512", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, journal.Head.Sequence);
    }

    [Fact]
    public void The_longest_payload_fits()
    {
        using var temp = new TempFolder();
        var options = JournalRig.Options(DiskFolder.Open(temp.File("journal"))) with { SegmentBytes = 4 << 20, MaxPayloadBytes = JournalLimits.MaxPayloadBytes };
        var payload = new byte[JournalLimits.MaxPayloadBytes];
        Random.Shared.NextBytes(payload);
        using (var journal = Journal.Open(options))
        {
            for (var count = 0; count < 5; count++)
                journal.Append(payload);
        }
        using (var journal = Journal.Open(options))
            Assert.All(journal.Read(1), record => Assert.True(record.Payload.Span.SequenceEqual(payload)));
    }

    [Fact]
    public async Task More_waiting_appends_than_the_bound_are_refused_and_counted()
    {
        var folder = new SimulatedFolder();
        using var gate = new ManualResetEventSlim(true);
        folder.Fault = (_, call) =>
        {
            if (call.Kind == DiskCallKind.Sync)
                gate.Wait();
            return DiskFault.None;
        };
        using var journal = Journal.Open(JournalRig.Options(folder));
        gate.Reset();
        var waiting = new List<Task<long>>();
        var refused = Assert.Throws<JournalBusyException>(() =>
        {
            while (waiting.Count <= 2 * JournalLimits.MaxWaiting)
                waiting.Add(journal.AppendAsync(new byte[1]).AsTask());
        });
        gate.Set();
        Assert.Contains("wait for the disk", refused.Message, StringComparison.Ordinal);
        await Task.WhenAll(waiting);
        Assert.Equal(1, journal.Counters.RefusedBusy);
        Assert.Equal(waiting.Count, journal.Head.Sequence);
    }

    [Fact]
    public void The_head_is_signed_some_time_after_an_append_without_being_asked()
    {
        var clock = new FakeTimeProvider();
        var folder = new SimulatedFolder();
        using var journal = Journal.Open(JournalRig.Options(folder) with { Clock = clock, AnchorInterval = TimeSpan.FromSeconds(5) });
        JournalRig.Append(journal, 1, 3);
        Assert.Equal(0, JournalRig.Verify(folder).SignedSequence);
        Wait.Until(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(6));
            return JournalRig.Verify(folder).SignedSequence == 3;
        });
        Assert.False(JournalRig.Verify(folder).IsClosed);
    }

    [Fact]
    public void A_journal_that_is_open_is_refused_to_others_until_it_is_closed()
    {
        using var temp = new TempFolder();
        var options = JournalRig.Options(DiskFolder.Open(temp.File("journal")));
        using (Journal.Open(options))
        {
            var error = Assert.Throws<JournalLockedException>(() => Journal.Open(options));
            Assert.Contains(temp.File("journal"), error.Message, StringComparison.Ordinal);
        }
        Journal.Open(options).Dispose();
    }

    [Fact]
    public void A_closed_journal_refuses_appends()
    {
        var journal = Journal.Open(JournalRig.Options(new SimulatedFolder()));
        journal.Dispose();
        journal.Dispose();
        Assert.Throws<ObjectDisposedException>(() => journal.Append([1]));
    }

    [Fact]
    public void Files_are_for_their_owner_only()
    {
        using var temp = new TempFolder();
        var path = temp.File("a/folder/that/is/missing");
        Journal.Open(JournalRig.Options(DiskFolder.Open(path))).Dispose();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(path).UnixFileMode);
        Assert.All(
            Directory.GetFiles(path).Where(file => !file.EndsWith("lock", StringComparison.Ordinal)),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(file).UnixFileMode));
    }

    [Theory]
    [InlineData(100, 512, null, "SegmentBytes is 100; it must be 1024 to 67108864")]
    [InlineData(1024, 2000, null, "SegmentBytes is 1024; it must be 2158 to 67108864")]
    [InlineData(1024, 0, null, "MaxPayloadBytes is 0; it must be 1 to 1048576")]
    [InlineData(1024, 512, 2047L, "MaxTotalBytes is 2047; it must be 2048 to")]
    public void An_option_out_of_range_is_refused_with_its_range(int segment, int payload, long? total, string message)
    {
        var options = JournalRig.Options(new SimulatedFolder()) with { SegmentBytes = segment, MaxPayloadBytes = payload, MaxTotalBytes = total };
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => Journal.Open(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_used_is_one_clear_error()
    {
        using var temp = new TempFolder();
        File.WriteAllText(temp.File("journal"), "a file, not a folder");
        Assert.ThrowsAny<IOException>(() => DiskFolder.Open(temp.File("journal")));
        var folder = new SimulatedFolder { Fault = (_, _) => DiskFault.Error };
        var error = Assert.Throws<JournalFailedException>(() => Journal.Open(JournalRig.Options(folder)));
        Assert.Contains("journal test in simulated cannot be opened", error.Message, StringComparison.Ordinal);
    }
}
