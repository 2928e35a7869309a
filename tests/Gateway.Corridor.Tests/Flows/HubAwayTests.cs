using System.Net;
using System.Net.Sockets;
using Gateway.Corridor.Client;
using Gateway.Corridor.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Corridor.Tests.Flows;

/// <summary>The hub is away for an hour, on a clock that the test turns: tries grow rare but do not cease, and the door is back soon after.</summary>
[Trait("Category", "Slow")]
public sealed class HubAwayTests
{
    private static readonly TimeSpan Away = TimeSpan.FromHours(1);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task After_an_hour_the_door_is_back_within_the_longest_pause_and_the_hub_was_not_stormed()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var site = await TestSite.StartAsync(options => options with { Time = clock });
        var device = await site.EnrolDeviceAsync(await site.EnrolGatewayAsync("gw-1"), "plc-7");
        var defaults = new CorridorClientOptions { Time = clock };
        var connection = site.Connect(device, defaults);
        using var keeper = new DoorKeeper(connection, 1, (_, _) => Task.CompletedTask);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestSite.Cancel);
        var running = keeper.RunAsync(stop.Token);
        await Eventually.TrueAsync(() => keeper.Status.State == DoorState.Up, "the door is parked");

        var tries = await CountTriesAsync(site, clock);
        var rarest = (int)(Away / defaults.LongestRetry);
        // Half of each pause is left to chance; the first pauses are shorter. A hub that is busy coming back sees no more than this.
        Assert.InRange(tries, rarest, (rarest * 2) + 20);
        Assert.Equal(DoorState.Connecting, keeper.Status.State);

        await site.RestartHubAsync();
        var back = clock.GetUtcNow();
        while (keeper.Status.State != DoorState.Up)
        {
            Assert.InRange(clock.GetUtcNow() - back, TimeSpan.Zero, defaults.LongestRetry * 2);
            clock.Advance(Step);
            await Task.Delay(20, TestSite.Cancel);
        }
        await stop.CancelAsync();
        await running;
    }

    /// <summary>Puts something in the hub's place that hangs up on everyone, and lets an hour pass.</summary>
    private static async Task<int> CountTriesAsync(TestSite site, FakeTimeProvider clock)
    {
        var port = site.Hub.Endpoint.Port;
        await site.Hub.DisposeAsync();
        var tries = 0;
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        for (var passed = TimeSpan.Zero; passed < Away; passed += Step)
        {
            clock.Advance(Step);
            // A try takes no time on this clock: let it end before the next second.
            await Task.Delay(1, TestSite.Cancel);
            for (; listener.Pending(); tries++)
            {
                using var caller = await listener.AcceptSocketAsync(TestSite.Cancel);
                caller.Close(0);
                await Task.Delay(5, TestSite.Cancel);
            }
        }
        return tries;
    }
}
