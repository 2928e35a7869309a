using System.Net.ServerSentEvents;
using Gateway.Core.Api;
using Gateway.Core.State;
using Gateway.Corridor.Tests.Fixtures;
using Gateway.Service.Access;
using Gateway.Service.Api;
using Gateway.Service.Records;
using Gateway.Service.Tests.Fixtures;

namespace Gateway.Service.Tests.Api;

/// <summary>The event stream: complete, in order, bounded.</summary>
[Trait("Category", "Slow")]
public sealed class EventTests : IAsyncLifetime
{
    private TestBox _box = null!;

    public async ValueTask InitializeAsync() => _box = await TestBox.StartAsync();

    public ValueTask DisposeAsync() => _box.DisposeAsync();

    [Fact]
    public async Task A_stream_begins_with_the_box_and_tells_what_happens()
    {
        await using var stream = await OpenAsync("events");
        Assert.Equal("box", (await stream.NextAsync()).EventType);
        await _box.FindAsync();
        var line = await stream.NextAsync(e => e.EventType == "device-found");
        Assert.Contains(TestBox.Plc, line.Data, StringComparison.Ordinal);
        Assert.True(long.Parse(line.EventId!, null) > 0);
        await stream.NextAsync(e => e.EventType == "device");
    }

    [Fact]
    public async Task Only_the_topics_asked_for_are_told()
    {
        await using var stream = await OpenAsync("events?topics=log");
        Add(3);
        Assert.Equal(["identify-asked", "identify-asked", "identify-asked"], [(await stream.NextAsync()).EventType, (await stream.NextAsync()).EventType, (await stream.NextAsync()).EventType]);
    }

    [Fact]
    public async Task Who_names_the_last_line_it_saw_gets_every_later_one_once_and_in_order()
    {
        Add(50);
        var last = await HeadAsync(50);
        await using var stream = await OpenAsync("events?topics=log", last - 20);
        Add(30);
        for (var expected = last - 19; expected <= last + 30; expected++)
            Assert.Equal(expected, long.Parse((await stream.NextAsync()).EventId!, null));
    }

    [Fact]
    public async Task Lines_from_before_a_restart_are_told_again_too()
    {
        Add(40);
        var last = await HeadAsync(40);
        await _box.StopServiceAsync();
        await _box.StartServiceAsync();
        await _box.Get<RecordLog>().CatchUpAsync();
        await using var stream = await OpenAsync("events?topics=log", last - 10);
        for (var expected = last - 9; expected <= last; expected++)
            Assert.Equal(expected, long.Parse((await stream.NextAsync()).EventId!, null));
    }

    [Fact]
    public async Task Lines_stored_together_are_told_in_order()
    {
        await using var stream = await OpenAsync("events?topics=log");
        Parallel.For(0, 300, _ => Add(1));
        var before = 0L;
        for (var i = 0; i < 300; i++)
        {
            var sequence = long.Parse((await stream.NextAsync()).EventId!, null);
            Assert.True(before == 0 || sequence == before + 1, $"{sequence} after {before}");
            before = sequence;
        }
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_up_nobody()
    {
        await using var slow = await OpenAsync("events");
        for (var i = 0; i < 20; i++)
            Add(200);
        await HeadAsync(4_000);
        await using var quick = await OpenAsync("events?topics=log");
        Add(1);
        Assert.Equal("identify-asked", (await quick.NextAsync()).EventType);
    }

    [Fact]
    public async Task The_257th_stream_is_refused_and_a_place_is_free_when_one_ends()
    {
        var hub = _box.Get<EventHub>();
        using var over = new CancellationTokenSource();
        for (var i = 0; i < EventHub.MaxSubscribers; i++)
            hub.Subscribe(null, over.Token);
        var refused = (await _box.Api.GetAsync("events")).Problem();
        Assert.Equal(503, refused.Status);
        await over.CancelAsync();
        Assert.Equal(0, hub.Subscribers);
        await using var stream = await OpenAsync("events");
        Assert.Equal("box", (await stream.NextAsync()).EventType);
    }

    [Fact]
    public async Task A_stream_ends_with_its_session()
    {
        var token = _box.TokenOf(Role.Auditor);
        using var caller = new ApiCaller(_box.Socket, token);
        await using var stream = await EventStream.OpenAsync(caller, "events?topics=log", null);
        _box.Get<Sessions>().Close(token);
        Add(1);
        await stream.EndAsync();
    }

    [Fact]
    public async Task Streams_do_not_hold_up_the_end_of_the_service()
    {
        await using var stream = await OpenAsync("events");
        var stopping = _box.StopServiceAsync();
        Assert.Same(stopping, await Task.WhenAny(stopping, Task.Delay(TimeSpan.FromSeconds(15), TestBox.Cancel)));
        await stopping;
    }

    private void Add(int lines)
    {
        for (var i = 0; i < lines; i++)
            _box.Get<RecordLog>().Add(LogKinds.IdentifyAsked, LogSeverities.Info, "anna");
    }

    private async Task<long> HeadAsync(int least)
    {
        var log = _box.Get<RecordLog>();
        await Eventually.TrueAsync(() => log.Journal.Head.Sequence >= least, $"{least} lines are stored");
        var last = 0L;
        await Eventually.TrueAsync(() => last == (last = log.Journal.Head.Sequence) && !log.Pulse.HasStopped(TimeSpan.Zero), "all is stored");
        return last;
    }

    private Task<EventStream> OpenAsync(string path, long? after = null) => EventStream.OpenAsync(_box.Api, path, after);
}
