namespace Gateway.Service.Hosting;

/// <summary>Shows whether work that was begun gets done: it beats when some of it ends. Work that waits without a beat has hung.</summary>
internal sealed class Pulse(TimeProvider time)
{
    private readonly Lock _lock = new();
    private int _open;
    private long _beat;

    /// <summary>Begins a piece of work; it ends when the result is disposed.</summary>
    public IDisposable Enter()
    {
        lock (_lock)
        {
            if (_open++ == 0)
                _beat = time.GetTimestamp();
        }
        return new Work(this);
    }

    /// <summary>Whether work has waited longer than <paramref name="limit"/> and nothing was done meanwhile.</summary>
    public bool HasStopped(TimeSpan limit)
    {
        lock (_lock)
            return _open > 0 && time.GetElapsedTime(_beat) > limit;
    }

    private void Leave()
    {
        lock (_lock)
        {
            _open--;
            _beat = time.GetTimestamp();
        }
    }

    private sealed class Work(Pulse pulse) : IDisposable
    {
        private int _done;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _done, 1) == 0)
                pulse.Leave();
        }
    }
}
