using Gateway.Core.Identity;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Identity;

public sealed class RenewalScheduleTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly Validity Month = new(Start, Start.AddDays(30));

    private readonly FakeTimeProvider _time = new(Start);

    [Fact]
    public void The_due_time_lies_around_two_thirds_of_the_life_and_differs_between_devices()
    {
        var schedule = new RenewalSchedule(_time, new Random(3));
        var dues = Enumerable.Range(0, 1000).Select(_ => (schedule.DueAt(Month) - Start) / Month.Life).ToList();
        Assert.All(dues, due => Assert.InRange(due, (2.0 / 3) - 0.05, (2.0 / 3) + 0.05));
        Assert.InRange(dues.Average(), 0.66, 0.673);
        Assert.True(dues.Max() - dues.Min() > 0.09);
    }

    [Fact]
    public async Task Waiting_ends_at_the_due_time_and_not_before()
    {
        var schedule = new RenewalSchedule(_time, new Random(3));
        var waiting = schedule.WaitAsync(Start.AddDays(20), TestContext.Current.CancellationToken);
        await AdvanceAsync(TimeSpan.FromDays(20) - TimeSpan.FromMinutes(1));
        Assert.False(waiting.IsCompleted);
        await AdvanceAsync(TimeSpan.FromMinutes(2));
        await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_clock_that_jumps_forward_is_noticed_within_one_longest_wait()
    {
        var schedule = new RenewalSchedule(_time, new Random(3));
        var waiting = schedule.WaitAsync(Start.AddDays(20), TestContext.Current.CancellationToken);
        _time.AdjustTime(Start.AddDays(25));
        await AdvanceAsync(RenewalSchedule.LongestWait);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_time_that_has_passed_is_not_waited_for() =>
        Assert.True(new RenewalSchedule(_time, new Random(3)).WaitAsync(Start.AddDays(-1), TestContext.Current.CancellationToken).IsCompletedSuccessfully);

    private async Task AdvanceAsync(TimeSpan by)
    {
        for (var left = by; left > TimeSpan.Zero; left -= RenewalSchedule.LongestWait)
        {
            _time.Advance(left < RenewalSchedule.LongestWait ? left : RenewalSchedule.LongestWait);
            await Task.Yield();
        }
    }
}
