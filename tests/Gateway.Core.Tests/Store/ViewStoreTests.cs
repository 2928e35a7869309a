using System.Text;
using Gateway.Core.Store;
using Gateway.Core.Store.Views;

namespace Gateway.Core.Tests.Store;

public sealed class ViewStoreTests
{
    [Fact]
    public async Task A_view_made_again_from_the_journal_is_the_same_view()
    {
        using var rig = new ViewRig();
        await rig.Append(400);
        using var grown = await rig.OpenLevel();
        for (var round = 0; round < 5; round++)
        {
            await rig.Append(77);
            await grown.CatchUpAsync();
        }
        using var made = await rig.OpenLevel(options => options with { Name = ViewRig.OtherName });
        var dump = ViewRig.Dump(grown);
        Assert.True(dump.Count > 785 + 13 + 11);
        Assert.Equal(dump, ViewRig.Dump(made));
    }

    [Fact]
    public async Task A_view_goes_on_where_it_was_closed()
    {
        using var rig = new ViewRig();
        await rig.Append(100);
        (await rig.OpenLevel()).Dispose();
        await rig.Append(50);
        var projected = 0;
        using var view = await rig.OpenLevel(options => options with
        {
            Sources = [options.Sources[0] with { Project = (record, batch) => { projected++; ViewRig.Project(record, batch); } }],
        });
        Assert.Equal((50, 0), (projected, view.Status.Rebuilds));
        Assert.Equal(150, ViewRig.Lines(view).Count);
        // Counted once each, not again.
        Assert.Equal(150, view.Counters(ViewRig.Uses).All().Values.Sum(counter => counter.Count));
    }

    public static TheoryData<string, Func<byte[], byte[]>> Damages() => new()
    {
        { "no database", _ => Encoding.UTF8.GetBytes("this is no database") },
        { "cut", bytes => bytes[..(bytes.Length / 2)] },
        { "cut in a page", bytes => bytes[..(bytes.Length - 70_000)] },
        { "zeros", bytes => new byte[bytes.Length] },
        { "header torn", bytes => [.. new byte[4096], .. bytes[4096..]] },
        { "page with another id", bytes => [.. bytes[..8192], .. bytes[16384..24576], .. bytes[16384..]] },
    };

    [Theory]
    [MemberData(nameof(Damages), DisableDiscoveryEnumeration = true)]
    public async Task A_file_changed_while_it_was_closed_is_set_aside_and_the_view_made_again(string name, Func<byte[], byte[]> damage)
    {
        using var rig = new ViewRig();
        await rig.Append(300);
        List<string> dump;
        using (var view = await rig.OpenLevel())
            dump = ViewRig.Dump(view);
        Damage(rig.Path, damage);
        using (var view = await rig.OpenLevel())
        {
            Assert.Equal(dump, ViewRig.Dump(view));
            Assert.Equal((name, 1), (name, view.Status.Rebuilds));
            Assert.Contains("changed while it was closed", view.Status.Reason, StringComparison.Ordinal);
        }
        Assert.True(File.Exists(rig.Path + ".broken"));
    }

    [Fact]
    public async Task A_log_of_LiteDB_put_beside_a_closed_file_is_not_taken_in()
    {
        using var rig = new ViewRig();
        await rig.Append(10);
        (await rig.OpenLevel()).Dispose();
        await File.WriteAllBytesAsync(LogPath(rig.Path), new byte[8192], TestContext.Current.CancellationToken);
        using var view = await rig.OpenLevel();
        Assert.Equal((10, 1), (ViewRig.Lines(view).Count, view.Status.Rebuilds));
    }

    [Theory]
    [MemberData(nameof(Damages), DisableDiscoveryEnumeration = true)]
    public async Task A_file_that_LiteDB_cannot_read_is_set_aside_and_the_view_made_again(string name, Func<byte[], byte[]> damage)
    {
        using var rig = new ViewRig();
        await rig.Append(300);
        (await rig.OpenLevel()).Dispose();
        using var killed = await rig.OpenLevel();
        var dump = ViewRig.Dump(killed);
        CopyAsKilled(rig);
        Damage(rig.OtherPath, damage);
        using var view = await rig.OpenLevel(options => options with { Name = ViewRig.OtherName });
        await Retry(view, () => ViewRig.Dump(view));
        await view.CatchUpAsync();
        Assert.Equal(dump, ViewRig.Dump(view));
        Assert.Equal((name, 1), (name, view.Status.Rebuilds));
        // LiteDB's finalizers end the process when it is let go of in the middle of something.
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [Fact]
    public async Task Another_format_version_makes_the_view_again()
    {
        using var rig = new ViewRig();
        await rig.Append(10);
        (await rig.OpenLevel()).Dispose();
        using var view = await rig.OpenLevel(options => options with { FormatVersion = 2 });
        Assert.Equal((1, "the view has format 1, not 2"), (view.Status.Rebuilds, view.Status.Reason));
        Assert.Equal(10, ViewRig.Lines(view).Count);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(50)]
    public async Task A_view_of_another_journal_is_made_again(int records)
    {
        using var rig = new ViewRig();
        await rig.Append(20);
        (await rig.OpenLevel()).Dispose();
        using var other = new ViewRig();
        await other.Append(1);
        // The same number of records or more, but not the same ones.
        await other.Journal.AppendAsync("something else"u8.ToArray());
        await other.Append(records);
        using var view = await other.OpenLevel(options => options with { Folder = rig.Options.Folder });
        Assert.Equal((1, "it does not belong to the journal records"), (view.Status.Rebuilds, view.Status.Reason));
        Assert.Equal(records + 2, ViewRig.Lines(view).Count);
    }

    [Theory]
    [InlineData("this boot", 0)]
    [InlineData("another boot", 1)]
    public async Task A_view_that_was_open_when_the_machine_went_down_is_not_trusted(string boot, int rebuilds)
    {
        using var rig = new ViewRig();
        await rig.Append(10);
        using var killed = await rig.OpenLevel();
        CopyAsKilled(rig);
        using var view = await rig.OpenLevel(options => options with { Name = ViewRig.OtherName, BootId = () => boot });
        Assert.Equal(rebuilds, view.Status.Rebuilds);
        Assert.Equal(ViewRig.Dump(killed), ViewRig.Dump(view));
    }

    [Fact]
    public async Task A_closed_view_of_an_earlier_day_put_back_only_catches_up()
    {
        using var rig = new ViewRig();
        await rig.Append(10);
        (await rig.OpenLevel()).Dispose();
        var old = new[] { rig.Path, rig.Path + ".seal" }.Select(File.ReadAllBytes).ToList();
        await rig.Append(10);
        (await rig.OpenLevel()).Dispose();
        await File.WriteAllBytesAsync(rig.Path, old[0], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(rig.Path + ".seal", old[1], TestContext.Current.CancellationToken);
        using var view = await rig.OpenLevel();
        Assert.Equal((20, 0), (ViewRig.Lines(view).Count, view.Status.Rebuilds));
    }

    [Fact]
    public async Task A_closed_view_has_its_log_folded_in()
    {
        using var rig = new ViewRig();
        await rig.Append(10);
        (await rig.OpenLevel()).Dispose();
        Assert.True(!File.Exists(LogPath(rig.Path)) || new FileInfo(LogPath(rig.Path)).Length == 0);
    }

    [Fact]
    public async Task A_projection_that_throws_skips_its_record_only()
    {
        using var rig = new ViewRig();
        await rig.Append(30);
        using var view = await rig.OpenLevel(options => options with
        {
            Sources =
            [
                options.Sources[0] with
                {
                    Project = (record, batch) =>
                    {
                        batch.Add(ViewRig.Entry(record.Sequence));
                        if (record.Sequence % 10 == 0)
                            batch.Put(ViewRig.Evidence, "", "dev", new Sighting("", "", 0));
                    },
                },
            ],
        });
        Assert.Equal((27, 3L, 0), (ViewRig.Lines(view).Count, view.Status.SkippedRecords, view.Status.Rebuilds));
    }

    [Fact]
    public async Task Posted_changes_and_the_refill_are_in_the_view()
    {
        using var rig = new ViewRig();
        var at = DateTimeOffset.UnixEpoch.AddDays(1);
        using (var view = await rig.OpenLevel(options => options with
        {
            Refill = batch => batch.Count(ViewRig.Uses, "g1", at, 5),
        }))
        {
            Assert.True(view.TryPost(batch => batch.Count(ViewRig.Uses, "g1", at.AddDays(-1))));
            Assert.True(view.TryPost(batch => batch.Put(ViewRig.Evidence, "k", "dev1", new Sighting("vendor", "x", 90))));
            await view.CatchUpAsync();
            Assert.Equal(new Counter(6, at), view.Counters(ViewRig.Uses).Get("g1"));
            Assert.Equal(90, view.Documents(ViewRig.Evidence).Get("k")!.Confidence);
            Assert.True(view.TryPost(batch => batch.Remove(ViewRig.Evidence, "k")));
            await view.CatchUpAsync();
            Assert.Null(view.Documents(ViewRig.Evidence).Get("k"));
            Assert.Empty(view.Documents(ViewRig.Evidence).OfDevice("dev1"));
            Assert.Null(view.Counters(ViewRig.Uses).Get("g2"));
            // Posted just before the end: still stored.
            Assert.True(view.TryPost(batch => batch.Count(ViewRig.Uses, "g2", at)));
        }
        using (var view = await rig.OpenLevel())
            Assert.Equal(1, view.Counters(ViewRig.Uses).Get("g2")!.Count);
    }

    [Fact]
    public async Task More_waiting_changes_than_the_bound_are_refused_and_counted()
    {
        using var rig = new ViewRig();
        using var gate = new ManualResetEventSlim(false);
        using var view = await rig.OpenLevel();
        Assert.True(view.TryPost(_ => gate.Wait()));
        var refused = 0;
        for (var number = 0; number < ViewLimits.MaxWaiting + 1000; number++)
            refused += view.TryPost(batch => batch.Count(ViewRig.Uses, "g", DateTimeOffset.UnixEpoch)) ? 0 : 1;
        gate.Set();
        await view.CatchUpAsync();
        Assert.InRange(refused, 1, 1001);
        Assert.Equal(refused, view.Status.RefusedChanges);
        Assert.Equal(ViewLimits.MaxWaiting + 1000 - refused, view.Counters(ViewRig.Uses).Get("g")!.Count);
    }

    [Fact]
    public async Task A_set_that_the_view_does_not_have_is_an_error_of_the_caller_and_not_of_the_file()
    {
        using var rig = new ViewRig();
        using var view = await rig.OpenLevel();
        var unknown = new CounterSet("unknown");
        Assert.Contains("no set unknown", Assert.Throws<ArgumentException>(() => view.Counters(unknown)).Message, StringComparison.Ordinal);
        view.TryPost(batch => batch.Count(unknown, "k", DateTimeOffset.UnixEpoch));
        await view.CatchUpAsync();
        Assert.Equal((0, 1L), (view.Status.Rebuilds, view.Status.SkippedRecords));
    }

    [Theory]
    [InlineData("", "uses")]
    [InlineData("no spaces", "uses")]
    [InlineData("uses", "USES")]
    public void Names_of_sets_are_checked(string first, string second)
    {
        using var rig = new ViewRig();
        Assert.Throws<ArgumentException>(() => rig.Open(options => options with { Sets = [new CounterSet(first), new CounterSet(second)] }));
    }

    private static string LogPath(string path) => path + ".log";

    private static void Damage(string path, Func<byte[], byte[]> damage) => File.WriteAllBytes(path, damage(File.ReadAllBytes(path)));

    /// <summary>Copies the open view to the other path, as a kill or a power cut leaves it.</summary>
    private static void CopyAsKilled(ViewRig rig)
    {
        File.Copy(rig.Path, rig.OtherPath);
        if (File.Exists(LogPath(rig.Path)))
            File.Copy(LogPath(rig.Path), LogPath(rig.OtherPath));
        File.Copy(rig.Path + ".seal", rig.OtherPath + ".seal");
    }

    /// <summary>Reads; when that meets the damage, once more after the view was made again.</summary>
    internal static async Task<T> Retry<T>(ViewStore view, Func<T> read)
    {
        while (true)
        {
            try
            {
                return read();
            }
            catch (ViewUnavailableException)
            {
                await view.CatchUpAsync();
            }
        }
    }
}
