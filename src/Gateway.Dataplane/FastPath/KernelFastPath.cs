using Gateway.Core.Control;
using Gateway.Dataplane.Interop;
using System.Diagnostics;
using Tmds.Linux;

namespace Gateway.Dataplane.FastPath;

/// <summary>The kernel as the one who forwards: maps that hold the flows, and two programs on each link (docs/decisions/0008). Counters
/// and withdrawal are plain memory; handing a flow over and taking it back are two system calls each.</summary>
internal sealed unsafe class KernelFastPath : FlowOffload
{
    private const ulong NanosecondsPerMs = 1_000_000;

    private readonly FastPathMaps _maps = new();
    private readonly DirectionState* _states;
    private readonly FastPathControl* _control;
    private readonly OffloadedDirection[] _directions = new OffloadedDirection[FastPathLimits.MaxDirections];
    private readonly (ulong Packets, ulong Bytes)[] _taken = new (ulong, ulong)[FastPathLimits.MaxDirections];
    private readonly int[] _interfaces = new int[FastPathLimits.MaxInterfaces];
    private readonly FastPathRule _omitted;

    /// <param name="tier">How programs are put on links.</param>
    /// <param name="omitted">A rule to leave out of the deciding program; for tests of the rules alone.</param>
    /// <exception cref="IOException">The kernel refuses maps.</exception>
    public KernelFastPath(FastPathTier tier, FastPathRule omitted = FastPathRule.None)
    {
        Tier = tier;
        _omitted = omitted;
        _states = _maps.Directions.Entries<DirectionState>();
        _control = _maps.Control.Entries<FastPathControl>();
    }

    /// <summary>For tests.</summary>
    internal FastPathMaps Maps => _maps;

    public override FastPathTier Tier { get; }

    /// <summary>Puts the programs on an interface.</summary>
    /// <param name="slot">Number of the interface among those in use.</param>
    /// <param name="interfaceIndex">Its kernel number.</param>
    /// <param name="ringSocket">Packet socket of its ring.</param>
    /// <param name="sharedWithHost">Whether the host's own stack uses the interface too.</param>
    /// <returns>Takes the forwarding program away again; the deciding one goes with the socket.</returns>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public IDisposable Attach(int slot, int interfaceIndex, int ringSocket, bool sharedWithHost)
    {
        if (slot >= FastPathLimits.MaxInterfaces)
            throw new IOException($"the kernel forwards between {FastPathLimits.MaxInterfaces} interfaces at most");
        var hook = Hook(interfaceIndex, sharedWithHost);
        try
        {
            using var deciding = new ProgramHandle(BpfProgram.Load(Bpf.SocketFilter, "gw_decide", DecidingProgram.Build(_maps, slot, _omitted)));
            var descriptor = deciding.Descriptor;
            NativeError.Check(
                LibC.setsockopt(ringSocket, LibC.SOL_SOCKET, Bpf.AttachToSocket, &descriptor, sizeof(int)), "putting the deciding program on a ring");
        }
        catch
        {
            hook.Dispose();
            throw;
        }
        return hook;
    }

    public override int InterfaceOf(int slot) => slot < _interfaces.Length ? _interfaces[slot] : 0;

    public override void SetInterface(int slot, int interfaceIndex)
    {
        if (slot < _interfaces.Length)
            _interfaces[slot] = interfaceIndex;
    }

    public override bool TryAdd(int flow, in OffloadedDirection fromSource, in OffloadedDirection fromTarget)
    {
        Write(2 * flow, fromSource);
        Write((2 * flow) + 1, fromTarget);
        var source = DirectionBuilder.KeyOf(fromSource);
        if (!_maps.Flows.TrySet(source, (uint)(2 * flow)))
            return false;
        if (!_maps.Flows.TrySet(DirectionBuilder.KeyOf(fromTarget), (uint)((2 * flow) + 1)))
        {
            _maps.Flows.Remove(source);
            return false;
        }
        Renew();
        Volatile.Write(ref _states[2 * flow].Enabled, 1);
        Volatile.Write(ref _states[(2 * flow) + 1].Enabled, 1);
        return true;
    }

    public override void Place(int flow, bool fromSource, in TcpPosition position)
    {
        ref var state = ref _states[Index(flow, fromSource)];
        state.End = position.End;
        state.Acked = position.Acked;
        state.Window = position.Window;
        state.Finished = position.Finished ? 1u : 0;
    }

    public override void Remove(int flow)
    {
        for (var i = 2 * flow; i < (2 * flow) + 2; i++)
        {
            Volatile.Write(ref _states[i].Enabled, 0);
            _maps.Flows.Remove(DirectionBuilder.KeyOf(_directions[i]));
        }
    }

    public override void Stop() => Volatile.Write(ref _control->Generation, _control->Generation + 1);

    public override bool TryKeep(int flow, in OffloadedDirection fromSource, in OffloadedDirection fromTarget)
    {
        if (_directions[2 * flow] != fromSource || _directions[(2 * flow) + 1] != fromTarget)
            return false;
        Volatile.Write(ref _states[2 * flow].Generation, _control->Generation);
        Volatile.Write(ref _states[(2 * flow) + 1].Generation, _control->Generation);
        return true;
    }

    public override OffloadReading Read(int flow, bool fromSource)
    {
        var index = Index(flow, fromSource);
        ref var state = ref _states[index];
        var (packets, bytes) = (Volatile.Read(ref state.Packets), Volatile.Read(ref state.Bytes));
        ref var taken = ref _taken[index];
        var reading = new OffloadReading(packets - taken.Packets, bytes - taken.Bytes, new TcpPosition(state.End, state.Acked, state.Window, state.Finished != 0));
        taken = (packets, bytes);
        return reading;
    }

    public override void Renew() => Volatile.Write(ref _control->LeaseUntilNs, NowNs() + (FastPathLimits.LeaseMs * NanosecondsPerMs));

    public override void Dispose() => _maps.Dispose();

    private static int Index(int flow, bool fromSource) => (2 * flow) + (fromSource ? 0 : 1);

    /// <summary>The clock that the programs read: on Linux the stopwatch is CLOCK_MONOTONIC in nanoseconds.</summary>
    private static ulong NowNs() => (ulong)Stopwatch.GetTimestamp();

    private void Write(int index, in OffloadedDirection direction)
    {
        _directions[index] = direction;
        _taken[index] = default;
        DirectionBuilder.Write(direction, _control->Generation, ref _states[index]);
    }

    private IDisposable Hook(int interfaceIndex, bool sharedWithHost)
    {
        using var forwarding = new ProgramHandle(BpfProgram.Load(Bpf.TrafficClassifier, "gw_forward", ForwardingProgram.Build(_maps, sharedWithHost)));
        return Tier == FastPathTier.Tcx
            ? TcxHook.Attach(interfaceIndex, forwarding.Descriptor)
            : ClsactHook.Attach(interfaceIndex, forwarding.Descriptor);
    }

    /// <summary>Keeps a program loaded until something else holds it.</summary>
    private readonly struct ProgramHandle(int descriptor) : IDisposable
    {
        public int Descriptor { get; } = descriptor;

        public void Dispose() => _ = LibC.close(Descriptor);
    }
}
