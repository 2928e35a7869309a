using Gateway.Corridor.Client;
using Gateway.Corridor.Tests.Fixtures;

namespace Gateway.Corridor.Tests.Flows;

/// <summary>Bytes and their ends arrive as they were sent.</summary>
[Trait("Category", "Slow")]
public sealed class CarryTests
{
    private const int Megabyte = 1 << 20;

    [Fact]
    public async Task A_megabyte_each_way_arrives_byte_for_byte()
    {
        await using var line = await TestLine.StartAsync();
        await using var flow = await line.DialAsync();
        var sent = Streams.Bytes(Megabyte, seed: 1);
        Assert.Equal(sent, await Streams.ExchangeAsync(flow, sent));
    }

    [Fact]
    public async Task A_caller_that_ends_its_side_still_reads_the_answer()
    {
        await using var plc = new TestDevice(async (stream, cancel) =>
        {
            var question = await Streams.ReadToEndAsync(stream);
            await stream.WriteAsync(new byte[] { (byte)question.Length }, cancel);
            await stream.CompleteWritesAsync(cancel);
        });
        await using var line = await TestLine.StartAsync(plc);
        await using var flow = await line.DialAsync();
        Assert.Equal([5], await Streams.ExchangeAsync(flow, new byte[5]));
    }

    [Fact]
    public async Task A_device_that_ends_its_side_still_reads_the_caller()
    {
        var heard = new TaskCompletionSource<int>();
        await using var plc = new TestDevice(async (stream, cancel) =>
        {
            await stream.WriteAsync("hello"u8.ToArray(), cancel);
            await stream.CompleteWritesAsync(cancel);
            heard.TrySetResult((await Streams.ReadToEndAsync(stream)).Length);
        });
        await using var line = await TestLine.StartAsync(plc);
        await using var flow = await line.DialAsync();
        Assert.Equal("hello"u8.ToArray(), await Streams.ReadToEndAsync(flow));
        await flow.WriteAsync(new byte[Megabyte], TestSite.Cancel);
        await flow.CompleteWritesAsync(TestSite.Cancel);
        Assert.Equal(Megabyte, await Eventually.AsTrueAsync(heard.Task));
    }

    [Fact]
    public async Task What_a_slow_device_has_not_read_yet_is_not_lost_when_the_caller_closes()
    {
        var heard = new TaskCompletionSource<int>();
        await using var plc = new TestDevice(async (stream, cancel) =>
        {
            await stream.CompleteWritesAsync(cancel);
            await Task.Delay(500, cancel);
            heard.TrySetResult((await Streams.ReadToEndAsync(stream)).Length);
        });
        await using var line = await TestLine.StartAsync(plc);
        await using (var flow = await line.DialAsync())
        {
            Assert.Empty(await Streams.ReadToEndAsync(flow));
            await flow.WriteAsync(new byte[Megabyte], TestSite.Cancel);
            await flow.CompleteWritesAsync(TestSite.Cancel);
        }
        Assert.Equal(Megabyte, await Eventually.AsTrueAsync(heard.Task));
    }

    [Fact]
    public async Task A_hundred_flows_at_once_are_kept_apart()
    {
        await using var line = await TestLine.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async number =>
        {
            await using var flow = await line.DialAsync();
            var sent = Streams.Bytes(20_000, number);
            Assert.Equal(sent, await Streams.ExchangeAsync(flow, sent));
        }));
        Assert.Equal(100, line.Plc.Accepted);
        await Eventually.TrueAsync(() => line.Site.Hub.Flows.List().Count == 0, "all flows closed");
        await line.Door.UpAsync(line.Site, doors: 4);
    }

    [Fact]
    public async Task A_hundred_flows_stay_open_side_by_side()
    {
        await using var line = await TestLine.StartAsync();
        var flows = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => line.OpenAsync()));
        Assert.Equal(100, line.Site.Hub.Flows.List().Count);
        await Task.WhenAll(flows.Select((flow, number) => Streams.EchoAsync(flow, (byte)number)));
        foreach (var flow in flows)
            await flow.DisposeAsync();
        await Eventually.TrueAsync(() => line.Site.Hub.Flows.List().Count == 0, "all flows closed");
    }

    [Fact]
    public async Task Readers_that_stand_still_hold_up_nobody_else_and_buffer_no_more_than_their_windows()
    {
        var sent = 0L;
        await using var plc = new TestDevice(async (stream, cancel) =>
        {
            // The first byte says which part this connection plays.
            var part = new byte[1];
            await stream.ReadExactlyAsync(part, cancel);
            if (part[0] == 1)
                await TestDevice.EchoAsync(stream, cancel);
            var chunk = new byte[16_384];
            while (part[0] == 0)
            {
                await stream.WriteAsync(chunk, cancel);
                Interlocked.Add(ref sent, chunk.Length);
            }
        });
        await using var line = await TestLine.StartAsync(plc);
        const int still = 12;
        var flows = await Task.WhenAll(Enumerable.Range(0, still).Select(async _ =>
        {
            var flow = await line.DialAsync();
            await flow.WriteAsync(new byte[] { 0 }, TestSite.Cancel);
            return flow;
        }));
        await StandsStillAsync(() => Interlocked.Read(ref sent));
        // Socket buffers of the machine come on top of ours; without a bound it would be gigabytes.
        Assert.InRange(Interlocked.Read(ref sent) / still, 256 << 10, 16 << 20);
        await using (var lively = await line.DialAsync())
        {
            await lively.WriteAsync(new byte[] { 1 }, TestSite.Cancel);
            await Streams.EchoAsync(lively);
            var bytes = Streams.Bytes(Megabyte, seed: 2);
            Assert.Equal(bytes, await Streams.ExchangeAsync(lively, bytes));
        }
        foreach (var flow in flows)
            flow.Abort();
    }

    [Fact]
    public async Task A_reset_by_the_device_reaches_the_caller_as_a_reset()
    {
        await using var plc = new TestDevice(async (stream, cancel) =>
        {
            await stream.ReadExactlyAsync(new byte[1], cancel);
            stream.Abort();
        });
        await using var line = await TestLine.StartAsync(plc);
        await using var flow = await line.DialAsync();
        await flow.WriteAsync(new byte[] { 1 }, TestSite.Cancel);
        await Streams.ResetAsync(flow);
    }

    [Fact]
    public async Task A_caller_that_vanishes_is_a_reset_to_the_device()
    {
        var end = new TaskCompletionSource<string>();
        await using var plc = new TestDevice(async (stream, cancel) =>
        {
            try
            {
                await stream.WriteAsync(new byte[] { 1 }, cancel);
                await Streams.ReadToEndAsync(stream);
                end.TrySetResult("end");
            }
            catch (System.Net.Sockets.SocketException e)
            {
                end.TrySetResult(e.SocketErrorCode.ToString());
            }
        });
        await using var line = await TestLine.StartAsync(plc);
        var flow = await line.DialAsync();
        await flow.ReadExactlyAsync(new byte[1], TestSite.Cancel);
        flow.Abort();
        Assert.Equal("ConnectionReset", await Eventually.AsTrueAsync(end.Task));
    }

    private static async Task StandsStillAsync(Func<long> count)
    {
        var before = -1L;
        await Eventually.TrueAsync(async () =>
        {
            var now = count();
            var still = now == before && now > 0;
            before = now;
            await Task.Delay(500, TestSite.Cancel);
            return still;
        }, "the sending stands still");
    }
}
