using System.Text;
using Gateway.Core.Store;
using Gateway.Core.Store.Views;
using Gateway.Core.Tests.Store.Simulation;

namespace Gateway.Core.Tests.Store;

/// <summary>The n-th call of the disk under the view fails. LiteDB 5.0.20 answers some of that by waiting for ever, some by ending the process
/// from a finalizer; so the finalizers are run after each fault.</summary>
[Trait("Category", "Slow")]
public sealed class ViewFaultTests
{
    private static readonly CounterSet Uses = new("uses");

    [Theory]
    [InlineData(DiskFault.Error)]
    [InlineData(DiskFault.Full)]
    public async Task After_any_single_fault_the_view_is_made_again_and_level(DiskFault fault)
    {
        using var journal = Journal.Open(JournalRig.Options(new SimulatedFolder()) with { SegmentBytes = 1 << 20 });
        await Append(journal, 300);
        var healthy = new SimulatedFolder();
        var lines = await Run(journal, healthy);
        for (var faulty = 0; faulty < healthy.CallCount; faulty++)
        {
            var folder = new SimulatedFolder { Fault = (number, _) => number == faulty ? fault : DiskFault.None };
            var found = await Run(journal, folder);
            Assert.True(lines.SequenceEqual(found), $"{fault} at call {faulty}: {found.Count} of {lines.Count} lines");
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.True(healthy.CallCount > 100, $"only {healthy.CallCount} calls");
    }

    [Fact]
    public async Task A_disk_that_keeps_failing_stops_the_view_and_nothing_else()
    {
        using var journal = Journal.Open(JournalRig.Options(new SimulatedFolder()) with { SegmentBytes = 1 << 20 });
        var isBroken = false;
        var folder = new SimulatedFolder { Fault = (_, call) => isBroken && call.Kind == DiskCallKind.Write ? DiskFault.Error : DiskFault.None };
        using var view = ViewStore.Open(Options(journal, folder));
        await Append(journal, 50);
        await view.CatchUpAsync();
        isBroken = true;
        await Append(journal, 50);
        await Assert.ThrowsAsync<ViewUnavailableException>(view.CatchUpAsync);
        Assert.Equal(ViewCondition.Failed, view.Status.Condition);
        Assert.Throws<ViewUnavailableException>(() => view.Log.Query(new LogQuery()));
        Assert.Contains("simulated error", view.Status.Reason, StringComparison.Ordinal);
        Assert.Equal(JournalCondition.Ok, journal.Condition);
        isBroken = false;
        Wait.Until(() => view.Status.Condition == ViewCondition.Ready);
        await view.CatchUpAsync();
        Assert.Equal(100, view.Log.Query(new LogQuery { PageSize = 200 }).Entries.Count);
    }

    [Fact]
    public async Task A_disk_that_gets_scarce_takes_the_view_before_it_takes_the_journals()
    {
        using var journal = Journal.Open(JournalRig.Options(new SimulatedFolder()) with { SegmentBytes = 1 << 20 });
        var folder = new SimulatedFolder();
        using var view = ViewStore.Open(Options(journal, folder) with { KeepFreeBytes = 1000 });
        await Append(journal, 50);
        await view.CatchUpAsync();
        folder.CapacityBytes -= folder.FreeBytes - 999;
        await Append(journal, 50);
        await Assert.ThrowsAsync<ViewUnavailableException>(view.CatchUpAsync);
        Assert.Contains("no room for the view", view.Status.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("view.db", folder.List());
        Assert.True(folder.FreeBytes > 100_000);
        folder.CapacityBytes = long.MaxValue / 2;
        Wait.Until(() => view.Status.Condition == ViewCondition.Ready);
        Assert.Equal(100, view.Log.Query(new LogQuery { PageSize = 200 }).Entries.Count);
    }

    /// <summary>Two lives of a view: opened, level, closed; opened again and read.</summary>
    private static async Task<List<string>> Run(Journal journal, SimulatedFolder folder)
    {
        using (var view = ViewStore.Open(Options(journal, folder)))
            await Level(view);
        using (var view = ViewStore.Open(Options(journal, folder)))
        {
            await Level(view);
            return
            [
                .. view.Log.Query(new LogQuery { PageSize = 200 }).Entries.Select(ViewRig.Text),
                .. view.Counters(Uses).All().Select(pair => $"{pair.Key} {pair.Value}"),
            ];
        }
    }

    private static async Task Level(ViewStore view)
    {
        while (await Record.ExceptionAsync(view.CatchUpAsync) is not null)
            await Task.Delay(5, TestContext.Current.CancellationToken);
    }

    private static async Task Append(Journal journal, int count)
    {
        for (var number = 0; number < count; number++)
            await journal.AppendAsync(Encoding.UTF8.GetBytes($"line {number}"));
    }

    private static ViewOptions Options(Journal journal, SimulatedFolder folder) => new()
    {
        Folder = folder,
        Key = JournalRig.Key,
        FormatVersion = 1,
        Sources = [new ViewSource("records", journal, Project, FeedsLog: true)],
        Sets = [Uses],
        RoundPause = TimeSpan.Zero,
        RetryPause = TimeSpan.FromMilliseconds(5),
        BootId = () => "this boot",
    };

    private static void Project(JournalRecord record, IViewBatch batch)
    {
        batch.Add(ViewRig.Entry(record.Sequence));
        batch.Count(Uses, $"u{record.Sequence % 5}", DateTimeOffset.UnixEpoch);
    }
}
