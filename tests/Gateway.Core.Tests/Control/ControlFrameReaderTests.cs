using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Gateway.Core.Control;

namespace Gateway.Core.Tests.Control;

public sealed class ControlFrameReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(4096)]
    [InlineData(int.MaxValue)]
    public async Task Messages_come_out_whole_however_the_bytes_were_cut(int chunk)
    {
        byte[] all = [.. ControlCodecTests.All.SelectMany(ControlCodec.Encode)];
        await using var reader = new ControlFrameReader(new Trickle(all, chunk));
        foreach (var expected in ControlCodecTests.All)
            ControlCodecTests.AssertSame(expected, await reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Null(await reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_connection_that_ends_inside_a_message_is_told_from_one_that_ends_after_it()
    {
        var frame = ControlCodec.Encode(ControlCodecTests.All[2]);
        for (var length = 1; length < frame.Length; length++)
        {
            await using var reader = new ControlFrameReader(new MemoryStream(frame, 0, length));
            var e = await Assert.ThrowsAsync<InvalidDataException>(async () => await reader.ReadAsync(TestContext.Current.CancellationToken));
            Assert.Contains("ended inside a message", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_frame_is_cut_off_when_it_is_whole_and_what_follows_is_left()
    {
        byte[] bytes = [.. ControlCodec.Encode(ControlCodecTests.All[0]), 1, 2, 3];
        for (var length = 0; length <= bytes.Length; length++)
        {
            var left = new ReadOnlySequence<byte>(bytes, 0, length);
            Assert.Equal(length >= bytes.Length - 3, ControlFrameReader.TryCut(ref left, out var frame));
            Assert.Equal(length, frame.Length + left.Length);
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(ControlProtocol.MaxMessageBytes + 1u)]
    [InlineData(uint.MaxValue)]
    public async Task A_length_that_cannot_be_is_refused_before_anything_is_kept_for_it(uint length)
    {
        var header = new byte[6];
        BinaryPrimitives.WriteUInt32LittleEndian(header, length);
        await using var reader = new ControlFrameReader(new MemoryStream(header));
        var e = await Assert.ThrowsAsync<InvalidDataException>(async () => await reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Contains($"a frame of {length} bytes cannot be", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_longest_message_passes_through_a_pipe_with_its_own_limits()
    {
        var longest = new InstallPolicy(1, 2, new byte[ControlProtocol.MaxMessageBytes - 18]);
        var pipe = new Pipe();
        await using var reader = new ControlFrameReader(pipe.Reader);
        var writing = pipe.Writer.WriteAsync(ControlCodec.Encode(longest), TestContext.Current.CancellationToken);
        var read = Assert.IsType<InstallPolicy>(await reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(longest.Blob.Length, read.Blob.Length);
        await writing;
    }

    [Fact]
    public async Task Waiting_for_a_message_can_be_cancelled()
    {
        await using var reader = new ControlFrameReader(new Pipe().Reader);
        using var cancel = new CancellationTokenSource();
        var waiting = reader.ReadAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
    }

    /// <summary>A stream that gives at most a few bytes per read.</summary>
    private sealed class Trickle(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(chunk, buffer.Length)]);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(chunk, buffer.Length)], cancellationToken);
    }
}
