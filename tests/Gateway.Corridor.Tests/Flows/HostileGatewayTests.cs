using System.IO.Pipelines;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Corridor.Client;
using Gateway.Corridor.State;
using Gateway.Corridor.Tests.Fixtures;

namespace Gateway.Corridor.Tests.Flows;

/// <summary>A gateway or caller that does not keep to the wire harms its own flow and nothing else.</summary>
[Trait("Category", "Slow")]
public sealed class HostileGatewayTests : IAsyncLifetime
{
    private readonly List<IDisposable> _held = [];
    private TestSite _site = null!;
    private StoredIdentity _device = null!;
    private CorridorConnection _scada = null!;

    public async ValueTask InitializeAsync()
    {
        _site = await TestSite.StartAsync(options => options with { Limits = options.Limits with { DoorAnswer = TimeSpan.FromMilliseconds(500) } });
        _device = await _site.EnrolDeviceAsync(await _site.EnrolGatewayAsync("line-2"), "plc-7");
        _scada = _site.Connect(await _site.EnrolClientAsync("scada"));
        await _site.EntitleAsync(CallerKind.Client, "scada", "plc-7:502");
    }

    public ValueTask DisposeAsync()
    {
        foreach (var response in _held)
            response.Dispose();
        return _site.DisposeAsync();
    }

    [Fact]
    public async Task A_gateway_that_never_answers_is_given_up()
    {
        await ParkAsync(_ => Task.CompletedTask);
        await RefusedAsync(CorridorProblems.Unreachable, 504, "did not answer");
    }

    [Theory]
    [InlineData("0000")]
    [InlineData("FFFF")]
    [InlineData("00027B7D")]
    [InlineData("00036E6F21")]
    public async Task A_gateway_that_answers_nonsense_is_a_broken_door_and_the_next_door_serves(string hex)
    {
        await ParkAsync(stream => stream.WriteAsync(Convert.FromHexString(hex)).AsTask());
        await using var plc = TestDevice.Echo();
        await using var honest = await TestGateway.StartAsync(_site, _device, plc, doors: 1);
        await using var flow = await _scada.DialAsync("plc-7", 502, TestSite.Cancel);
        await Streams.EchoAsync(flow);
    }

    [Fact]
    public async Task Only_broken_doors_are_no_door()
    {
        for (var count = 0; count < 4; count++)
            await ParkAsync(stream => stream.WriteAsync(new byte[] { 0, 0 }).AsTask());
        await RefusedAsync(CorridorProblems.NoDoor, 502, "line-2");
    }

    [Theory]
    [InlineData("A028D7F2BFFFFFFF", "a capsule of an unknown type longer than is skipped")]
    [InlineData("A028D7F080000010", "a capsule cut short")]
    [InlineData("A0", "half a header")]
    public async Task A_flow_whose_capsules_are_wrong_is_reset(string hex, string what)
    {
        await ParkAsync(async stream =>
        {
            await stream.WriteAsync(CorridorWireDoor.Encode(new DoorAnswer(true)));
            await stream.WriteAsync(Convert.FromHexString(hex));
            await stream.FlushAsync();
            await Task.Delay(100);
        }, thenClose: true);
        await using var flow = await _scada.DialAsync("plc-7", 502, TestSite.Cancel);
        Assert.NotNull(await Streams.ResetAsync(flow));
        await Eventually.TrueAsync(() => _site.Hub.Flows.List().Count == 0, what);
    }

    [Fact]
    public async Task Capsules_of_unknown_types_are_skipped_and_data_may_come_in_any_pieces()
    {
        await ParkAsync(async stream =>
        {
            await stream.WriteAsync(CorridorWireDoor.Encode(new DoorAnswer(true)));
            // Unknown type 0x17 with 3 bytes; DATA "ab" with short integers; empty DATA; FINAL_DATA "c".
            foreach (var part in Convert.FromHexString("1703AAAAAA" + "A028D7F0026162" + "A028D7F000" + "A028D7F10163"))
            {
                await stream.WriteAsync(new[] { part });
                await stream.FlushAsync();
            }
        });
        await using var flow = await _scada.DialAsync("plc-7", 502, TestSite.Cancel);
        Assert.Equal("abc"u8.ToArray(), await Streams.ReadToEndAsync(flow));
    }

    [Fact]
    public async Task A_caller_that_gives_up_while_the_gateway_decides_leaves_nothing_behind()
    {
        await ParkAsync(_ => Task.CompletedTask);
        using var giveUp = new CancellationTokenSource(100);
        await Assert.ThrowsAnyAsync<Exception>(() => _scada.DialAsync("plc-7", 502, giveUp.Token));
        await Eventually.TrueAsync(() => _site.Hub.Flows.List().Count == 0, "the flow is gone");
    }

    [Fact]
    public async Task A_stream_that_asks_for_something_else_is_refused()
    {
        var link = new HubLink(_site.Endpoint, _device.Authorities, null, _device, _site.ClientOptions);
        foreach (var (path, protocol) in new[] { ("/corridor/v1/doors/plc-7", "connect-tcp"), ("/.well-known/masque/tcp/plc-7/502/", "websocket"), ("/", "corridor-door") })
        {
            var refusal = await Assert.ThrowsAsync<CorridorRefusedException>(() => link.ConnectAsync(path, protocol, TestSite.Cancel));
            Assert.Equal((CorridorProblems.BadRequest, 404), (refusal.Problem.Kind, refusal.Problem.Status));
        }
    }

    /// <summary>Parks a door by hand, waits for a caller, and answers with whatever the test wants.</summary>
    private async Task ParkAsync(Func<Stream, Task> answer, bool thenClose = false)
    {
        var link = new HubLink(_site.Endpoint, _device.Authorities, null, _device, _site.ClientOptions);
        var before = _site.Hub.Doors.CountOf(_device.Id);
        var response = await link.ConnectAsync(CorridorWire.DoorPath("plc-7"), CorridorWire.DoorProtocol, TestSite.Cancel);
        // An answer that nobody holds is collected, and its stream reset.
        _held.Add(response);
        var stream = await response.Content.ReadAsStreamAsync(TestSite.Cancel);
        await Eventually.TrueAsync(() => _site.Hub.Doors.CountOf(_device.Id) > before, "the door is parked");
        _ = Task.Run(async () =>
        {
            await PipeReader.Create(stream).ReadAsync();
            await answer(stream);
            await stream.FlushAsync();
            if (thenClose)
                response.Dispose();
        });
    }

    private async Task RefusedAsync(string kind, int status, string part)
    {
        var refusal = await Assert.ThrowsAsync<CorridorRefusedException>(() => _scada.DialAsync("plc-7", 502, TestSite.Cancel));
        Assert.Equal((kind, status), (refusal.Problem.Kind, refusal.Problem.Status));
        Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
    }
}
