using Gateway.Corridor.Client;
using Gateway.Corridor.Tests.Fixtures;

namespace Gateway.Corridor.Tests.Flows;

/// <summary>The hub goes away and comes back: open flows end at once, doors and dials come back by themselves.</summary>
[Trait("Category", "Slow")]
public sealed class HubRestartTests : IAsyncLifetime
{
    private TestLine _line = null!;

    public async ValueTask InitializeAsync() => _line = await TestLine.StartAsync();

    public ValueTask DisposeAsync() => _line.DisposeAsync();

    [Fact]
    public async Task Open_flows_are_reset_and_new_ones_work_again_after_a_restart()
    {
        var flow = await _line.OpenAsync();
        var ended = Streams.ResetAsync(flow);
        await _line.Site.RestartHubAsync(TimeSpan.FromMilliseconds(500));
        await ended;
        await flow.DisposeAsync();
        await _line.Door.UpAsync(_line.Site, doors: 4);
        await using var again = await _line.OpenAsync();
        Assert.Equal(DoorState.Up, _line.Door.Status.State);
    }

    [Fact]
    public async Task While_the_hub_is_away_a_dial_fails_at_once_and_says_so()
    {
        await _line.OpenAsync();
        await _line.Site.Hub.DisposeAsync();
        var refusal = await Assert.ThrowsAsync<CorridorUnreachableException>(_line.DialAsync);
        Assert.Contains(_line.Site.Endpoint.ToString(), refusal.Message, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => _line.Door.Status.State == DoorState.Connecting, "the gateway knows");
        await _line.Site.RestartHubAsync();
    }

    [Fact]
    public async Task Identities_entitlements_and_revocations_outlive_a_restart()
    {
        var revoked = _line.Site.Connect(await _line.Site.EnrolClientAsync("left", "operators"));
        await _line.Site.DoAsync(new Admin.Revoke("left"));
        await _line.Site.RestartHubAsync();
        await Assert.ThrowsAsync<CorridorRefusedException>(() => revoked.DirectoryAsync(TestSite.Cancel));
        await _line.Door.UpAsync(_line.Site);
        await using var flow = await _line.OpenAsync();
    }
}
