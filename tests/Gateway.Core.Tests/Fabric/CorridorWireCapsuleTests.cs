using System.Buffers;
using Gateway.Core.Fabric;

namespace Gateway.Core.Tests.Fabric;

public sealed class CorridorWireCapsuleTests
{
    // DATA with three bytes: type 0x2028d7f0 and length 3, each as a four-byte integer of RFC 9000, section 16 (top bits 10).
    private static readonly byte[] DataOfThree = Convert.FromHexString("A028D7F080000003");

    [Fact]
    public void A_data_header_has_the_bytes_of_the_draft()
    {
        var header = new byte[CorridorWireCapsule.WrittenHeaderBytes];
        CorridorWireCapsule.WriteHeader(header, CorridorWireCapsule.Data, 3);
        Assert.Equal(DataOfThree, header);
        CorridorWireCapsule.WriteHeader(header, CorridorWireCapsule.FinalData, 0);
        Assert.Equal(Convert.FromHexString("A028D7F180000000"), header);
    }

    [Theory]
    [InlineData("A028D7F080000003", 0x2028d7f0UL, 3UL)]
    [InlineData("A028D7F003", 0x2028d7f0UL, 3UL)]
    [InlineData("A028D7F04003", 0x2028d7f0UL, 3UL)]
    [InlineData("A028D7F0C000000000000003", 0x2028d7f0UL, 3UL)]
    [InlineData("C00000002028D7F003", 0x2028d7f0UL, 3UL)]
    [InlineData("0000", 0UL, 0UL)]
    [InlineData("7BBD25", 15293UL, 37UL)]
    [InlineData("9D7F3E7D25", 494878333UL, 37UL)]
    [InlineData("C2197C5EFF14E88C25", 151288809941952652UL, 37UL)]
    public void Every_form_of_the_integers_reads(string hex, ulong type, ulong length)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.True(CorridorWireCapsule.TryReadHeader(new ReadOnlySequence<byte>([.. bytes, 9, 9]), out var readType, out var readLength, out var headerBytes));
        Assert.Equal((type, length, bytes.Length), (readType, readLength, headerBytes));
        for (var cut = 0; cut < bytes.Length; cut++)
            Assert.False(CorridorWireCapsule.TryReadHeader(new ReadOnlySequence<byte>(bytes, 0, cut), out _, out _, out _));
    }

    [Fact]
    public void A_header_that_lies_in_many_pieces_reads()
    {
        Assert.True(CorridorWireCapsule.TryReadHeader(Pieces.Of(DataOfThree), out var type, out var length, out _));
        Assert.Equal((CorridorWireCapsule.Data, 3UL), (type, length));
    }

    [Fact]
    public void What_is_written_fills_one_frame_of_http2()
    {
        Assert.Equal(16_384, CorridorWireCapsule.WrittenHeaderBytes + CorridorWireCapsule.MaxWrittenValueBytes);
    }
}

/// <summary>A sequence of one-byte pieces, as badly cut as the network can.</summary>
internal static class Pieces
{
    public static ReadOnlySequence<byte> Of(byte[] bytes)
    {
        var first = new Piece(bytes.AsMemory(0, Math.Min(1, bytes.Length)), 0);
        var last = first;
        for (var at = 1; at < bytes.Length; at++)
            last = last.Append(bytes.AsMemory(at, 1));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
