using Gateway.Core.Control;
using Gateway.Dataplane.FastPath;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.FastPath;

/// <summary>Handing flows to the real kernel, reviewing them and taking them back allocates nothing and is quick enough for the loop.</summary>
public sealed class OffloadAllocationTests
{
    [Fact]
    public void Hand_over_reading_keeping_and_taking_back_allocate_nothing()
    {
        Need.Root();
        using var kernel = new KernelFastPath(FastPathTier.Tcx);
        var end = new OffloadedEnd(1, 101, 0, 0x0200_0000_0005, 0x0200_0000_FF01, 1, 2, 3, 4);
        var there = new OffloadedDirection(IpProtocol.Tcp, end, end with { Slot = 2, Interface = 102, Source = 9 });
        var back = new OffloadedDirection(IpProtocol.Tcp, end with { Slot = 2, Source = 3, SourcePort = 4 }, end);
        // Code that is compiled for the first time may allocate.
        for (var i = 0; i < 300; i++)
            Cycle(kernel, there, back);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            Cycle(kernel, there, back);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Cycle(KernelFastPath kernel, in OffloadedDirection there, in OffloadedDirection back)
    {
        kernel.Place(3, fromSource: true, new TcpPosition(1, 2, 0));
        Assert.True(kernel.TryAdd(3, there, back));
        kernel.Stop();
        Assert.True(kernel.TryKeep(3, there, back));
        kernel.Renew();
        kernel.Read(3, fromSource: true);
        kernel.Remove(3);
    }
}
