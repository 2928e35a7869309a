namespace Gateway.Service.Access;

/// <summary>Slows guessing: after a few wrong tries for a name each further one must wait longer. Never a lasting lock, which would let
/// anyone lock out the engineer.</summary>
internal sealed class SignInGuard(TimeProvider time)
{
    /// <summary>Wrong tries without a wait.</summary>
    public const int FreeTries = 5;

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>After this time without a wrong try, all is forgiven.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(30);

    /// <summary>Places for names. Which names share one differs from run to run, so a guesser who makes up names can neither fill the
    /// memory nor aim at the place of somebody else.</summary>
    private const int Places = 4_096;

    private readonly Lock _lock = new();
    private readonly Tries[] _tries = new Tries[Places];

    /// <summary>Time to wait before the next try counts; zero when it may come now. A try that comes too early is not evaluated.</summary>
    public TimeSpan WaitFor(string name)
    {
        lock (_lock)
        {
            var wait = _tries[PlaceOf(name)].NextAt - Now;
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    /// <summary>Notes a wrong try.</summary>
    public void Wrong(string name)
    {
        lock (_lock)
        {
            var now = Now;
            var before = _tries[PlaceOf(name)];
            var count = now - before.LastAt < Memory ? before.Count + 1 : 1;
            var wait = count <= FreeTries ? TimeSpan.Zero : FirstWait * Math.Pow(2, Math.Min(20, count - FreeTries - 1));
            _tries[PlaceOf(name)] = new Tries(count, now, now + (wait < LongestWait ? wait : LongestWait));
        }
    }

    /// <summary>Notes a right one.</summary>
    public void Right(string name)
    {
        lock (_lock)
            _tries[PlaceOf(name)] = default;
    }

    // Not the time of day: setting the clock must neither free nor lock anyone.
    private TimeSpan Now => time.GetElapsedTime(0);

    // The hash of a text is seeded anew in each run.
    private static int PlaceOf(string name) => (int)((uint)name.GetHashCode(StringComparison.Ordinal) % Places);

    private readonly record struct Tries(int Count, TimeSpan LastAt, TimeSpan NextAt);
}
