namespace Gateway.Core.Tests.Store;

internal static class Wait
{
    /// <summary>Polls until it holds; fails after a minute, which no healthy run needs.</summary>
    public static void Until(Func<bool> condition)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromMinutes(1), "waited a minute in vain");
            Thread.Sleep(5);
        }
    }
}
