using System.IO.Pipelines;
using Gateway.Core.Fabric;
using Gateway.Corridor.Client;
using Gateway.Corridor.Tests.Fixtures;

namespace Gateway.Corridor.Tests.Client;

/// <summary>Capsules in and out, without a network.</summary>
public sealed class CapsuleStreamTests
{
    [Fact]
    public async Task What_is_written_reads_back_with_its_end()
    {
        var wire = new MemoryStream();
        await using (var writer = new CapsuleStream(PipeReader.Create(Stream.Null), wire, new Carrier()))
        {
            await writer.WriteAsync("abc"u8.ToArray(), TestSite.Cancel);
            await writer.WriteAsync(new byte[50_000], TestSite.Cancel);
            await writer.CompleteWritesAsync(TestSite.Cancel);
        }
        Assert.Equal(Convert.FromHexString("A028D7F080000003616263"), wire.ToArray()[..11]);
        Assert.Equal(Convert.FromHexString("A028D7F180000000"), wire.ToArray()[^8..]);
        var read = await ReadAsync(wire.ToArray());
        Assert.Equal(50_003, read.Length);
    }

    [Theory]
    [InlineData("A028D7F003616263A028D7F100", "616263")]
    [InlineData("A028D7F103616263", "616263")]
    [InlineData("A028D7F000A028D7F00161A028D7F100", "61")]
    [InlineData("0003AABBCCA028D7F101610000", "61")]
    [InlineData("A028D7F100A028D7F00161", "")]
    public async Task Capsules_in_any_form_read_also_byte_by_byte(string wire, string bytes)
    {
        Assert.Equal(Convert.FromHexString(bytes), await ReadAsync(Convert.FromHexString(wire)));
        Assert.Equal(Convert.FromHexString(bytes), await ReadAsync(Convert.FromHexString(wire), byteByByte: true));
    }

    [Fact]
    public async Task A_stream_cut_at_any_byte_is_told_from_one_that_ended()
    {
        var wire = Convert.FromHexString("A028D7F0036162631702FFFFA028D7F10164");
        for (var length = 0; length < wire.Length; length++)
            await Assert.ThrowsAsync<IOException>(() => ReadAsync(wire[..length]));
        Assert.Equal("abcd"u8.ToArray(), await ReadAsync(wire));
    }

    [Fact]
    public async Task A_long_capsule_of_an_unknown_type_is_refused_by_its_header() =>
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(Convert.FromHexString("1780010001")));

    [Fact]
    public async Task A_data_capsule_may_be_longer_than_memory_because_it_is_never_gathered()
    {
        // 2^61 bytes announced; five came.
        var stream = new CapsuleStream(PipeReader.Create(new MemoryStream(Convert.FromHexString("A028D7F0E0000000000000000102030405"))), Stream.Null, new Carrier());
        var buffer = new byte[5];
        await stream.ReadExactlyAsync(buffer, TestSite.Cancel);
        Assert.Equal([1, 2, 3, 4, 5], buffer);
    }

    [Fact]
    public async Task An_empty_read_waits_for_bytes_and_takes_none()
    {
        var pipe = new Pipe();
        var stream = new CapsuleStream(pipe.Reader, Stream.Null, new Carrier());
        var waiting = stream.ReadAsync(Memory<byte>.Empty, TestSite.Cancel).AsTask();
        await pipe.Writer.WriteAsync(Convert.FromHexString("A028D7F001"), TestSite.Cancel);
        await Task.Delay(50, TestSite.Cancel);
        Assert.False(waiting.IsCompleted);
        await pipe.Writer.WriteAsync(new byte[] { 9 }, TestSite.Cancel);
        Assert.Equal(0, await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestSite.Cancel));
        var buffer = new byte[1];
        await stream.ReadExactlyAsync(buffer, TestSite.Cancel);
        Assert.Equal(9, buffer[0]);
    }

    [Fact]
    public async Task The_stream_ends_in_order_only_when_both_directions_have()
    {
        var (both, sent, received) = (new Carrier(), new Carrier(), new Carrier());
        var end = Convert.FromHexString("A028D7F100");
        await using (var stream = new CapsuleStream(PipeReader.Create(new MemoryStream(end)), Stream.Null, both))
        {
            Assert.Equal(0, await stream.ReadAsync(new byte[1], TestSite.Cancel));
            await stream.CompleteWritesAsync(TestSite.Cancel);
        }
        await using (var stream = new CapsuleStream(PipeReader.Create(new MemoryStream(end)), Stream.Null, sent))
            await stream.CompleteWritesAsync(TestSite.Cancel);
        await using (var stream = new CapsuleStream(PipeReader.Create(new MemoryStream(end)), Stream.Null, received))
            Assert.Equal(0, await stream.ReadAsync(new byte[1], TestSite.Cancel));
        Assert.Equal((true, false, false), (both.InOrder, sent.InOrder, received.InOrder));
    }

    [Fact]
    public async Task Nothing_is_written_after_the_end()
    {
        await using var stream = new CapsuleStream(PipeReader.Create(Stream.Null), new MemoryStream(), new Carrier());
        await stream.CompleteWritesAsync(TestSite.Cancel);
        await stream.CompleteWritesAsync(TestSite.Cancel);
        await Assert.ThrowsAsync<InvalidOperationException>(() => stream.WriteAsync(new byte[1], TestSite.Cancel).AsTask());
    }

    [Theory]
    [InlineData("10.20.0.10:8443", "10.20.0.10", 8443)]
    [InlineData("hub.plant-3.example:443", "hub.plant-3.example", 443)]
    [InlineData("[fd00::10]:8443", "fd00::10", 8443)]
    public void An_endpoint_reads_and_writes_back(string text, string host, int port)
    {
        var endpoint = CorridorEndpoint.Parse(text);
        Assert.Equal((host, (ushort)port), (endpoint.Host, endpoint.Port));
        Assert.Equal(text, endpoint.ToString());
        Assert.Equal($"https://{text}/".Replace(":443/", "/", StringComparison.Ordinal), endpoint.Base.ToString());
    }

    [Theory]
    [InlineData("10.20.0.10")]
    [InlineData(":8443")]
    [InlineData("10.20.0.10:0")]
    [InlineData("10.20.0.10:70000")]
    [InlineData("fd00::10:8443")]
    [InlineData("[10.20.0.10]:8443")]
    [InlineData("a b:1")]
    [InlineData("")]
    public void A_text_that_is_no_endpoint_is_refused(string text) => Assert.False(CorridorEndpoint.TryParse(text, out _));

    private static async Task<byte[]> ReadAsync(byte[] wire, bool byteByByte = false)
    {
        Stream source = byteByByte ? new OneByteAtATime(wire) : new MemoryStream(wire);
        await using var stream = new CapsuleStream(PipeReader.Create(source), Stream.Null, new Carrier());
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, TestSite.Cancel);
        return all.ToArray();
    }

    private sealed class Carrier : ICapsuleCarrier
    {
        public bool InOrder { get; private set; }

        public void Abort()
        {
        }

        public ValueTask CloseAsync(bool inOrder)
        {
            InOrder = inOrder;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class OneByteAtATime(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }
}
