using Gateway.Core.Policy;
using Gateway.Dataplane.Filter;
using Gateway.Dataplane.Flows;
using Gateway.Dataplane.Links;
using Gateway.Dataplane.Segments;

namespace Gateway.Dataplane.Pipeline;

/// <summary>Takes a new policy into force between two batches: no packet sees half of it.</summary>
internal sealed class EnterPolicy(PolicyImage image, Neighbor[] neighbors) : LoopCommand
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    public override void Run(PacketLoop loop)
    {
        loop.Pipeline.Enter(image, neighbors);
        _done.TrySetResult();
    }
}

/// <summary>Announces a connection of a caller.</summary>
internal sealed class AnnounceIntent(Intent intent) : LoopCommand
{
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>False when too many wait.</summary>
    public Task<bool> Done => _done.Task;

    public override void Run(PacketLoop loop) => _done.TrySetResult(loop.Pipeline.Flows.Announce(intent));
}

/// <summary>Ends flows of a device.</summary>
internal sealed class EndDeviceFlows(int deviceSlot, string? caller) : LoopCommand
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    public override void Run(PacketLoop loop)
    {
        loop.Pipeline.Flows.EndOf(deviceSlot, caller, DropReason.GrantRemoved);
        _done.TrySetResult();
    }
}

/// <summary>Forgets what is known of a binding and asks the device anew.</summary>
internal sealed class VerifyDevice(int deviceSlot) : LoopCommand
{
    public override void Run(PacketLoop loop)
    {
        BindingGuard.Reset(loop.Box.DeviceBySlot(deviceSlot));
        loop.Box.RouteChanges++;
    }
}

/// <summary>Carrier came or went, or an interface came back under another number.</summary>
internal sealed class ChangeLink(int link, bool up, ulong? mac, int mtuBytes, AttachedLink? attach) : LoopCommand
{
    public override void Run(PacketLoop loop)
    {
        var state = loop.Box.Links[link];
        if (attach is not null)
            loop.Attach(link, attach);
        if (mac is { } address && address != state.Mac)
        {
            state.Mac = address;
            loop.Box.RouteChanges++;
        }
        var mtu = Math.Clamp(mtuBytes, LinkLimits.LeastMtuBytes, LinkLimits.MaxFrameBytes - Wire.EthernetView.HeaderBytes);
        if (mtuBytes > 0 && mtu != state.MtuBytes)
        {
            state.MtuBytes = mtu;
            loop.Box.RouteChanges++;
        }
        var wentDown = state.Up && !up;
        state.Up = up;
        if (wentDown && loop.Box.Policy.DeviceByLink[link] is >= 0 and var device)
            loop.Pipeline.Guard.LinkDown(device);
    }
}

/// <summary>Asks the loop for a sign of life, and reads the kernel's loss counters on the way.</summary>
internal sealed class Beat : LoopCommand
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    public override void Run(PacketLoop loop)
    {
        loop.ReadLosses();
        _done.TrySetResult();
    }
}
