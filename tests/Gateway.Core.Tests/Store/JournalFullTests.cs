using Gateway.Core.Store;
using Gateway.Core.Tests.Store.Simulation;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Store;

public sealed class JournalFullTests
{
    private const int Reserve = 2000;

    private readonly SimulatedFolder _folder = new() { CapacityBytes = 10_000 };

    private JournalOptions Options => JournalRig.Options(_folder) with { ReserveBytes = Reserve };

    [Fact]
    public void A_full_disk_refuses_ordinary_records_and_keeps_what_is_stored_readable()
    {
        using var journal = Journal.Open(Options);
        var last = FillUp(journal);
        Assert.Equal(JournalCondition.Full, journal.Condition);
        Assert.True(journal.Counters.RefusedFull > 0);
        JournalRig.AssertHolds(journal, 1, last);
        Assert.Equal(journal.Counters.StoredBytes, JournalRig.Segments(_folder).Sum(name => _folder.Bytes(name).Length));
    }

    [Fact]
    public void Audit_records_go_on_in_the_reserve_and_ordinary_ones_do_not_eat_it()
    {
        using var journal = Journal.Open(Options);
        var last = FillUp(journal);
        Assert.Contains("reserve", _folder.List());
        var audit = 0;
        for (; TryAppend(journal, last + audit + 1, AppendUse.Audit); audit++)
        {
            Assert.False(TryAppend(journal, last + audit + 2, AppendUse.Ordinary));
            Assert.DoesNotContain("reserve", _folder.List());
        }
        Assert.InRange(audit, 8, 20);
        JournalRig.AssertHolds(journal, 1, last + audit);
    }

    [Fact]
    public void With_room_again_appends_work_and_the_reserve_is_made_again()
    {
        using (var journal = Journal.Open(Options))
        {
            var last = FillUp(journal);
            Assert.True(TryAppend(journal, last + 1, AppendUse.Audit));
            _folder.CapacityBytes += 500;
            Assert.False(TryAppend(journal, last + 2, AppendUse.Ordinary));
            _folder.CapacityBytes += 2000;
            JournalRig.Append(journal, last + 2, last + 5);
            Assert.Equal(JournalCondition.Ok, journal.Condition);
            Assert.Equal(Reserve, _folder.Bytes("reserve").Length);
        }
        Assert.True(JournalRig.Verify(_folder).IsClosed);
    }

    [Fact]
    public void The_condition_clears_by_itself_when_there_is_room()
    {
        var clock = new FakeTimeProvider();
        using var journal = Journal.Open(Options with { Clock = clock });
        TryAppend(journal, FillUp(journal) + 1, AppendUse.Audit);
        _folder.CapacityBytes = 100_000;
        Assert.Equal(JournalCondition.Full, journal.Condition);
        Wait.Until(() =>
        {
            clock.Advance(TimeSpan.FromHours(2));
            return journal.Condition == JournalCondition.Ok;
        });
    }

    [Fact]
    public void A_journal_opens_on_a_full_disk_and_takes_audit_records_in_what_is_left()
    {
        long last;
        using (var journal = Journal.Open(Options))
        {
            last = FillUp(journal);
            Assert.True(TryAppend(journal, last + 1, AppendUse.Audit));
        }
        using (var journal = Journal.Open(Options))
        {
            Assert.Equal(JournalCondition.Full, journal.Condition);
            JournalRig.AssertHolds(journal, 1, last + 1);
            Assert.False(TryAppend(journal, last + 2, AppendUse.Ordinary));
            Assert.True(TryAppend(journal, last + 2, AppendUse.Audit));
        }
        JournalRig.Verify(_folder);
    }

    [Fact]
    public async Task A_group_with_both_kinds_loses_only_the_ordinary_ones()
    {
        using var gate = new ManualResetEventSlim(true);
        _folder.Fault = (_, call) =>
        {
            if (call.Kind == DiskCallKind.Sync)
                gate.Wait();
            return DiskFault.None;
        };
        using var journal = Journal.Open(Options with { SegmentBytes = 4096 });
        gate.Reset();
        var first = journal.AppendAsync(JournalRig.Payload(1)).AsTask();
        Wait.Until(() => _folder.Calls[^1] is { Kind: DiskCallKind.Write } call && call.Name.EndsWith(".segment", StringComparison.Ordinal));
        var mixed = Enumerable.Range(0, 6).Select(number =>
            journal.AppendAsync(new byte[300], number % 2 == 0 ? AppendUse.Ordinary : AppendUse.Audit).AsTask()).ToList();
        _folder.CapacityBytes = 10_000 - _folder.FreeBytes + 1000;
        gate.Set();
        await first;
        for (var number = 0; number < 6; number++)
        {
            if (number % 2 == 0)
                await Assert.ThrowsAsync<JournalFullException>(() => mixed[number]);
            else
                Assert.Equal(2 + number / 2, await mixed[number]);
        }
    }

    [Fact]
    public void A_disk_too_small_for_a_journal_is_one_clear_error()
    {
        _folder.CapacityBytes = 100;
        var error = Assert.Throws<JournalFullException>(() => Journal.Open(Options));
        Assert.Contains("no room to open the journal test", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Appends ordinary records until one is refused.</summary>
    private static long FillUp(Journal journal)
    {
        while (TryAppend(journal, journal.Head.Sequence + 1, AppendUse.Ordinary))
        {
            // Until it is full.
        }
        Assert.True(journal.Head.Sequence > 20);
        return journal.Head.Sequence;
    }

    private static bool TryAppend(Journal journal, long number, AppendUse use)
    {
        try
        {
            Assert.Equal(number, journal.Append(JournalRig.Payload(number), use));
            return true;
        }
        catch (JournalFullException)
        {
            return false;
        }
    }
}
