using Gateway.Core.Fabric;
using Gateway.Corridor.Admin;
using Gateway.Corridor.Client;
using Gateway.Corridor.Tests.Fixtures;

namespace Gateway.Corridor.Tests.Flows;

/// <summary>Everything is bounded, and who reaches a bound is told its name.</summary>
[Trait("Category", "Slow")]
public sealed class LimitTests
{
    [Fact]
    public async Task A_caller_with_too_many_flows_is_told_so_and_may_go_on_when_one_is_closed()
    {
        await using var line = await TestLine.StartAsync(change: options => options with { Limits = options.Limits with { FlowsPerCaller = 3 } });
        var flows = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => line.OpenAsync()));
        await RefusedAsync(line, "FlowsPerCaller");
        flows[0].Abort();
        await Eventually.TrueAsync(() => line.Site.Hub.Flows.List().Count == 2, "one flow closed");
        await using var again = await line.OpenAsync();
        await CountedAsync(line, "LimitFlowsPerCaller", 1);
        foreach (var flow in flows)
            flow.Abort();
    }

    [Fact]
    public async Task A_full_hub_says_so()
    {
        await using var line = await TestLine.StartAsync(change: options => options with { Limits = options.Limits with { Flows = 2 } });
        await using var first = await line.OpenAsync();
        await using var second = await line.OpenAsync();
        await RefusedAsync(line, "Flows");
    }

    [Fact]
    public async Task A_gateway_that_parks_too_many_doors_keeps_those_that_are_allowed()
    {
        await using var site = await TestSite.StartAsync(options => options with { Limits = options.Limits with { DoorsPerDevice = 2 } });
        await using var plc = TestDevice.Echo();
        var gateway = await site.EnrolGatewayAsync("line-2");
        var connection = site.Connect(await site.EnrolDeviceAsync(gateway, "plc-7"));
        await using var first = await connection.ParkDoorAsync(TestSite.Cancel);
        await using var second = await connection.ParkDoorAsync(TestSite.Cancel);
        await Eventually.TrueAsync(() => site.Hub.Doors.CountOf(connection.Identity.Id) == 2, "two doors");
        var refusal = await Assert.ThrowsAsync<CorridorRefusedException>(() => connection.ParkDoorAsync(TestSite.Cancel));
        Assert.Equal((CorridorProblems.Limit, 429), (refusal.Problem.Kind, refusal.Problem.Status));
        Assert.Contains("DoorsPerDevice", refusal.Message, StringComparison.Ordinal);
        await first.DisposeAsync();
        await Eventually.TrueAsync(() => site.Hub.Doors.CountOf(connection.Identity.Id) == 1, "one door left");
        await using var third = await connection.ParkDoorAsync(TestSite.Cancel);
    }

    [Fact]
    public async Task More_connections_than_allowed_are_closed()
    {
        await using var site = await TestSite.StartAsync(options => options with { Limits = options.Limits with { ConnectionsPerIdentity = 2 } });
        var scada = await site.EnrolClientAsync("scada");
        var connections = Enumerable.Range(0, 3).Select(_ => site.Connect(scada)).ToList();
        await Eventually.TrueAsync(() => StatusOf(site, "scada", identity => identity.Connections == 0), "the connections of the enrolment are gone");
        await connections[0].DirectoryAsync(TestSite.Cancel);
        await connections[1].DirectoryAsync(TestSite.Cancel);
        await Assert.ThrowsAsync<CorridorUnreachableException>(() => connections[2].DirectoryAsync(TestSite.Cancel));
        connections[0].Dispose();
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                await connections[2].DirectoryAsync(TestSite.Cancel);
                return true;
            }
            catch (CorridorUnreachableException)
            {
                return false;
            }
        }, "a place is free");
    }

    [Fact]
    public async Task A_connection_without_a_certificate_does_not_stay()
    {
        await using var site = await TestSite.StartAsync(options => options with { Limits = options.Limits with { StrangerStay = TimeSpan.FromMilliseconds(300) } });
        await using var tls = await ConnectAsync(site);
        await ReadToEndAsync(tls).WaitAsync(Eventually.Limit, TestSite.Cancel);
    }

    [Fact]
    public async Task Callers_wait_for_a_door_that_is_just_being_parked()
    {
        await using var line = await TestLine.StartAsync(doors: 1);
        var flows = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => line.OpenAsync()));
        Assert.Equal(20, line.Plc.Accepted);
        foreach (var flow in flows)
            await flow.DisposeAsync();
    }

    [Fact]
    public async Task Strangers_cannot_take_all_places()
    {
        await using var site = await TestSite.StartAsync(options => options with { Limits = options.Limits with { StrangerConnections = 3 } });
        var scada = site.Connect(await site.EnrolClientAsync("scada"));
        var strangers = new List<System.Net.Security.SslStream>();
        for (var count = 0; count < 5; count++)
            strangers.Add(await ConnectAsync(site));
        var ends = strangers.Select(ReadToEndAsync).ToList();
        await Eventually.TrueAsync(() => ends.Count(end => end.IsCompleted) >= 2, "the last strangers are shown out");
        Assert.Equal("plant-3", (await scada.DirectoryAsync(TestSite.Cancel)).Site);
        foreach (var stranger in strangers)
            await stranger.DisposeAsync();
    }

    private static async Task<System.Net.Security.SslStream> ConnectAsync(TestSite site)
    {
        var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync("127.0.0.1", site.Hub.Endpoint.Port, TestSite.Cancel);
        var tls = new System.Net.Security.SslStream(client.GetStream(), false, (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync(new System.Net.Security.SslClientAuthenticationOptions
        {
            TargetHost = "hub",
            ApplicationProtocols = [System.Net.Security.SslApplicationProtocol.Http2],
        }, TestSite.Cancel);
        return tls;
    }

    private static async Task ReadToEndAsync(Stream stream)
    {
        try
        {
            while (await stream.ReadAsync(new byte[1024], TestSite.Cancel) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // A reset ends it too.
        }
    }

    private static async Task RefusedAsync(TestLine line, string limit)
    {
        var refusal = await Assert.ThrowsAsync<CorridorRefusedException>(line.DialAsync);
        Assert.Equal((CorridorProblems.Limit, 429), (refusal.Problem.Kind, refusal.Problem.Status));
        Assert.Contains(limit, refusal.Message, StringComparison.Ordinal);
    }

    private static async Task CountedAsync(TestLine line, string counter, long count) =>
        Assert.Equal(count, (await line.Site.DoAsync(new AskStatus())).Status!.Counters[counter]);

    private static async Task<bool> StatusOf(TestSite site, string name, Func<IdentityView, bool> condition) =>
        condition((await site.DoAsync(new AskStatus())).Status!.Identities.Single(identity => identity.Id.EndsWith($"/{name}", StringComparison.Ordinal)));
}
