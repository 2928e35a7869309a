using System.Runtime.CompilerServices;

namespace Gateway.Dataplane.Flows.Split;

/// <summary>Receiving half of one TCP connection: takes bytes strictly in order and keeps them, contiguous, until they are judged.</summary>
internal unsafe struct ReceiveHalf
{
    private byte* _buffer;
    private int _count;
    private ushort _advertised;

    /// <summary>Next sequence number expected.</summary>
    public uint Next;

    /// <summary>The peer has sent everything (FIN taken).</summary>
    public bool Finished;

    public void Reset(byte* buffer)
    {
        this = default;
        _buffer = buffer;
    }

    /// <summary>Bytes not judged yet.</summary>
    public readonly ReadOnlySpan<byte> Unjudged => new(_buffer, _count);

    public readonly bool IsEmpty => _count == 0;

    /// <summary>Window to announce now. It grows only by whole segments or half the buffer (RFC 9293, section 3.8.6.2.2), and never shrinks.</summary>
    public ushort Window()
    {
        var free = SplitLimits.ReceiveBytes - _count;
        if (free >= _advertised + Math.Min((int)SplitLimits.MaxSegmentBytes, SplitLimits.ReceiveBytes / 2) || free < _advertised)
            _advertised = (ushort)free;
        return _advertised;
    }

    /// <summary>True when the window we could announce is larger by enough to tell the peer unasked.</summary>
    public readonly bool WindowReopened => _advertised < SplitLimits.MaxSegmentBytes
        && SplitLimits.ReceiveBytes - _count >= _advertised + SplitLimits.MaxSegmentBytes;

    /// <summary>Appends what fits of in-order bytes.</summary>
    /// <returns>Bytes taken.</returns>
    public int Take(ReadOnlySpan<byte> payload)
    {
        var taken = Math.Min(payload.Length, SplitLimits.ReceiveBytes - _count);
        payload[..taken].CopyTo(new Span<byte>(_buffer + _count, taken));
        _count += taken;
        Next += (uint)taken;
        _advertised = (ushort)Math.Max(0, _advertised - taken);
        return taken;
    }

    /// <summary>Removes judged bytes from the front.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Consume(int count)
    {
        _count -= count;
        if (_count > 0)
            new Span<byte>(_buffer + count, _count).CopyTo(new Span<byte>(_buffer, _count));
    }
}
