using Gateway.Service.Records;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Service.Tests.Records;

/// <summary>The first is told at once, the same later is told as a sum, and no count is lost.</summary>
public sealed class RepeatsTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly List<Seen> _told = [];
    private readonly Repeats<string, Seen> _repeats;

    public RepeatsTests() => _repeats = new Repeats<string, Seen>(_time, (sum, next) => next with { Count = sum.Count + next.Count }, _told.Add);

    [Fact]
    public void What_comes_each_second_is_told_at_once_and_then_once_a_minute()
    {
        for (var i = 0; i < 300; i++)
        {
            _repeats.Take("a", new Seen("a", 1));
            Pass(Second);
        }
        Assert.Equal(new Seen("a", 1), _told[0]);
        Assert.InRange(_told.Count, 5, 6);
        Assert.All(_told.Skip(1).Take(4), seen => Assert.InRange(seen.Count, 58, 61));
        Pass(Repeats<string, Seen>.Interval);
        Assert.Equal(300, _told.Sum(seen => seen.Count));
    }

    [Fact]
    public void The_last_are_told_when_the_interval_ends_though_nothing_more_comes()
    {
        _repeats.Take("a", new Seen("a", 1));
        _repeats.Take("a", new Seen("a", 3));
        Pass(Repeats<string, Seen>.Interval - Second);
        Assert.Single(_told);
        Pass(Second);
        Assert.Equal([new Seen("a", 1), new Seen("a", 3)], _told);
        Pass(Repeats<string, Seen>.Interval);
        Assert.Equal(2, _told.Count);
    }

    [Fact]
    public void After_a_quiet_interval_it_is_news_again_and_another_thing_always_is()
    {
        _repeats.Take("a", new Seen("a", 1));
        _repeats.Take("b", new Seen("b", 1));
        Assert.Equal(2, _told.Count);
        Pass(Repeats<string, Seen>.Interval);
        _repeats.Take("a", new Seen("a", 1));
        Assert.Equal(3, _told.Count);
    }

    [Fact]
    public void What_finds_no_place_is_told_by_itself_and_counted()
    {
        const int more = 50;
        for (var i = 0; i < Repeats<string, Seen>.MaxCollected + more; i++)
            _repeats.Take($"port {i}", new Seen("scan", 1));
        Assert.Equal(Repeats<string, Seen>.MaxCollected + more, _told.Count);
        Assert.Equal(more, _repeats.Overflowed);
        // Control: what has a place is collected as before, and room comes back.
        _repeats.Take("port 0", new Seen("scan", 1));
        Assert.Equal(Repeats<string, Seen>.MaxCollected + more, _told.Count);
        Pass(Repeats<string, Seen>.Interval);
        Pass(Repeats<string, Seen>.Interval);
        _repeats.Take("new", new Seen("new", 1));
        Assert.Equal(more, _repeats.Overflowed);
    }

    [Fact]
    public void At_the_end_every_sum_is_told()
    {
        for (var i = 0; i < 10; i++)
            _repeats.Take(i % 2 == 0 ? "a" : "b", new Seen("x", 1));
        _repeats.TellAll();
        Assert.Equal(10, _told.Sum(seen => seen.Count));
        Assert.Equal(4, _told.Count);
    }

    [Fact]
    public void Whatever_comes_in_whatever_order_the_counts_add_up()
    {
        var random = new Random(5);
        var taken = 0L;
        for (var i = 0; i < 20_000; i++)
        {
            var count = random.Next(1, 20);
            taken += count;
            _repeats.Take($"{random.Next(2_000)}", new Seen("x", count));
            if (random.Next(20) == 0)
                Pass(TimeSpan.FromSeconds(random.Next(1, 40)));
        }
        _repeats.TellAll();
        Assert.Equal(taken, _told.Sum(seen => seen.Count));
    }

    private void Pass(TimeSpan span)
    {
        _time.Advance(span);
        _repeats.TellDue();
    }

    private sealed record Seen(string What, long Count);
}
