namespace Gateway.Fuzz;

/// <summary>Makes new samples from old ones by small random changes. The same seed gives the same samples on every machine.</summary>
public sealed class Mutator(IReadOnlyList<byte[]> samples, int seed)
{
    /// <summary>Longest sample made: a little more than the longest frame on a wire.</summary>
    public const int MaxSampleBytes = 2048;

    private const int MaxChanges = 6;

    /// <summary>Values at which lengths and counts go wrong.</summary>
    private static readonly byte[] Edges = [0x00, 0x01, 0x02, 0x3F, 0x40, 0x7F, 0x80, 0xC0, 0xFE, 0xFF];

    private readonly Random _random = new(seed);
    private readonly byte[] _buffer = new byte[MaxSampleBytes];
    private int _length;

    /// <summary>The next sample; valid until the next call.</summary>
    public ReadOnlySpan<byte> Next()
    {
        var sample = samples[_random.Next(samples.Count)];
        _length = Math.Min(sample.Length, MaxSampleBytes);
        sample.AsSpan(0, _length).CopyTo(_buffer);
        for (var changes = _random.Next(MaxChanges + 1); changes > 0; changes--)
            Change();
        return _buffer.AsSpan(0, _length);
    }

    private void Change()
    {
        switch (_random.Next(8))
        {
            case 0 when _length > 0: _buffer[_random.Next(_length)] ^= (byte)(1 << _random.Next(8)); break;
            case 1 when _length > 0: _buffer[_random.Next(_length)] = (byte)_random.Next(256); break;
            case 2 when _length > 0: _buffer[_random.Next(_length)] = Edges[_random.Next(Edges.Length)]; break;
            case 3: _length = _random.Next(_length + 1); break;
            case 4: Move(_random.Next(_length + 1), _random.Next(1, 9)); break;
            case 5: Move(_random.Next(_length + 1), -_random.Next(1, 9)); break;
            case 6: Splice(); break;
            default: Repeat(); break;
        }
    }

    /// <summary>Moves the bytes from <paramref name="at"/> on: apart, with random bytes between, or over those before.</summary>
    private void Move(int at, int by)
    {
        var to = Math.Clamp(at + by, 0, MaxSampleBytes);
        var moved = Math.Min(_length - at, MaxSampleBytes - to);
        _buffer.AsSpan(at, moved).CopyTo(_buffer.AsSpan(to));
        if (to > at)
            _random.NextBytes(_buffer.AsSpan(at, to - at));
        _length = to + moved;
    }

    private void Splice()
    {
        var other = samples[_random.Next(samples.Count)];
        var from = _random.Next(other.Length + 1);
        var at = _random.Next(_length + 1);
        var taken = Math.Min(other.Length - from, MaxSampleBytes - at);
        other.AsSpan(from, taken).CopyTo(_buffer.AsSpan(at));
        _length = at + taken;
    }

    private void Repeat()
    {
        var from = _random.Next(_length + 1);
        var taken = Math.Min(_random.Next(_length - from + 1), MaxSampleBytes - _length);
        _buffer.AsSpan(from, taken).CopyTo(_buffer.AsSpan(_length));
        _length += taken;
    }
}
