using Gateway.Core.Policy;
using Gateway.Dataplane.Filter;
using Gateway.Dataplane.Flows;
using Gateway.Dataplane.Segments;

namespace Gateway.Dataplane.Pipeline;

/// <summary>Everything the steps of the pipeline share: links, the policy of this batch, what is known of devices and neighbors, and the
/// time of this batch.</summary>
internal sealed class BoxState(LinkState[] links)
{
    private readonly DeviceRuntime?[] _devices = new DeviceRuntime?[EntitySlots.MaxSlots];

    public LinkState[] Links { get; } = links;

    /// <summary>Policy in force; changed between two batches only.</summary>
    public PolicyImage Policy { get; set; } = null!;

    /// <summary>Milliseconds of a clock that only grows; set once a batch.</summary>
    public long NowMs { get; set; } = Environment.TickCount64;

    public Neighbor[] Neighbors { get; private set; } = [];

    /// <summary>Neighbor behind the host link; -1 where there is none.</summary>
    public int HostNeighbor { get; private set; } = -1;

    public int HostLink { get; private set; } = -1;

    /// <summary>Grows whenever the way to somebody has changed: a binding, a neighbor's or our own hardware address, an interface.</summary>
    public uint RouteChanges { get; set; }

    /// <summary>Callers of announced connections, by context number. Filled by the control thread before it announces one.</summary>
    public CallerContext[] Callers { get; } = new CallerContext[FlowLimits.MaxFlows];

    public DeviceRuntime DeviceBySlot(int slot) => _devices[slot]!;

    /// <summary>Runtime of a device of the policy in force.</summary>
    public DeviceRuntime Runtime(int device) => _devices[Policy.Devices[device].Slot]!;

    public int NeighborOf(int link, uint address)
    {
        for (var i = 0; i < Neighbors.Length; i++)
        {
            if (Neighbors[i].Link == link && Neighbors[i].Address == address)
                return i;
        }
        return -1;
    }

    /// <summary>Makes room for what a new policy names. On the control thread, before the policy is handed to the loop.</summary>
    public void Prepare(PolicyImage image)
    {
        for (var i = 0; i < image.Devices.Length; i++)
            _devices[image.Devices[i].Slot] ??= new DeviceRuntime(image.Devices[i].Slot, image.Policy.Devices[i].Id);
    }

    /// <summary>Neighbors that a policy needs, those already known kept. On the control thread. The host stack is asked without a
    /// sender address (RFC 5227 probe), so none of the segment range is used up.</summary>
    public Neighbor[] NeighborsFor(CompiledPolicy policy)
    {
        var list = new List<Neighbor>();
        for (var i = 0; i < policy.Links.Length; i++)
        {
            if (policy.Links[i] is { Role: LinkRole.Host, Address: { } host })
                list.Add(Known(i, host.Address.Value) ?? new Neighbor(i, host.Address.Value, ownAddress: 0));
        }
        foreach (var peer in policy.Peers)
        {
            var own = policy.Links[peer.Link].Address?.Address.Value ?? 0;
            list.Add(Known(peer.Link, peer.Address.Value) ?? new Neighbor(peer.Link, peer.Address.Value, own));
        }
        return [.. list];
    }

    /// <summary>Takes a policy and its neighbors into force. On the loop's thread.</summary>
    public void Enter(PolicyImage image, Neighbor[] neighbors)
    {
        Policy = image;
        Neighbors = neighbors;
        HostLink = Array.FindIndex(Links, l => l.Role == LinkRole.Host);
        HostNeighbor = HostLink < 0 ? -1 : Array.FindIndex(neighbors, n => n.Link == HostLink);
    }

    private Neighbor? Known(int link, uint address) => Array.Find(Neighbors, n => n.Link == link && n.Address == address);
}

/// <summary>The authenticated caller of an announced connection. Made by the control thread; read by the loop while the flow lives.</summary>
internal sealed class CallerContext(int[] entrySlots, string caller)
{
    /// <summary>Stands for the gateway itself among <see cref="EntrySlots"/>.</summary>
    public const int GatewaySlot = -1;

    /// <summary>Caller entries it matches, by slot.</summary>
    public int[] EntrySlots { get; } = entrySlots;

    /// <summary>Identity, for records.</summary>
    public string Caller { get; } = caller;
}
