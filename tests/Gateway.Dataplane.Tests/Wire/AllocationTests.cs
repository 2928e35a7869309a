using Gateway.Dataplane.Tests.Fuzzing;
using Gateway.Fuzz;

namespace Gateway.Dataplane.Tests.Wire;

/// <summary>The parsers and builders run for every packet: not one byte may be allocated, on good bytes and on bad ones.</summary>
public sealed class AllocationTests
{
    [Theory, MemberData(nameof(Samples.PacketPathTargets), MemberType = typeof(Samples))]
    public void No_parser_and_no_builder_allocates(string name)
    {
        var target = FuzzTargets.Get(name);
        var samples = Samples.Of(target).SelectMany(sample => Truncations(sample.Bytes)).ToArray();
        Assert.Equal(0, Allocated(target.Fuzz, samples));
    }

    [Fact]
    public void An_allocation_would_be_seen() => Assert.True(Allocated(data => GC.KeepAlive(data.ToArray()), [[1]]) > 0);

    private static long Allocated(FuzzAction action, byte[][] samples)
    {
        foreach (var sample in samples)
            action(sample);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var sample in samples)
            action(sample);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static IEnumerable<byte[]> Truncations(byte[] bytes) => Enumerable.Range(0, bytes.Length + 1).Select(length => bytes.AsSpan(0, length).ToArray());
}
