using System.Runtime.CompilerServices;

namespace Gateway.Dataplane.Flows;

/// <summary>Which bytes of one direction have passed: everything before <see cref="Front"/>, and a few runs behind holes. The bytes
/// themselves lie in a ring (<see cref="PassedBytes"/>), the newest of them.</summary>
internal struct PassedRanges
{
    /// <summary>Runs behind holes that are told apart. A sender that lost more at once waits until a hole is filled, as it must anyway;
    /// SACK names four at most (RFC 2018, section 3).</summary>
    public const int MaxRuns = 4;

    /// <summary>Lowest sequence number that has not passed.</summary>
    public uint Front;

    /// <summary>Lowest sequence number of which the ring holds the byte.</summary>
    private uint _kept;
    private RunList _runs;
    private int _count;

    /// <summary>Begins behind a SYN, or where others have brought the connection: of what was before nothing is kept.</summary>
    public void Begin(uint front)
    {
        Front = front;
        _kept = front;
        _count = 0;
    }

    /// <summary>Whether bytes differ from those that passed at the same place, as far back as the ring remembers.</summary>
    /// <param name="start">Sequence number of the first byte.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="end">Sequence number behind the last byte that has passed.</param>
    /// <param name="ring">The direction's ring.</param>
    public readonly bool Differs(uint start, ReadOnlySpan<byte> bytes, uint end, ReadOnlySpan<byte> ring)
    {
        var from = Later(start, Later(_kept, end - PassedBytes.BytesPerDirection));
        var to = start + (uint)bytes.Length;
        if (Differs(start, bytes, from, Earlier(to, Front), ring))
            return true;
        for (var i = 0; i < _count; i++)
        {
            if (Differs(start, bytes, Later(from, _runs[i].Start), Earlier(to, _runs[i].End), ring))
                return true;
        }
        return false;
    }

    /// <summary>Notes how far back the ring holds bytes, now that the newest ends here. Called for all that passes, so that the number never
    /// falls so far behind that it would seem to be ahead.</summary>
    public void Keep(uint end) => _kept = Later(_kept, end - PassedBytes.BytesPerDirection);

    /// <summary>Notes that a range has passed.</summary>
    /// <returns>False when it lies behind one hole too many.</returns>
    public bool TryAdd(uint start, uint end)
    {
        // Runs that touch the new one are taken into it.
        var merged = 0;
        for (var i = 0; i < _count; i++)
        {
            if (IsBefore(_runs[i].End, start) || IsBefore(end, _runs[i].Start))
            {
                _runs[merged++] = _runs[i];
                continue;
            }
            start = Earlier(start, _runs[i].Start);
            end = Later(end, _runs[i].End);
        }
        var touchedNone = merged == _count;
        _count = merged;
        if (!IsBefore(Front, start))
        {
            Front = Later(Front, end);
            DropPassedRuns();
            return true;
        }
        if (touchedNone && _count == MaxRuns)
            return false;
        _runs[_count++] = new Run { Start = start, End = end };
        return true;
    }

    private void DropPassedRuns()
    {
        // Those left touch nothing that was added; one may still lie where the front has come to.
        for (var i = 0; i < _count;)
        {
            if (IsBefore(Front, _runs[i].Start))
            {
                i++;
                continue;
            }
            Front = Later(Front, _runs[i].End);
            _runs[i] = _runs[--_count];
            i = 0;
        }
    }

    private static bool Differs(uint start, ReadOnlySpan<byte> bytes, uint from, uint to, ReadOnlySpan<byte> ring)
    {
        if (!IsBefore(from, to))
            return false;
        var fresh = bytes.Slice((int)(from - start), (int)(to - from));
        var offset = (int)(from & (PassedBytes.BytesPerDirection - 1));
        var first = Math.Min(fresh.Length, PassedBytes.BytesPerDirection - offset);
        return !fresh[..first].SequenceEqual(ring.Slice(offset, first)) || !fresh[first..].SequenceEqual(ring[..(fresh.Length - first)]);
    }

    private static bool IsBefore(uint left, uint right) => unchecked((int)(left - right)) < 0;

    private static uint Later(uint left, uint right) => IsBefore(left, right) ? right : left;

    private static uint Earlier(uint left, uint right) => IsBefore(left, right) ? left : right;

    private struct Run
    {
        public uint Start;
        public uint End;
    }

    [InlineArray(MaxRuns)]
    private struct RunList
    {
        private Run _first;
    }
}
