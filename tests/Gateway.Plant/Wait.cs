using System.Diagnostics;

namespace Gateway.Plant;

/// <summary>Waiting for something to become true.</summary>
public static class Wait
{
    /// <exception cref="TimeoutException">It did not become true in time; the message says what was waited for.</exception>
    public static void Until(Func<bool> condition, string what, int seconds = 90)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(seconds); Thread.Sleep(100))
        {
            if (condition())
                return;
        }
        throw new TimeoutException($"not within {seconds} s: {what}");
    }
}
