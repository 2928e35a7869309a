using Gateway.Service.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Service.Tests.Hosting;

/// <summary>Tells work that hangs from no work and from slow work.</summary>
public sealed class PulseTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Without_work_it_never_stops()
    {
        var pulse = new Pulse(_time);
        _time.Advance(TimeSpan.FromDays(30));
        Assert.False(pulse.HasStopped(Limit));
    }

    [Fact]
    public void Work_that_hangs_stops_it()
    {
        var pulse = new Pulse(_time);
        using var work = pulse.Enter();
        _time.Advance(Limit);
        Assert.False(pulse.HasStopped(Limit));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(pulse.HasStopped(Limit));
        work.Dispose();
        Assert.False(pulse.HasStopped(Limit));
    }

    [Fact]
    public void Other_work_that_ends_meanwhile_is_a_beat()
    {
        var pulse = new Pulse(_time);
        using var slow = pulse.Enter();
        for (var i = 0; i < 10; i++)
        {
            using (pulse.Enter())
                _time.Advance(TimeSpan.FromSeconds(10));
        }
        Assert.False(pulse.HasStopped(Limit));
    }

    [Fact]
    public void Work_ends_once()
    {
        var pulse = new Pulse(_time);
        var work = pulse.Enter();
        using var other = pulse.Enter();
        work.Dispose();
        work.Dispose();
        _time.Advance(Limit * 2);
        Assert.True(pulse.HasStopped(Limit));
    }
}
