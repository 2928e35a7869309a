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
    private readonly AttachedLink?[] _links;
    private readonly ConcurrentQueue<LoopCommand> _commands = new();
    private readonly int _wake;
    private readonly byte[] _scratch = new byte[LinkLimits.RingFrameBytes];
    private readonly pollfd[] _polled = new pollfd[LinkLimits.MaxLinks + 1];
    private volatile bool _stop;

    public PacketLoop(BoxState box, LoopOutput output)
    {
        _box = box;
        _links = new AttachedLink?[box.Links.Length];
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
    public void Run()
    {
        while (!_stop)
        {
            _box.NowMs = Environment.TickCount64;
            while (_commands.TryDequeue(out var command))
                command.Run(this);
            var frames = 0;
            for (var i = 0; i < _links.Length; i++)
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

    /// <summary>Attaches an interface to a link, in the place of what was attached before. On the loop's thread, or before it runs.</summary>
    public void Attach(int link, AttachedLink? attached)
    {
        _links[link]?.Dispose();
        _links[link] = attached;
        Pipeline.Flows.Offload.SetInterface(link, attached?.FastPathInterface ?? 0);
        _box.RouteChanges++;
    }

    public ulong LossesOf(int link) => _links[link]?.Ring.Losses ?? 0;

    /// <summary>Reads the kernel's loss counters. On the loop's thread.</summary>
    public void ReadLosses()
    {
        foreach (var link in _links)
            link?.Ring.ReadLosses();
    }

    public override Span<byte> Reserve(int link) => _links[link] is { } attached ? attached.Out.Reserve() : _scratch;

    public override void Commit(int link, int lengthBytes)
    {
        if (_links[link] is not { } attached)
            return;
        attached.Out.Commit(lengthBytes);
        _box.Links[link].FramesOut++;
    }

    public void Dispose()
    {
        foreach (var link in _links)
            link?.Dispose();
        Pipeline.Flows.Dispose();
        Pipeline.Flows.Offload.Dispose();
        _ = LibC.close(_wake);
    }

    private int ReceiveBurst(int link)
    {
        if (_links[link] is not { } attached)
            return 0;
        var ring = attached.Ring;
        var count = 0;
        while (count < LinkLimits.BurstFrames && ring.TryNext(out var frame))
        {
            if (frame.HasPartialChecksum)
                frame.CompleteChecksum();
            Pipeline.Process(link, new InputFrame(frame.Bytes, frame.IsCut, frame.IsTagged, frame.VlanTci));
            ring.Release();
            count++;
        }
        return count;
    }

    private void Flush()
    {
        for (var i = 0; i < _links.Length; i++)
        {
            if (_links[i] is not { } attached)
                continue;
            var failed = attached.Out.Failed;
            attached.Out.Flush();
            for (; failed < attached.Out.Failed; failed++)
                _box.Links[i].CountDrop(Core.Policy.DropReason.TransmitFailed);
        }
    }

    private void Wait(long dueMs)
    {
        var count = 0;
        _polled[count++] = new pollfd { fd = _wake, events = LibC.POLLIN };
        foreach (var link in _links)
        {
            if (link is not null)
                _polled[count++] = new pollfd { fd = link.Ring.Socket, events = LibC.POLLIN };
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
