using System.Diagnostics;

namespace Gateway.Corridor.Tests.Fixtures;

/// <summary>Waits for what takes an unknown time, with a limit that a slow machine keeps too.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task TrueAsync(Func<bool> condition, string what) => await TrueAsync(() => Task.FromResult(condition()), what);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, $"not within {Limit.TotalSeconds} s: {what}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public static async Task<T> AsTrueAsync<T>(Task<T> task) => await task.WaitAsync(Limit, TestContext.Current.CancellationToken);
}
