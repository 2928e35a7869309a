using Gateway.Core.Store.Views;

namespace Gateway.Core.Tests.Store;

public sealed class LogViewTests
{
    private const int Lines = 600;

    [Fact]
    public async Task Lines_come_newest_first_page_by_page_each_once_and_unchanged()
    {
        using var rig = new ViewRig();
        await rig.Append(Lines);
        using var view = await rig.OpenLevel();
        var lines = ViewRig.Lines(view, new LogQuery { PageSize = 37 });
        Assert.Equal(Expected(_ => true), lines.Select(ViewRig.Text));
        Assert.Equal(100, view.Log.Query(new LogQuery { Before = 101, PageSize = 1 }).Entries[0].Sequence);
        Assert.Null(view.Log.Query(new LogQuery { Before = 1 }).Next);
    }

    public static TheoryData<string, LogQuery> Filters() => new()
    {
        { "kind", new LogQuery { Kind = "sign-in" } },
        { "severity", new LogQuery { Severity = "alarm" } },
        { "actor", new LogQuery { Actor = "spiffe://site/client/c3" } },
        { "device", new LogQuery { DeviceId = "dev7" } },
        { "value", new LogQuery { Value = KeyValuePair.Create("grant", "g5") } },
        { "device and kind", new LogQuery { DeviceId = "dev7", Kind = "device-found" } },
        { "all", new LogQuery { DeviceId = "dev8", Kind = "flow-refused", Severity = "info", Actor = "spiffe://site/client/c1" } },
    };

    [Theory]
    [MemberData(nameof(Filters), DisableDiscoveryEnumeration = true)]
    public async Task A_filter_finds_exactly_the_lines_that_match(string name, LogQuery query)
    {
        using var rig = new ViewRig();
        await rig.Append(Lines);
        using var view = await rig.OpenLevel();
        var expected = Expected(entry =>
            (query.Kind is null || entry.Kind == query.Kind) && (query.Severity is null || entry.Severity == query.Severity)
            && (query.Actor is null || entry.Actor == query.Actor) && (query.DeviceId is null || entry.DeviceId == query.DeviceId)
            && (query.Value is not { } value || entry.Values[value.Key] == value.Value));
        Assert.True(expected.Count is > 0 and < Lines, name);
        Assert.Equal(expected, ViewRig.Lines(view, query with { PageSize = 7 }).Select(ViewRig.Text));
    }

    [Theory]
    [InlineData("SIGN-IN")]
    [InlineData("sign")]
    [InlineData("")]
    [InlineData("sign-in\u0001")]
    public async Task A_filter_is_exact(string kind)
    {
        using var rig = new ViewRig();
        await rig.Append(20);
        using var view = await rig.OpenLevel();
        Assert.Empty(ViewRig.Lines(view, new LogQuery { Kind = kind }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(201)]
    public async Task A_page_size_out_of_bounds_is_refused_with_the_bound(int size)
    {
        using var rig = new ViewRig();
        using var view = await rig.OpenLevel();
        var error = Assert.Throws<ArgumentException>(() => view.Log.Query(new LogQuery { PageSize = size }));
        Assert.Contains($"the page size is {size}; it must be 1 to 200", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_beyond_the_bound_are_cut_and_counted_and_can_still_be_found()
    {
        using var rig = new ViewRig();
        var actor = new string('ä', 255) + "😀" + new string('b', 100);
        await rig.Append(1);
        using var view = await rig.OpenLevel(options => options with
        {
            Sources =
            [
                options.Sources[0] with
                {
                    Project = (record, batch) => batch.Add(ViewRig.Entry(record.Sequence) with
                    {
                        Actor = actor,
                        Values = Enumerable.Range(0, 40).ToDictionary(number => $"v{number:D2}", _ => new string('x', 5000)),
                    }),
                },
            ],
        });
        var line = Assert.Single(ViewRig.Lines(view, new LogQuery { Actor = actor[..255] }));
        Assert.Equal(new string('ä', 255), line.Actor);
        Assert.Equal((ViewLimits.MaxValues, ViewLimits.MaxTextLength), (line.Values.Count, line.Values["v31"].Length));
        Assert.Equal(1 + 8 + 32, view.Status.CutTexts);
    }

    [Fact]
    public async Task Lines_of_dropped_records_go_from_the_view_too()
    {
        using var rig = new ViewRig(maxTotalBytes: 64 * 1024);
        using var view = await rig.OpenLevel();
        for (var round = 0; round < 4; round++)
        {
            await rig.Append(500);
            await view.CatchUpAsync();
            var lines = ViewRig.Lines(view);
            Assert.Equal((rig.Journal.Head.Sequence, rig.Journal.First), (lines[0].Sequence, lines[^1].Sequence));
        }
        Assert.True(rig.Journal.First > 1000);
    }

    private static List<string> Expected(Func<LogEntry, bool> matches) =>
        [.. Enumerable.Range(1, Lines).Reverse().Select(number => ViewRig.Entry(number)).Where(matches).Select(ViewRig.Text)];
}
