using Gateway.Service.Access;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Service.Tests.Access;

/// <summary>Guessing gets slower and slower, for whoever guesses, and never locks anyone out for good.</summary>
public sealed class SignInGuardTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void The_first_five_wrong_tries_cost_no_wait()
    {
        var guard = Guard("anna", SignInGuard.FreeTries);
        Assert.Equal(TimeSpan.Zero, guard.WaitFor("anna"));
    }

    [Fact]
    public void Each_further_wrong_try_doubles_the_wait_up_to_five_minutes()
    {
        var guard = Guard("anna", SignInGuard.FreeTries);
        var waits = new List<double>();
        for (var i = 0; i < 12; i++)
        {
            guard.Wrong("anna");
            waits.Add(guard.WaitFor("anna").TotalSeconds);
            _time.Advance(guard.WaitFor("anna"));
        }
        Assert.Equal([2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300], waits);
    }

    [Fact]
    public void A_thousand_guesses_at_full_speed_are_hardly_ever_evaluated()
    {
        var guard = new SignInGuard(_time);
        var evaluated = 0;
        for (var guess = 0; guess < 1_000; guess++, _time.Advance(TimeSpan.FromMilliseconds(50)))
        {
            if (guard.WaitFor("anna") > TimeSpan.Zero)
                continue;
            evaluated++;
            guard.Wrong("anna");
        }
        Assert.InRange(evaluated, 6, 10);
    }

    [Fact]
    public void Another_name_is_not_held_up()
    {
        var guard = Guard("anna", 20);
        Assert.True(guard.WaitFor("anna") > TimeSpan.Zero);
        // Two names share a place once in 4,096; of three at least one does not.
        Assert.Contains(["ben", "carla", "dora"], name => guard.WaitFor(name) == TimeSpan.Zero);
    }

    [Fact]
    public void A_right_try_forgives_all()
    {
        var guard = Guard("anna", 20);
        guard.Right("anna");
        Assert.Equal(TimeSpan.Zero, guard.WaitFor("anna"));
    }

    [Fact]
    public void Half_an_hour_of_rest_forgives_all()
    {
        var guard = Guard("anna", 20);
        _time.Advance(TimeSpan.FromMinutes(31));
        guard.Wrong("anna");
        Assert.Equal(TimeSpan.Zero, guard.WaitFor("anna"));
    }

    [Fact]
    public void Made_up_names_by_the_thousand_take_no_memory_and_lock_nobody_out_for_good()
    {
        var guard = new SignInGuard(_time);
        var names = Enumerable.Range(0, 200_000).Select(i => $"name-{i}").ToArray();
        guard.Wrong("warm");
        // Of this thread only: other tests run beside it.
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var name in names)
            guard.Wrong(name);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 10);
        Assert.True(guard.WaitFor("anna") <= TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void Setting_the_clock_back_locks_nobody_in()
    {
        var clock = new SettableClock();
        var guard = new SignInGuard(clock);
        for (var i = 0; i <= SignInGuard.FreeTries; i++)
            guard.Wrong("anna");
        clock.Now = clock.Now.AddYears(-10);
        Assert.InRange(guard.WaitFor("anna"), TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(2));
    }

    /// <summary>The time of day is set; what has passed goes on as it was.</summary>
    private sealed class SettableClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private SignInGuard Guard(string name, int wrongTries)
    {
        // The clock of a machine that runs for a while.
        _time.Advance(TimeSpan.FromHours(1));
        var guard = new SignInGuard(_time);
        for (var i = 0; i < wrongTries; i++)
            guard.Wrong(name);
        return guard;
    }
}
