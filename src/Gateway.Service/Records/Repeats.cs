namespace Gateway.Service.Records;

/// <summary>Tells what happens for the first time at once, and collects what is the same: told as a sum when <see cref="Interval"/> is over.
/// Nothing is lost in the sums; any thread.</summary>
/// <param name="time">Clock; only differences count.</param>
/// <param name="add">Adds a later one to the sum of those before it.</param>
/// <param name="tell">Takes each first one, and each sum.</param>
internal sealed class Repeats<TKey, T>(TimeProvider time, Func<T, T, T> add, Action<T> tell)
    where TKey : notnull
    where T : class
{
    /// <summary>A blocked device tries each second for months, and a controller that opens a connection for each value does as much: by the
    /// minute that is 1,440 lines a day, which the log holds for weeks beside everything else.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);

    /// <summary>Different things collected at once. A plant's standing refusals are some dozens; a scan of ports is more than any table
    /// holds, and what finds no place is told by itself.</summary>
    public const int MaxCollected = 1_024;

    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, Collected> _collected = [];

    /// <summary>Told by themselves because the table was full, since start.</summary>
    public long Overflowed { get; private set; }

    public void Take(TKey key, T next)
    {
        lock (_lock)
        {
            if (_collected.TryGetValue(key, out var same))
            {
                same.Sum = same.Sum is { } sum ? add(sum, next) : next;
                return;
            }
            if (_collected.Count < MaxCollected)
                _collected.Add(key, new Collected { ToldAt = time.GetTimestamp() });
            else
                Overflowed++;
            tell(next);
        }
    }

    /// <summary>Tells the sums whose interval is over, and forgets what did not come again.</summary>
    public void TellDue()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            foreach (var (key, collected) in _collected)
            {
                if (time.GetElapsedTime(collected.ToldAt, now) < Interval)
                    continue;
                if (collected.Sum is null)
                    _collected.Remove(key);
                Tell(collected);
                collected.ToldAt = now;
            }
        }
    }

    /// <summary>Tells every sum now: the end of the service.</summary>
    public void TellAll()
    {
        lock (_lock)
        {
            foreach (var collected in _collected.Values)
                Tell(collected);
            _collected.Clear();
        }
    }

    private void Tell(Collected collected)
    {
        if (collected.Sum is not { } sum)
            return;
        collected.Sum = null;
        tell(sum);
    }

    private sealed class Collected
    {
        public long ToldAt { get; set; }

        public T? Sum { get; set; }
    }
}
