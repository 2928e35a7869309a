using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Gateway.Core.Store;
using Gateway.Core.Tests.Store.Simulation;

namespace Gateway.Core.Tests.Store;

/// <summary>A small state: accounts with an amount each.</summary>
public sealed record Ledger(ImmutableSortedDictionary<string, int> Amounts, int Entries);

/// <summary>Puts an amount on an account; no account may go below zero.</summary>
public sealed record Booking(string Account, int Amount);

[JsonSerializable(typeof(Ledger))]
[JsonSerializable(typeof(Booking))]
internal sealed partial class LedgerJson : JsonSerializerContext;

public sealed class StateJournalTests
{
    private readonly SimulatedFolder _journal = new();
    private readonly SimulatedFolder _snapshots = new();

    private StateJournalOptions<Ledger, Booking> Options => OptionsOf(_journal, _snapshots);

    [Fact]
    public async Task The_state_is_the_sum_of_its_entries_also_after_a_restart()
    {
        Ledger state;
        using (var ledger = StateJournal.Open(Options))
        {
            await Book(ledger, 25);
            state = ledger.State;
            Assert.Equal(25, state.Entries);
        }
        using (var ledger = StateJournal.Open(Options))
        {
            AssertSame(state, ledger.State);
            Assert.Equal((20, 5), (ledger.Recovery.SnapshotSequence, ledger.Recovery.Replayed));
        }
    }

    [Fact]
    public async Task An_entry_shows_only_after_it_is_on_the_disk()
    {
        using var gate = new ManualResetEventSlim(true);
        _journal.Fault = (_, call) =>
        {
            if (call.Kind == DiskCallKind.Sync)
                gate.Wait();
            return DiskFault.None;
        };
        using var ledger = StateJournal.Open(Options);
        gate.Reset();
        var booking = ledger.AppendAsync(new Booking("a", 1));
        Wait.Until(() => _journal.Calls[^1].Kind == DiskCallKind.Write);
        Assert.Equal(0, ledger.State.Entries);
        gate.Set();
        Assert.Same(await booking, ledger.State);
        Assert.Equal(1, ledger.State.Entries);
    }

    [Fact]
    public async Task An_entry_that_the_reducer_refuses_is_not_stored()
    {
        using var ledger = StateJournal.Open(Options);
        await Book(ledger, 3);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ledger.AppendAsync(new Booking("a", -100)));
        Assert.Equal((3, 3), (ledger.State.Entries, ledger.Journal!.Head.Sequence));
    }

    [Fact]
    public async Task An_entry_that_could_not_be_stored_does_not_show()
    {
        using var ledger = StateJournal.Open(Options);
        await Book(ledger, 3);
        var state = ledger.State;
        _journal.CapacityBytes = 0;
        await Assert.ThrowsAsync<JournalFullException>(() => ledger.AppendAsync(new Booking("a", 1)));
        Assert.Same(state, ledger.State);
        _journal.CapacityBytes = 100_000;
        await Book(ledger, 1);
        Assert.Equal(4, ledger.State.Entries);
    }

    [Fact]
    public async Task A_decision_sees_the_state_that_it_changes()
    {
        using var ledger = StateJournal.Open(Options);
        await ledger.AppendAsync(new Booking("a", 10));
        // Ten at once: each takes one while there is one, and the eleventh finds none.
        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Task.Run(() => ledger.AppendAsync(
            state => state.Amounts["a"] > 0 ? new Booking("a", -1) : null))));
        Assert.Equal((0, 11), (ledger.State.Amounts["a"], ledger.State.Entries));
    }

    [Fact]
    public async Task With_a_damaged_newest_snapshot_the_older_one_serves()
    {
        var state = await Closed(25);
        Flip(_snapshots, JournalRig.SnapshotName(20));
        using var ledger = StateJournal.Open(Options);
        AssertSame(state, ledger.State);
        Assert.Equal((10, 15), (ledger.Recovery.SnapshotSequence, ledger.Recovery.Replayed));
        Assert.Equal([JournalRig.SnapshotName(20)], ledger.Recovery.DamagedSnapshots);
    }

    [Fact]
    public async Task Without_any_snapshot_everything_is_replayed()
    {
        var state = await Closed(25);
        using var ledger = StateJournal.Open(OptionsOf(_journal, new SimulatedFolder()));
        AssertSame(state, ledger.State);
        Assert.Equal(25, ledger.Recovery.Replayed);
    }

    [Fact]
    public async Task With_a_damaged_journal_the_last_signed_snapshot_serves_and_nothing_can_be_appended()
    {
        await Closed(25);
        Flip(_journal, JournalRig.Segments(_journal)[0]);
        using var ledger = StateJournal.Open(Options);
        Assert.Equal((20, 20), (ledger.State.Entries, ledger.Recovery.SnapshotSequence));
        Assert.IsType<JournalDamagedException>(ledger.Recovery.Damage);
        await Assert.ThrowsAsync<JournalDamagedException>(() => ledger.AppendAsync(new Booking("a", 1)));
        // Without a snapshot there is nothing to stand in for it.
        Assert.Throws<JournalDamagedException>(() => StateJournal.Open(OptionsOf(_journal, new SimulatedFolder())));
    }

    [Fact]
    public async Task A_journal_older_than_its_snapshot_was_put_back_and_is_an_alarm()
    {
        await Closed(15);
        var old = _journal.AfterKill();
        await Closed(10);
        using var ledger = StateJournal.Open(OptionsOf(old, _snapshots));
        Assert.Contains("record 20 was signed", ledger.Recovery.Damage!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_snapshot_folder_is_counted_and_loses_nothing()
    {
        _snapshots.CapacityBytes = 10;
        var state = await Closed(25);
        using var ledger = StateJournal.Open(Options);
        AssertSame(state, ledger.State);
        Assert.Equal(0, ledger.Recovery.SnapshotSequence);
        await Book(ledger, 20);
        Assert.Equal(2, ledger.SnapshotFailures);
    }

    [Fact]
    public void An_entry_that_this_program_cannot_apply_is_named()
    {
        using (var journal = Journal.Open(Options.Journal))
        {
            journal.Append("""{"Account":"a","Amount":1}"""u8);
            journal.Append("""{"Account":7}"""u8);
        }
        var error = Assert.Throws<StateReplayException>(() => StateJournal.Open(Options));
        Assert.Equal(2, error.Sequence);
        // And the folder is free again.
        Journal.Open(Options.Journal).Dispose();
    }

    [Fact]
    public void The_journal_of_a_state_must_not_be_bounded()
    {
        var options = Options with { Journal = Options.Journal with { MaxTotalBytes = 1 << 20 } };
        Assert.Contains("MaxTotalBytes", Assert.Throws<ArgumentException>(() => StateJournal.Open(options)).Message, StringComparison.Ordinal);
    }

    private async Task<Ledger> Closed(int entries)
    {
        using var ledger = StateJournal.Open(Options);
        await Book(ledger, entries);
        return ledger.State;
    }

    private static async Task Book(StateJournal<Ledger, Booking> ledger, int entries)
    {
        for (var number = 0; number < entries; number++)
            await ledger.AppendAsync(new Booking(number % 3 == 0 ? "a" : "b", number));
    }

    private static StateJournalOptions<Ledger, Booking> OptionsOf(IJournalFolder journal, IJournalFolder snapshots) => new()
    {
        Journal = JournalRig.Options(journal),
        Snapshots = snapshots,
        Initial = new Ledger(ImmutableSortedDictionary<string, int>.Empty, 0),
        Reduce = Apply,
        EntryType = LedgerJson.Default.Booking,
        StateType = LedgerJson.Default.Ledger,
        SnapshotEvery = 10,
    };

    private static Ledger Apply(Ledger ledger, Booking booking)
    {
        var amount = ledger.Amounts.GetValueOrDefault(booking.Account) + booking.Amount;
        return amount >= 0
            ? new Ledger(ledger.Amounts.SetItem(booking.Account, amount), ledger.Entries + 1)
            : throw new InvalidOperationException($"{booking.Account} would go below zero");
    }

    private static void AssertSame(Ledger expected, Ledger actual)
    {
        Assert.Equal(expected.Entries, actual.Entries);
        Assert.Equal(expected.Amounts.AsEnumerable(), actual.Amounts.AsEnumerable());
    }

    private static void Flip(SimulatedFolder folder, string name)
    {
        var bytes = folder.Bytes(name);
        bytes[^1] ^= 1;
        folder.Put(name, bytes);
    }
}
