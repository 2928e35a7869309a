using Gateway.Core.Control;
using Gateway.Dataplane.Interop;
using Tmds.Linux;

namespace Gateway.Dataplane.FastPath;

/// <summary>Finds out at start who forwards established flows here.</summary>
internal static class FastPathStart
{
    /// <summary>Opens the best fast path that this kernel and our rights allow.</summary>
    /// <param name="only">Try this way of attaching alone; null: the best one. <see cref="FastPathTier.Off"/>: none is wanted.</param>
    /// <param name="told">What became of it, for people.</param>
    /// <returns>The fast path; null when the packet loop forwards everything.</returns>
    public static KernelFastPath? Open(FastPathTier? only, out string told)
    {
        told = "off: every packet goes through the packet loop";
        if (only == FastPathTier.Off)
            return null;
        try
        {
            var tier = Probe();
            if (only is { } wanted)
            {
                if (wanted == FastPathTier.Tcx && tier != wanted)
                    throw new IOException("this kernel has no TCX (Linux 6.6)");
                tier = wanted;
            }
            var opened = new KernelFastPath(tier);
            told = tier == FastPathTier.Tcx ? "in the kernel, by TCX" : "in the kernel, by clsact and cls_bpf";
            return opened;
        }
        catch (IOException e)
        {
            told = $"not available, every packet goes through the packet loop: {e.Message}";
            return null;
        }
    }

    /// <summary>Loads both programs, as every link will, and asks for TCX.</summary>
    /// <exception cref="IOException">The kernel refuses maps or programs.</exception>
    private static FastPathTier Probe()
    {
        using var maps = new FastPathMaps();
        _ = LibC.close(BpfProgram.Load(Bpf.SocketFilter, "gw_decide", DecidingProgram.Build(maps, 0)));
        var forwarding = BpfProgram.Load(Bpf.TrafficClassifier, "gw_forward", ForwardingProgram.Build(maps, sharedWithHost: false));
        var tier = TcxHook.IsKnown(forwarding) ? FastPathTier.Tcx : FastPathTier.Clsact;
        _ = LibC.close(forwarding);
        return tier;
    }
}
