namespace Gateway.Dataplane.Segments;

/// <summary>Lets a number of things through per second, with a reserve for bursts. No clock of its own: the loop says the time.</summary>
/// <param name="perSecond">Rate, 1 to 1,000,000.</param>
/// <param name="burst">Reserve, 1 to 1,000,000.</param>
internal struct TokenBucket(int perSecond, int burst)
{
    private const int Milli = 1_000;

    private long _milliTokens = (long)burst * Milli;
    private long _filledAtMs;

    public bool TryTake(long nowMs)
    {
        if (nowMs > _filledAtMs)
        {
            var elapsed = Math.Min(nowMs - _filledAtMs, Milli * Milli);
            _milliTokens = Math.Min((long)burst * Milli, _milliTokens + (elapsed * perSecond));
            _filledAtMs = nowMs;
        }
        if (_milliTokens < Milli)
            return false;
        _milliTokens -= Milli;
        return true;
    }
}
