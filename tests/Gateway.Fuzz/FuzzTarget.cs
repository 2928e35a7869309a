namespace Gateway.Fuzz;

/// <summary>Reads any bytes. Must end, and must throw only where a promise of the code under test is broken.</summary>
public delegate void FuzzAction(ReadOnlySpan<byte> data);

/// <summary>A parser or observer with the bytes to try it with.</summary>
/// <param name="Name">Name on the command line, and of the folders under <c>Seeds</c> and <c>Crashes</c>.</param>
/// <param name="Fuzz">What is tried.</param>
/// <param name="Allocates">Whether it may allocate; parsers of the packet path may not.</param>
/// <param name="Runs">How often one quick test tries it: enough to meet every branch, and at most about a second.</param>
public sealed record FuzzTarget(string Name, FuzzAction Fuzz, bool Allocates = false, int Runs = FuzzTarget.ManyRuns)
{
    /// <summary>Runs of a parser that takes microseconds, and of every target in the long tests.</summary>
    public const int ManyRuns = 20_000;

    public override string ToString() => Name;
}
