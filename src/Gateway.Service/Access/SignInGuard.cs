namespace Gateway.Service.Access;

/// <summary>Slows guessing: after a few wrong tries each further one must wait longer, per account and for all together. Never a lasting
/// lock, which would let anyone lock out the engineer.</summary>
internal sealed class SignInGuard(TimeProvider time)
{
    /// <summary>Wrong tries without a wait.</summary>
    public const int FreeTries = 5;

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>After this time without a wrong try, all is forgiven.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(30);

    /// <summary>Names remembered; a guesser who makes up names shares the last place.</summary>
    private const int MaxNames = 1_024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Tries> _tries = [];

    /// <summary>Time to wait before the next try counts; zero when it may come now. A try that comes too early is not evaluated.</summary>
    public TimeSpan WaitFor(string name)
    {
        lock (_lock)
        {
            if (!_tries.TryGetValue(Key(name), out var tries))
                return TimeSpan.Zero;
            var wait = tries.NextAt - time.GetUtcNow();
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    /// <summary>Notes a wrong try.</summary>
    public void Wrong(string name)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var key = Key(name);
            var count = _tries.TryGetValue(key, out var before) && now - before.LastAt < Memory ? before.Count + 1 : 1;
            var wait = count <= FreeTries ? TimeSpan.Zero : FirstWait * Math.Pow(2, Math.Min(20, count - FreeTries - 1));
            _tries[key] = new Tries(count, now, now + (wait < LongestWait ? wait : LongestWait));
        }
    }

    /// <summary>Notes a right one.</summary>
    public void Right(string name)
    {
        lock (_lock)
            _tries.Remove(Key(name));
    }

    private string Key(string name) => _tries.ContainsKey(name) || _tries.Count < MaxNames ? name : "";

    private readonly record struct Tries(int Count, DateTimeOffset LastAt, DateTimeOffset NextAt);
}
