using Gateway.Dataplane.Interop;

namespace Gateway.Dataplane.FastPath;

/// <summary>The maps of the fast path. They live as long as the process, or a program that uses them.</summary>
internal sealed unsafe class FastPathMaps : IDisposable
{
    private readonly List<BpfMap> _made = [];

    /// <exception cref="IOException">The kernel refuses one.</exception>
    public FastPathMaps()
    {
        try
        {
            Flows = Keep(BpfMap.Create(Bpf.HashMap, "gw_flows", sizeof(DirectionKey), sizeof(uint), FastPathLimits.MaxDirections));
            Directions = Keep(BpfMap.CreateShared("gw_directions", sizeof(DirectionState), FastPathLimits.MaxDirections));
            Control = Keep(BpfMap.CreateShared("gw_control", sizeof(FastPathControl), 1));
            Handover = Keep(BpfMap.Create(Bpf.PerCpuArrayMap, "gw_handover", sizeof(uint), sizeof(Handover), 1));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>From <see cref="DirectionKey"/> to the index in <see cref="Directions"/>.</summary>
    public BpfMap Flows { get; }

    /// <summary><see cref="DirectionState"/>, two a flow.</summary>
    public BpfMap Directions { get; }

    /// <summary>One <see cref="FastPathControl"/>.</summary>
    public BpfMap Control { get; }

    /// <summary>One <see cref="FastPath.Handover"/> a processor.</summary>
    public BpfMap Handover { get; }

    public void Dispose()
    {
        foreach (var map in _made)
            map.Dispose();
    }

    private BpfMap Keep(BpfMap map)
    {
        _made.Add(map);
        return map;
    }
}
