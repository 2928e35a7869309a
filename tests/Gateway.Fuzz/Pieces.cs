using System.Buffers;

namespace Gateway.Fuzz;

/// <summary>Bytes as a network hands them on: in pieces that do not care for messages.</summary>
internal sealed class Pieces : ReadOnlySequenceSegment<byte>
{
    private Pieces(ReadOnlyMemory<byte> bytes, long before) => (Memory, RunningIndex) = (bytes, before);

    public static ReadOnlySequence<byte> Of(ReadOnlyMemory<byte> bytes, int pieceBytes)
    {
        var first = new Pieces(bytes[..Math.Min(pieceBytes, bytes.Length)], 0);
        var last = first;
        for (var at = first.Memory.Length; at < bytes.Length;)
        {
            var next = new Pieces(bytes.Slice(at, Math.Min(pieceBytes, bytes.Length - at)), at);
            last.Next = next;
            last = next;
            at += next.Memory.Length;
        }
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}
