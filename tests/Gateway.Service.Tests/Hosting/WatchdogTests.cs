using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Gateway.Corridor.Tests.Fixtures;
using Gateway.Service.Tests.Fixtures;

namespace Gateway.Service.Tests.Hosting;

/// <summary>What the service tells systemd: ready when it answers, alive only while it works.</summary>
[Trait("Category", "Slow")]
[Collection(nameof(EnvironmentTests))]
public sealed class WatchdogTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Socket _notify = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly Disk _disk = new();

    public WatchdogTests() => _notify.Bind(new UnixDomainSocketEndPoint(_folder.File("notify")));

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
        _disk.Hangs = false;
        _notify.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Ready_comes_first_then_beats_and_at_the_end_the_word_that_it_stops()
    {
        await using var box = await StartAsync();
        Assert.Equal("READY=1", await ReceiveAsync());
        Assert.Equal("WATCHDOG=1", await ReceiveAsync());
        Assert.Equal("WATCHDOG=1", await ReceiveAsync());
        await box.StopServiceAsync();
        string last;
        do
            last = await ReceiveAsync();
        while (last == "WATCHDOG=1");
        Assert.Equal("STOPPING=1", last);
    }

    [Fact]
    public async Task A_service_whose_disk_does_not_answer_is_not_alive_however_well_it_answers()
    {
        await using var box = await StartAsync();
        // Before the service is stopped, or it would wait for the disk for ever.
        await using var heal = new Heal(_disk);
        await ReceiveAsync();
        _disk.Hangs = true;
        var started = Stopwatch.GetTimestamp();
        var hanging = box.FindAsync();
        // Beats go on for the time that a slow disk may take, then they end, while the API goes on answering.
        await Eventually.TrueAsync(async () => (int)(await box.Api.GetAsync("/healthz")).Status == 503, "it says that it does not work");
        Assert.True(Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(2.9));
        await Task.Delay(TimeSpan.FromSeconds(1.5), TestBox.Cancel);
        while (_notify.Available > 0)
            await ReceiveAsync();
        await Task.Delay(TimeSpan.FromSeconds(2.5), TestBox.Cancel);
        Assert.Equal(0, _notify.Available);
        _disk.Hangs = false;
        Assert.Equal("WATCHDOG=1", await ReceiveAsync());
        await hanging;
    }

    private async Task<TestBox> StartAsync()
    {
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", _folder.File("notify"));
        var box = await TestBox.StartAsync(new TestBoxOptions { OpenFolder = _disk.Open, HangLimit = TimeSpan.FromSeconds(3) });
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
        return box;
    }

    private async Task<string> ReceiveAsync()
    {
        var buffer = new byte[256];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestBox.Cancel);
        limit.CancelAfter(Eventually.Limit);
        return Encoding.ASCII.GetString(buffer, 0, await _notify.ReceiveAsync(buffer, limit.Token));
    }

    private sealed class Heal(Disk disk) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            disk.Hangs = false;
            return ValueTask.CompletedTask;
        }
    }
}
