namespace Gateway.Core.Fabric;

/// <summary>Time between tries: doubles up to a cap, and half of it is left to chance, so that many who lost the same hub do not
/// come back in step. One for each thing that is tried again; not thread-safe.</summary>
public sealed class BackOff(TimeSpan first, TimeSpan cap, Random random)
{
    private int _doublings;

    /// <summary>Time to wait before the next try, from half to all of the present step.</summary>
    public TimeSpan Next()
    {
        var step = first * Math.Pow(2, _doublings);
        if (step < cap)
            _doublings++;
        else
            step = cap;
        return step * (0.5 + (random.NextDouble() * 0.5));
    }

    /// <summary>It worked: the next failure begins from the first step again.</summary>
    public void Reset() => _doublings = 0;
}
