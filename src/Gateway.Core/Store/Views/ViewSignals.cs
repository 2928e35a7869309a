namespace Gateway.Core.Store.Views;

/// <summary>What the view's thread waits for, and who waits for the view to be level with its journals. Holds nothing to dispose, because a
/// journal may still wake a view that has just been closed.</summary>
internal sealed class ViewSignals
{
    // Monitor, not Lock: there is waiting to do.
    private readonly object _gate = new();
    private List<TaskCompletionSource> _coming = [];
    private List<TaskCompletionSource> _waiting = [];
    private bool _isWoken;
    private bool _isHurried;
    private bool _isStopped;

    public bool IsStopped
    {
        get
        {
            lock (_gate)
                return _isStopped;
        }
    }

    /// <summary>There is something to do.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _isWoken = true;
            Monitor.PulseAll(_gate);
        }
    }

    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Someone wants the view to be level, without a pause.</summary>
    public Task AskToBeLevel()
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopped, typeof(ViewStore));
            _coming.Add(waiter);
            _isHurried = _isWoken = true;
            Monitor.PulseAll(_gate);
        }
        return waiter.Task;
    }

    /// <summary>A round begins: when it finds nothing left to do, those who asked so far have what they want.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _waiting.AddRange(_coming);
            _coming.Clear();
            _isHurried = false;
        }
    }

    /// <summary>The view is level.</summary>
    public void Level()
    {
        foreach (var waiter in Take(ref _waiting))
            waiter.TrySetResult();
    }

    public void Fail(Exception reason)
    {
        foreach (var waiter in Take(ref _waiting).Concat(Take(ref _coming)))
            waiter.TrySetException(reason);
    }

    /// <summary>Waits for something to do, and then for <paramref name="pause"/> more unless someone is in a hurry.</summary>
    public void WaitForWork(TimeSpan pause)
    {
        lock (_gate)
        {
            while (!_isWoken && !_isStopped)
                Monitor.Wait(_gate);
            _isWoken = false;
        }
        WaitUnless(pause, () => _isHurried || _isStopped);
    }

    /// <summary>Waits that long, or until the view is closed.</summary>
    public void WaitToRetry(TimeSpan pause) => WaitUnless(pause, () => _isStopped);

    private void WaitUnless(TimeSpan pause, Func<bool> isOver)
    {
        var started = TimeProvider.System.GetTimestamp();
        lock (_gate)
        {
            while (!isOver() && pause - TimeProvider.System.GetElapsedTime(started) is { Ticks: > 0 } left)
                Monitor.Wait(_gate, left);
        }
    }

    private List<TaskCompletionSource> Take(ref List<TaskCompletionSource> list)
    {
        lock (_gate)
        {
            var taken = list;
            list = [];
            return taken;
        }
    }
}
