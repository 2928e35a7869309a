using Gateway.Core.Api;
using Gateway.Core.Control;
using Gateway.Core.Net;
using Gateway.Core.Operations;
using Gateway.Core.Policy;
using Gateway.Service.Tests.Fixtures;

namespace Gateway.Service.Tests.Records;

/// <summary>Lines of flows and operations: readable, and no flood.</summary>
public sealed class TrafficLogTests : IAsyncLifetime
{
    private static readonly Operation Write = new(OperationProtocol.Modbus, OperationKind.Write, 1, 6, 0, default, new(10, 1), 99);

    private TestBox _box = null!;

    public async ValueTask InitializeAsync() => _box = await TestBox.StartAsync();

    public ValueTask DisposeAsync() => _box.DisposeAsync();

    [Fact]
    public async Task A_blocked_device_that_tries_again_and_again_makes_one_line_and_its_count_later()
    {
        var device = await _box.FindAsync();
        for (var i = 0; i < 40; i++)
            await _box.Dataplane.TellAsync(Flow(FlowEvent.Refused, device.Id, "", "") with { Reason = DropReason.UnknownDevice, Count = 2 });
        await MarkAsync();
        var first = Assert.Single(await _box.LogAsync("flow-refused"));
        Assert.Equal("2", first.Values["count"]);
        // What was collected is told at the latest when the service ends.
        await _box.StopServiceAsync();
        await _box.StartServiceAsync();
        Assert.Equal(["78", "2"], (await _box.LogAsync("flow-refused")).Select(line => line.Values["count"]));
    }

    [Fact]
    public async Task A_controller_that_opens_a_connection_for_each_value_makes_one_line_and_the_grant_is_in_use()
    {
        var device = await _box.ApprovedAsync();
        for (var i = 0; i < 20; i++)
        {
            await _box.Dataplane.TellAsync(Flow(FlowEvent.Opened, device.Id, "historian", "plc-7-to-historian") with { SourcePort = (ushort)(40_000 + i) });
            await _box.Dataplane.TellAsync(Flow(FlowEvent.Closed, device.Id, "historian", "plc-7-to-historian") with { Packets = 10, Bytes = 1_000 });
        }
        await MarkAsync();
        Assert.Single(await _box.LogAsync("flow-opened"));
        Assert.Equal("1000", Assert.Single(await _box.LogAsync("flow-closed")).Values["bytes"]);
        await _box.StopServiceAsync();
        await _box.StartServiceAsync();
        Assert.Equal(["19", "1"], (await _box.LogAsync("flow-opened")).Select(line => line.Values["count"]));
        Assert.Equal(["19000", "1000"], (await _box.LogAsync("flow-closed")).Select(line => line.Values["bytes"]));
    }

    [Fact]
    public async Task The_same_refused_operation_makes_one_line_and_another_address_its_own()
    {
        var device = await _box.ApprovedAsync();
        for (ushort value = 0; value < 10; value++)
            await _box.Dataplane.TellAsync(Asked(device.Id, Write with { FirstValue = value }));
        await _box.Dataplane.TellAsync(Asked(device.Id, Write with { Writes = new(11, 1) }));
        await MarkAsync();
        var lines = await _box.LogAsync("operation-refused");
        Assert.Equal(["11", "10"], lines.Select(line => line.Values["address"]));
        await _box.StopServiceAsync();
        await _box.StartServiceAsync();
        var last = (await _box.LogAsync("operation-refused"))[0];
        Assert.Equal(("10", "9", "9"), (last.Values["address"], last.Values["times"], last.Values["value"]));
    }

    [Fact]
    public async Task Every_write_that_was_let_through_is_told()
    {
        var device = await _box.ApprovedAsync();
        for (var i = 0; i < 5; i++)
            await _box.Dataplane.TellAsync(Asked(device.Id, Write) with { Allowed = true, Grant = "g", Miss = RuleMiss.None });
        await _box.LoggedAsync("operation-written", 5);
        Assert.All(await _box.LogAsync("operation-written"), line => Assert.Equal(("write-register", "99"), (line.Values["operation"], line.Values["value"])));
    }

    [Fact]
    public async Task A_refused_operation_is_named_by_words_of_the_list()
    {
        var device = await _box.ApprovedAsync();
        await _box.Dataplane.TellAsync(Asked(device.Id, Write));
        await _box.Dataplane.TellAsync(Asked(device.Id, new Operation(OperationProtocol.Modbus, OperationKind.Identify, 1, 43, 14, default, default, 0)) with { Miss = RuleMiss.Unit });
        await _box.LoggedAsync("operation-refused", 2);
        var lines = await _box.LogAsync("operation-refused");
        Assert.Equal(("write-register", "reading-only", "10", "1"), (lines[1].Values["operation"], lines[1].Values["reason"], lines[1].Values["address"], lines[1].Values["times"]));
        Assert.Equal(("read-identification", "unit", "14"), (lines[0].Values["operation"], lines[0].Values["reason"], lines[0].Values["subFunction"]));
        Assert.False(lines[0].Values.ContainsKey("address") || lines[0].Values.ContainsKey("count"));
        Assert.All(lines, line => Assert.True(OperationWords.Names.Contains(line.Values["operation"]) && OperationWords.Reasons.Contains(line.Values["reason"])));
    }

    [Fact]
    public async Task A_refused_flow_tells_codes_and_addresses_of_its_ends_and_no_zeros()
    {
        var device = await _box.FindAsync();
        await _box.Dataplane.TellAsync(Flow(FlowEvent.Refused, device.Id, "", "") with { Reason = DropReason.UnknownDevice });
        await _box.LoggedAsync("flow-refused");
        var line = Assert.Single(await _box.LogAsync("flow-refused"));
        Assert.Equal((device.Id, device.Id, "192.168.10.40"), (line.Values["from"], line.Values["fromId"], line.Values["destination"]));
        Assert.False(line.Values.ContainsKey("packets") || line.Values.ContainsKey("bytes") || line.Values.ContainsKey("toId"));
    }

    /// <summary>Comes after everything told before it.</summary>
    private async Task MarkAsync()
    {
        await _box.Dataplane.TellAsync(new Suppressed(DateTimeOffset.UtcNow, 1, 0));
        await _box.LoggedAsync("records-suppressed");
    }

    private static FlowRecord Flow(FlowEvent what, string from, string to, string grant) => new(
        DateTimeOffset.UtcNow, what, DropReason.NoGrant, "socket-1", from, to, grant, 6, Ipv4Address.Parse("192.168.10.21"), 40_000,
        Ipv4Address.Parse("192.168.10.40"), 8086, 0, 0, 1);

    private static OperationRecord Asked(string device, Operation operation) =>
        new(DateTimeOffset.UtcNow, device, "scada-1", "", Allowed: false, RuleMiss.ReadingOnly, operation);
}
