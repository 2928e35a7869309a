namespace Gateway.Fuzz;

/// <summary>Says what the code under test promises. Costs no allocation while it is kept.</summary>
internal static class Promise
{
    /// <exception cref="BrokenPromiseException">It is not kept.</exception>
    public static void Keep(bool kept, string promise)
    {
        if (!kept)
            throw new BrokenPromiseException(promise);
    }
}

/// <summary>A parser accepted, returned or wrote something that it promises not to.</summary>
internal sealed class BrokenPromiseException(string promise) : Exception("broken: " + promise);
