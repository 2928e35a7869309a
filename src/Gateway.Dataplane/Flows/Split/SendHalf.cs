namespace Gateway.Dataplane.Flows.Split;

/// <summary>Sending half of one TCP connection: a ring of bytes not yet acknowledged, with retransmission (RFC 6298) and slow start
/// (RFC 5681). Sequence numbers: acknowledged up to <see cref="Unacked"/>, sent up to <see cref="Next"/>, ever sent up to <see cref="Most"/>.</summary>
internal unsafe struct SendHalf
{
    private byte* _buffer;
    private int _head;
    private int _count;
    private int _smoothedRttMs;
    private int _rttVarianceMs;
    private uint _timedSequence;
    private long _timedAtMs;
    private uint _congestionBytes;
    private uint _slowStartBytes;
    private int _duplicateAcks;
    private uint _windowSequence;
    private uint _windowAck;
    private uint _windowBytes;

    public uint Unacked;
    public uint Next;
    public uint Most;
    public ushort SegmentBytes;
    public int RetransmitMs;

    /// <summary>Retransmissions without an answer.</summary>
    public int Tries;

    /// <summary>No more bytes will be queued; a FIN follows them.</summary>
    public bool Finishing;
    public bool FinAcked;

    public void Reset(byte* buffer, uint initialSequence)
    {
        this = default;
        _buffer = buffer;
        Unacked = Next = Most = initialSequence;
        SegmentBytes = SplitLimits.DefaultSegmentBytes;
        RetransmitMs = SplitLimits.InitialRetransmitMs;
        _slowStartBytes = SplitLimits.SendBytes;
    }

    /// <summary>Bytes that can still be queued.</summary>
    public readonly int Free => SplitLimits.SendBytes - _count;

    public readonly bool HasOutstanding => Unacked != Most;

    /// <summary>Everything queued, FIN included, was sent and acknowledged.</summary>
    public readonly bool IsDone => FinAcked;

    /// <summary>Sequence number behind the last queued byte.</summary>
    private readonly uint End => Unacked + (uint)_count;

    public readonly bool MayFinish => Finishing && !FinAcked && Next == End;

    /// <summary>Sets what the peer told in its SYN, and what its link carries.</summary>
    public void Begin(ushort peerSegmentBytes, int mtuBytes, ushort window, uint sequence, uint acknowledgement)
    {
        var announced = peerSegmentBytes == 0 ? SplitLimits.DefaultSegmentBytes : peerSegmentBytes;
        SegmentBytes = (ushort)Math.Clamp(Math.Min(announced, mtuBytes - SplitLimits.HeadBytes), SplitLimits.LeastSegmentBytes, SplitLimits.MaxSegmentBytes);
        _congestionBytes = (uint)(SplitLimits.InitialWindowSegments * SegmentBytes);
        _windowBytes = window;
        _windowSequence = sequence;
        _windowAck = acknowledgement;
    }

    /// <summary>Queues bytes; the caller has asked <see cref="Free"/>.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var tail = (_head + _count) & (SplitLimits.SendBytes - 1);
        var first = Math.Min(bytes.Length, SplitLimits.SendBytes - tail);
        bytes[..first].CopyTo(new Span<byte>(_buffer + tail, first));
        bytes[first..].CopyTo(new Span<byte>(_buffer, bytes.Length - first));
        _count += bytes.Length;
    }

    /// <summary>Next piece that windows allow to be sent now; empty when none.</summary>
    public readonly int Sendable()
    {
        var inFlight = Next - Unacked;
        var window = Math.Min(_windowBytes, Math.Max(_congestionBytes, SegmentBytes));
        if (inFlight >= window || !Sequence.Before(Next, End))
            return 0;
        return (int)Math.Min(Math.Min(End - Next, window - inFlight), SegmentBytes);
    }

    /// <summary>Queued bytes from a sequence number on, in one or two parts.</summary>
    public readonly void Peek(uint sequence, int count, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second)
    {
        var start = (_head + (int)(sequence - Unacked)) & (SplitLimits.SendBytes - 1);
        var length = Math.Min(count, SplitLimits.SendBytes - start);
        first = new ReadOnlySpan<byte>(_buffer + start, length);
        second = new ReadOnlySpan<byte>(_buffer, count - length);
    }

    /// <summary>Notes that bytes (or a SYN or FIN, which count as one) from <see cref="Next"/> on were sent.</summary>
    public void Sent(uint count, long nowMs)
    {
        Next += count;
        if (!Sequence.Before(Most, Next))
            return;
        if (_timedAtMs == 0)
        {
            _timedAtMs = nowMs;
            _timedSequence = Next;
        }
        Most = Next;
    }

    /// <summary>Takes an acknowledgement that lies between <see cref="Unacked"/> and <see cref="Most"/>.</summary>
    /// <returns>True when it acknowledges something new.</returns>
    public bool Acknowledge(in TcpSegment segment, long nowMs)
    {
        UpdateWindow(segment);
        var ack = segment.Acknowledgement;
        if (ack == Unacked)
        {
            CountDuplicate(segment);
            return false;
        }
        var acked = ack - Unacked;
        var data = (int)Math.Min(acked, (uint)_count);
        // What is acknowledged beyond the queued bytes is the FIN (the SYN is acknowledged before anything is queued).
        FinAcked |= Finishing && acked > (uint)_count;
        _head = (_head + data) & (SplitLimits.SendBytes - 1);
        _count -= data;
        Unacked = ack;
        if (Sequence.Before(Next, ack))
            Next = ack;
        Tries = 0;
        _duplicateAcks = 0;
        Grow(acked);
        Measure(ack, nowMs);
        return true;
    }

    /// <summary>True once when three duplicate acknowledgements say that a segment was lost (RFC 5681, section 3.2).</summary>
    public bool TakeFastRetransmit()
    {
        if (_duplicateAcks != 3)
            return false;
        _duplicateAcks++;
        _slowStartBytes = Math.Max((Most - Unacked) / 2, 2u * SegmentBytes);
        _congestionBytes = _slowStartBytes;
        return true;
    }

    /// <summary>Backs off after a retransmission timer ran out; everything unacknowledged is sent again from the front.</summary>
    public void TimedOut()
    {
        Tries++;
        RetransmitMs = Math.Min(RetransmitMs * 2, SplitLimits.MostRetransmitMs);
        _slowStartBytes = Math.Max((Most - Unacked) / 2, 2u * SegmentBytes);
        _congestionBytes = SegmentBytes;
        _timedAtMs = 0;
        Next = Unacked;
    }

    /// <summary>True when the peer's window is shut with bytes waiting: the timer then sends one byte to ask (RFC 9293, section 3.8.6.1).</summary>
    public readonly bool IsBlocked => _windowBytes == 0 && Sequence.Before(Next, End);

    private void UpdateWindow(in TcpSegment segment)
    {
        var newer = Sequence.Before(_windowSequence, segment.Sequence)
            || (_windowSequence == segment.Sequence && Sequence.AtOrBefore(_windowAck, segment.Acknowledgement));
        if (!newer)
            return;
        _windowBytes = segment.Window;
        _windowSequence = segment.Sequence;
        _windowAck = segment.Acknowledgement;
    }

    private void CountDuplicate(in TcpSegment segment)
    {
        if (segment.Payload.IsEmpty && HasOutstanding && segment.Window == _windowBytes)
            _duplicateAcks++;
    }

    private void Grow(uint acked)
    {
        if (_congestionBytes < _slowStartBytes)
            _congestionBytes += Math.Min(acked, SegmentBytes);
        else
            _congestionBytes += Math.Max(1, (uint)(SegmentBytes * SegmentBytes) / Math.Max(_congestionBytes, 1));
        _congestionBytes = Math.Min(_congestionBytes, SplitLimits.SendBytes);
    }

    private void Measure(uint ack, long nowMs)
    {
        // Karn: only what was sent once is timed; TimedOut forgets the measurement.
        if (_timedAtMs == 0 || Sequence.Before(ack, _timedSequence))
            return;
        var rtt = (int)Math.Max(1, nowMs - _timedAtMs);
        _timedAtMs = 0;
        if (_smoothedRttMs == 0)
        {
            _smoothedRttMs = rtt;
            _rttVarianceMs = rtt / 2;
        }
        else
        {
            _rttVarianceMs += (Math.Abs(_smoothedRttMs - rtt) - _rttVarianceMs) / 4;
            _smoothedRttMs += (rtt - _smoothedRttMs) / 8;
        }
        RetransmitMs = Math.Clamp(_smoothedRttMs + (4 * _rttVarianceMs), SplitLimits.LeastRetransmitMs, SplitLimits.MostRetransmitMs);
    }
}
