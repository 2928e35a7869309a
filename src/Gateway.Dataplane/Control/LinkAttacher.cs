using System.Collections.Immutable;
using Gateway.Core.Control;
using Gateway.Core.Policy;
using Gateway.Dataplane.FastPath;
using Gateway.Dataplane.Interop;
using Gateway.Dataplane.Links;
using Gateway.Dataplane.Pipeline;

namespace Gateway.Dataplane.Control;

/// <summary>Opens the interfaces of the links, and again when one was gone and came back; passes carrier on. An uplink without an address
/// of the dataplane's own belongs to the kernel: it is watched, not read.</summary>
internal sealed class LinkAttacher(
    ImmutableArray<CompiledLink> links, PacketLoop loop, KernelFastPath? fastPath, TimeProvider time, Action<ControlMessage> tell, Action<string> say)
{
    /// <summary>Number of each interface that is open; the VLANs of a trunk share one.</summary>
    private readonly Dictionary<string, int> _attached = [];
    private readonly bool?[] _up = new bool?[links.Length];

    /// <summary>Opens all links before the loop runs.</summary>
    /// <exception cref="IOException">One cannot be opened; the message names it.</exception>
    public void AttachAll()
    {
        for (var i = 0; i < links.Length; i++)
        {
            if (!IsRead(links[i]))
                continue;
            var index = (int)NativeCalls.InterfaceIndex(links[i].Interface);
            if (_attached.TryAdd(links[i].Interface, index))
                loop.Attach(i, Open(i, index));
        }
    }

    /// <summary>Takes what the kernel says of an interface. On the monitor's thread.</summary>
    public void Changed(InterfaceState state)
    {
        for (var i = 0; i < links.Length; i++)
        {
            if (links[i].Interface != state.Name)
                continue;
            AttachedLink? attach = null;
            if (IsRead(links[i]) && state.Index != 0 && state.Index != _attached.GetValueOrDefault(state.Name))
                attach = TryReopen(i, state.Index);
            loop.Post(new ChangeLink(i, state.Up, state.Mac.IsZero ? null : state.Mac.Value, state.MtuBytes, attach));
            if (_up[i] == state.Up)
                continue;
            _up[i] = state.Up;
            tell(new LinkChanged(time.GetUtcNow(), links[i].Name, state.Up));
        }
    }

    private static bool IsRead(CompiledLink link) => link.Role != LinkRole.Uplink || link.Address is not null;

    private AttachedLink Open(int link, int index)
    {
        var attached = AttachedLink.Open(
            links[link].Interface, shared: links[link].Role != LinkRole.Downlink || links[link].Vlan != 0);
        if (fastPath is null)
            return attached;
        try
        {
            attached.FastPath = fastPath.Attach(loop.Box.Links[link].InterfaceSlot, index, attached.Ring.Socket, sharedWithHost: links[link].Role == LinkRole.Uplink);
            attached.FastPathInterface = index;
        }
        catch (IOException e)
        {
            say($"link {links[link].Name}: every packet goes through the packet loop: {e.Message}");
        }
        return attached;
    }

    private AttachedLink? TryReopen(int link, int index)
    {
        try
        {
            var attached = Open(link, index);
            _attached[links[link].Interface] = index;
            say($"link {links[link].Name}: interface {links[link].Interface} came back");
            return attached;
        }
        catch (IOException e)
        {
            say($"link {links[link].Name}: {e.Message}");
            return null;
        }
    }
}
