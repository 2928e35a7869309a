using System.Globalization;
using Gateway.Core.Store.Views;

namespace Gateway.Core.Tests.Store;

[Trait("Category", "Slow")]
[Collection(nameof(Alone))]
public sealed class ViewLoadTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Ten_thousand_records_are_projected_and_queries_are_quick()
    {
        using var rig = new ViewRig();
        await rig.Append(10_000);
        var started = TimeProvider.System.GetTimestamp();
        using var view = await rig.OpenLevel();
        var rebuild = TimeProvider.System.GetElapsedTime(started);
        started = TimeProvider.System.GetTimestamp();
        var slice = view.Log.Query(new LogQuery { DeviceId = "dev7", Kind = "sign-in", PageSize = 50 });
        var query = TimeProvider.System.GetElapsedTime(started);
        Assert.Equal(50, slice.Entries.Count);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"10,000 records in {rebuild.TotalSeconds:F2} s; a page of 50 by device and kind in {query.TotalMilliseconds:F1} ms; {new FileInfo(rig.Path).Length / 1024} KiB"));
    }

    [Fact]
    public async Task Readers_and_the_writer_work_at_the_same_time()
    {
        using var rig = new ViewRig(maxTotalBytes: 128 * 1024);
        using var view = await rig.OpenLevel();
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 4).Select(reader => Task.Run(() =>
        {
            var read = 0;
            while (!done.IsCancellationRequested)
            {
                foreach (var entry in view.Log.Query(new LogQuery { PageSize = 50, DeviceId = reader % 2 == 0 ? null : "dev3" }).Entries)
                {
                    Assert.Equal(ViewRig.Text(ViewRig.Entry(entry.Sequence)), ViewRig.Text(entry));
                    read++;
                }
                view.Counters(ViewRig.Uses).All();
                view.Documents(ViewRig.Evidence).OfDevice("dev3");
            }
            return read;
        })).ToList();
        for (var round = 0; round < 30; round++)
        {
            await rig.Append(100);
            await view.CatchUpAsync();
        }
        await done.CancelAsync();
        Assert.All(await Task.WhenAll(readers), read => Assert.True(read > 0));
        Assert.Equal((0, ""), (view.Status.Rebuilds, view.Status.Reason));
    }

    [Fact]
    public async Task A_file_that_breaks_while_it_is_used_is_made_again_without_losing_a_line()
    {
        using var rig = new ViewRig();
        await rig.Append(6000);
        using var view = await rig.OpenLevel();
        await File.WriteAllBytesAsync(rig.Path, new byte[new FileInfo(rig.Path).Length], TestContext.Current.CancellationToken);
        for (var round = 0; view.Status.Rebuilds == 0; round++)
        {
            // LiteDB keeps some pages in memory, but not all of so many.
            Assert.True(round < 20, "the garbage was never noticed");
            Record.Exception(() => ViewRig.Dump(view));
            await rig.Append(100);
            await view.CatchUpAsync();
        }
        var lines = await ViewStoreTests.Retry(view, () => ViewRig.Lines(view));
        Assert.Equal(Enumerable.Range(1, (int)rig.Journal.Head.Sequence).Reverse().Select(number => ViewRig.Text(ViewRig.Entry(number))), lines.Select(ViewRig.Text));
        Assert.NotEqual("", view.Status.Reason);
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [Fact]
    public async Task Beyond_its_size_cap_the_view_keeps_the_newer_half_of_the_log()
    {
        using var rig = new ViewRig();
        using var view = await rig.OpenLevel(options => options with { MaxBytes = 3 << 20 });
        while (view.Status.Rebuilds == 0)
        {
            Assert.True(rig.Journal.Head.Sequence < 20_000, "the cap was never reached");
            await rig.Append(500);
            await view.CatchUpAsync();
        }
        var lines = ViewRig.Lines(view);
        Assert.Equal(rig.Journal.Head.Sequence, lines[0].Sequence);
        Assert.Equal(view.Status.LogFloor, lines[^1].Sequence);
        Assert.InRange(view.Status.LogFloor, 2, rig.Journal.Head.Sequence - 100);
        Assert.Contains("longer than 3145728 bytes", view.Status.Reason, StringComparison.Ordinal);
        Assert.InRange(new FileInfo(rig.Path).Length, 0, 4 << 20);
        // What else is in the view is whole.
        Assert.Equal(rig.Journal.Head.Sequence, view.Counters(ViewRig.Uses).All().Values.Sum(counter => counter.Count));
    }
}
