using Gateway.Core.Api;
using Gateway.Corridor.Tests.Fixtures;
using Gateway.Service.Tests.Fixtures;

namespace Gateway.Service.Tests.Hosting;

/// <summary>A disk that is full, or fails: what cannot be stored is not acknowledged, and nothing else changes.</summary>
[Trait("Category", "Slow")]
public sealed class JournalFullTests : IAsyncLifetime
{
    private readonly Disk _disk = new();
    private TestBox _box = null!;
    private DeviceView _device = null!;

    public async ValueTask InitializeAsync()
    {
        _box = await TestBox.StartAsync(new TestBoxOptions { OpenFolder = _disk.Open });
        _device = await _box.ApprovedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _disk.IsFull = false;
        _disk.Hangs = false;
        await _box.DisposeAsync();
    }

    [Fact]
    public async Task On_a_full_disk_decisions_are_refused_with_503_and_enforcement_stays_as_it_is()
    {
        var (installed, hash) = (_box.Dataplane.Installed, _box.Dataplane.Hash);
        _disk.IsFull = true;
        var refused = (await _box.Api.PostAsync($"devices/{_device.Id}/cut-off", null)).Problem();
        Assert.Equal(503, refused.Status);
        Assert.Contains("disk", refused.Title, StringComparison.Ordinal);
        Assert.Equal("protected", (await _box.Api.GetAsync<DeviceDetail>($"devices/{_device.Id}")).Device.State);
        Assert.Equal((installed, hash), (_box.Dataplane.Installed, _box.Dataplane.Hash));
        Assert.Equal("full", (await _box.Api.GetAsync<StatusView>("status")).Journal);
        Assert.Contains((await _box.Api.GetAsync<BoxView>("box")).Needs, n => n.What == "journal-full");
        Assert.Equal(503, (int)(await _box.Api.GetAsync("/readyz")).Status);
        // A restart would not help, so the watchdog goes on being fed.
        Assert.Equal(200, (int)(await _box.Api.GetAsync("/healthz")).Status);
    }

    [Fact]
    public async Task When_there_is_room_again_decisions_are_taken_again_and_the_log_says_what_was()
    {
        _disk.IsFull = true;
        await _box.Api.PostAsync($"devices/{_device.Id}/cut-off", null);
        await Eventually.TrueAsync(async () => (await _box.Api.GetAsync<StatusView>("status")).Journal == "full", "it is full");
        await Task.Delay(TimeSpan.FromSeconds(1.5), TestBox.Cancel);
        _disk.IsFull = false;
        await Eventually.TrueAsync(async () => (int)(await _box.Api.PostAsync($"devices/{_device.Id}/cut-off", null)).Status == 200, "it is cut off");
        await _box.ToldAsync("journal-ok");
    }

    [Fact]
    public async Task A_disk_that_fails_to_sync_stops_the_journal_and_the_watchdog_is_not_fed_any_more()
    {
        _disk.IsBroken = true;
        var refused = (await _box.Api.PostAsync($"devices/{_device.Id}/cut-off", null)).Problem();
        Assert.Equal(503, refused.Status);
        var health = await _box.Api.GetAsync("/healthz");
        Assert.Equal(503, (int)health.Status);
        Assert.Contains("journal", health.Text, StringComparison.Ordinal);
        Assert.Equal("protected", (await _box.Api.GetAsync<DeviceDetail>($"devices/{_device.Id}")).Device.State);
        _disk.IsBroken = false;
    }
}
