using Gateway.Core.Control;
using Gateway.Dataplane.FastPath;

namespace Gateway.Dataplane.Tests.Flows;

/// <summary>Somebody who forwards flows, and does what the test says.</summary>
internal sealed class PlayedKernel : FlowOffload
{
    private readonly Dictionary<(int, bool), OffloadReading> _seen = [];

    public Dictionary<int, (OffloadedDirection Source, OffloadedDirection Target)> Flows { get; } = [];

    public Dictionary<(int, bool), TcpPosition> Positions { get; } = [];

    public int Interfaces { get; set; } = 100;

    public bool Refuses { get; set; }

    public int Asked { get; private set; }

    public int Stops { get; private set; }

    public int Kept { get; private set; }

    public int Renewals { get; private set; }

    public override FastPathTier Tier => FastPathTier.Tcx;

    /// <summary>Says what the kernel has forwarded since it was last asked.</summary>
    public void Saw(int flow, bool fromSource, ulong packets, ulong bytes, TcpPosition position) =>
        _seen[(flow, fromSource)] = new OffloadReading(packets, bytes, position);

    public override int InterfaceOf(int link) => Interfaces == 0 ? 0 : Interfaces + link;

    public override void SetInterface(int link, int interfaceIndex)
    {
    }

    public override bool TryAdd(int flow, in OffloadedDirection fromSource, in OffloadedDirection fromTarget)
    {
        Asked++;
        if (!Refuses)
            Flows.Add(flow, (fromSource, fromTarget));
        return !Refuses;
    }

    public override void Place(int flow, bool fromSource, in TcpPosition position) => Positions[(flow, fromSource)] = position;

    public override void Remove(int flow) => Assert.True(Flows.Remove(flow));

    public override void Stop() => Stops++;

    public override bool TryKeep(int flow, in OffloadedDirection fromSource, in OffloadedDirection fromTarget)
    {
        if (Flows[flow] != (fromSource, fromTarget))
            return false;
        Kept++;
        return true;
    }

    public override OffloadReading Read(int flow, bool fromSource) =>
        _seen.Remove((flow, fromSource), out var reading) ? reading : default;

    public override void Renew() => Renewals++;

    public override void Dispose()
    {
    }
}
