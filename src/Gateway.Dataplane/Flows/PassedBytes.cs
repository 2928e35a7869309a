using System.Runtime.InteropServices;

namespace Gateway.Dataplane.Flows;

/// <summary>The newest bytes that tracked flows have passed, a ring for each direction, so that a retransmission can be compared with what
/// went first (docs/decisions/0007). Pages are touched when a flow sends, so unused flows cost address space only.</summary>
internal sealed unsafe class PassedBytes(int flows) : IDisposable
{
    /// <summary>Bytes remembered per direction; a power of two above twice the longest segment. What is in flight at once in a request and
    /// its answer fits; of a bulk stream the newest two segments do.</summary>
    public const int BytesPerDirection = 4_096;

    private readonly byte* _memory = (byte*)NativeMemory.AlignedAlloc((nuint)flows * 2 * BytesPerDirection, BytesPerDirection);

    /// <summary>Ring of one direction of a flow. What lies in it is old until the flow has passed bytes.</summary>
    public Span<byte> Of(int flow, bool fromSource) =>
        new(_memory + ((((long)flow * 2) + (fromSource ? 0 : 1)) * BytesPerDirection), BytesPerDirection);

    /// <summary>Writes bytes to the places of their sequence numbers; at most <see cref="BytesPerDirection"/>.</summary>
    public static void Write(Span<byte> ring, uint start, ReadOnlySpan<byte> bytes)
    {
        var offset = (int)(start & (BytesPerDirection - 1));
        var first = Math.Min(bytes.Length, BytesPerDirection - offset);
        bytes[..first].CopyTo(ring[offset..]);
        bytes[first..].CopyTo(ring);
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
