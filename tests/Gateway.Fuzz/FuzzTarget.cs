namespace Gateway.Fuzz;

/// <summary>Reads any bytes. Must end, and must throw only where a promise of the code under test is broken.</summary>
public delegate void FuzzAction(ReadOnlySpan<byte> data);

/// <summary>A parser or observer with the bytes to try it with.</summary>
/// <param name="Name">Name on the command line, and of the folders under <c>Seeds</c> and <c>Crashes</c>.</param>
/// <param name="Fuzz">What is tried.</param>
/// <param name="Allocates">Whether it may allocate; parsers of the packet path may not.</param>
public sealed record FuzzTarget(string Name, FuzzAction Fuzz, bool Allocates = false)
{
    public override string ToString() => Name;
}
