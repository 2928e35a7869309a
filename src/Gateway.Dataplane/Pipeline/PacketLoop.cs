using System.Runtime.CompilerServices;
using System.Collections.Concurrent;
using Gateway.Dataplane.Interop;
using Gateway.Dataplane.Links;
using Tmds.Linux;

namespace Gateway.Dataplane.Pipeline;

/// <summary>Something another thread wants done between two batches.</summary>
internal abstract class LoopCommand
{
    public abstract void Run(PacketLoop loop);
}

/// <summary>The packet loop: takes bursts from each link in turn, runs them through the pipeline, sends what came out, and waits in
/// <c>poll</c> when there is nothing. One thread; no locks, no allocation, no exceptions.</summary>
internal sealed unsafe class PacketLoop : FrameSink, IDisposable
{
    private readonly BoxState _box;
    private readonly AttachedLink?[] _interfaces;
    private readonly InterfaceLinks[] _linksOf;
    private readonly int[] _interfaceOf;
    private readonly ConcurrentQueue<LoopCommand> _commands = new();
    private readonly int _wake;
    private readonly byte[] _scratch = new byte[LinkLimits.RingFrameBytes];
    private readonly pollfd[] _polled;
    private volatile bool _stop;

    public PacketLoop(BoxState box, LoopOutput output)
    {
        _box = box;
        var byInterface = box.Links.GroupBy(l => l.Interface).Select(g => g.ToArray()).ToArray();
        _linksOf = [.. byInterface.Select(g => new InterfaceLinks([.. g.Select(l => (l.Index, l.Vlan))]))];
        _interfaceOf = [.. box.Links.Select(l => Array.FindIndex(byInterface, g => g[0].Interface == l.Interface))];
        foreach (var link in box.Links)
            link.InterfaceSlot = _interfaceOf[link.Index];
        _interfaces = new AttachedLink?[byInterface.Length];
        _polled = new pollfd[byInterface.Length + 1];
        _wake = NativeError.Check(LibC.eventfd(0, LibC.EFD_NONBLOCK | LibC.EFD_CLOEXEC), "making an event descriptor");
        Pipeline = new PacketPipeline(box, this, output);
    }

    public PacketPipeline Pipeline { get; }

    public BoxState Box => _box;

    /// <summary>Rounds since start: a liveness sign that only the loop itself can give.</summary>
    public ulong Beats { get; private set; }

    /// <summary>Has a command run before the next batch. From any thread.</summary>
    public void Post(LoopCommand command)
    {
        _commands.Enqueue(command);
        Wake();
    }

    /// <summary>Runs until <see cref="Stop"/>. On the loop's own thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run()
    {
        while (!_stop)
        {
            _box.NowMs = Environment.TickCount64;
            while (_commands.TryDequeue(out var command))
                command.Run(this);
            var frames = 0;
            for (var i = 0; i < _interfaces.Length; i++)
                frames += ReceiveBurst(i);
            var dueMs = Pipeline.Advance();
            Flush();
            Beats++;
            if (frames == 0)
                Wait(dueMs);
        }
    }

    public void Stop()
    {
        _stop = true;
        Wake();
    }

    /// <summary>Attaches the interface of a link, in the place of what was attached before. On the loop's thread, or before it runs.</summary>
    public void Attach(int link, AttachedLink? attached)
    {
        ref var place = ref _interfaces[_interfaceOf[link]];
        place?.Dispose();
        place = attached;
        Pipeline.Flows.Offload.SetInterface(_interfaceOf[link], attached?.FastPathInterface ?? 0);
        _box.RouteChanges++;
    }

    /// <summary>Frames the kernel lost on the link's interface; the VLANs of a trunk share them.</summary>
    public ulong LossesOf(int link) => _interfaces[_interfaceOf[link]]?.Ring.Losses ?? 0;

    /// <summary>Reads the kernel's loss counters. On the loop's thread.</summary>
    public void ReadLosses()
    {
        foreach (var attached in _interfaces)
            attached?.Ring.ReadLosses();
    }

    public override Span<byte> Reserve(int link) => _interfaces[_interfaceOf[link]] is { } attached ? attached.Out.Reserve() : _scratch;

    public override void Commit(int link, int lengthBytes)
    {
        if (_interfaces[_interfaceOf[link]] is not { } attached)
            return;
        var state = _box.Links[link];
        attached.Out.Commit(lengthBytes, state.Vlan);
        state.FramesOut++;
    }

    public void Dispose()
    {
        foreach (var attached in _interfaces)
            attached?.Dispose();
        Pipeline.Flows.Dispose();
        Pipeline.Flows.Offload.Dispose();
        _ = LibC.close(_wake);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int ReceiveBurst(int index)
    {
        if (_interfaces[index] is not { } attached)
            return 0;
        var ring = attached.Ring;
        var links = _linksOf[index];
        var count = 0;
        while (count < LinkLimits.BurstFrames && ring.TryNext(out var frame))
        {
            if (frame.HasPartialChecksum)
                frame.CompleteChecksum();
            if (!links.IsTrunk)
                Pipeline.Process(links.First, new InputFrame(frame.Bytes, frame.IsCut, frame.IsTagged));
            else if (links.TryFind(frame.Vlan, out var link))
                Pipeline.Process(link, new InputFrame(frame.Bytes, frame.IsCut, isTagged: false));
            else
                Stray(links.First);
            ring.Release();
            count++;
        }
        return count;
    }

    /// <summary>A frame of no link. It takes nothing from the storm limit of a device.</summary>
    private void Stray(int link)
    {
        _box.Links[link].FramesIn++;
        _box.Links[link].CountDrop(Core.Policy.DropReason.VlanNotOnLink);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Flush()
    {
        for (var i = 0; i < _interfaces.Length; i++)
        {
            if (_interfaces[i] is not { } attached)
                continue;
            var failed = attached.Out.Failed;
            attached.Out.Flush();
            for (; failed < attached.Out.Failed; failed++)
                _box.Links[_linksOf[i].First].CountDrop(Core.Policy.DropReason.TransmitFailed);
        }
    }

    private void Wait(long dueMs)
    {
        var count = 0;
        _polled[count++] = new pollfd { fd = _wake, events = LibC.POLLIN };
        foreach (var attached in _interfaces)
        {
            if (attached is not null)
                _polled[count++] = new pollfd { fd = attached.Ring.Socket, events = LibC.POLLIN };
        }
        var timeout = (int)Math.Clamp(dueMs - Environment.TickCount64, 0, 1_000);
        fixed (pollfd* polled = _polled)
        {
            if (LibC.poll(polled, (ulong_t)(uint)count, timeout) <= 0)
                return;
        }
        if (_polled[0].revents != 0)
        {
            ulong beats;
            _ = LibC.read(_wake, &beats, sizeof(ulong));
        }
        for (var i = 1; i < count; i++)
        {
            if ((_polled[i].revents & LibC.POLLERR) != 0)
                ClearError(_polled[i].fd);
        }
    }

    /// <summary>A link that goes down leaves an error on its socket; unread, it would wake us for ever.</summary>
    private static void ClearError(int socket)
    {
        int error;
        socklen_t length = sizeof(int);
        _ = LibC.getsockopt(socket, LibC.SOL_SOCKET, LibC.SO_ERROR, &error, &length);
    }

    private void Wake()
    {
        ulong one = 1;
        _ = LibC.write(_wake, &one, sizeof(ulong));
    }
}
