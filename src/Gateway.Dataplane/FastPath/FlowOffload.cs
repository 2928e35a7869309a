using Gateway.Core.Control;

namespace Gateway.Dataplane.FastPath;

/// <summary>One direction of a flow that somebody else is to forward: how its packets look when they come, and how when they leave. All
/// numbers in the machine's order; <c>Tag</c> is a VLAN, 0 for none.</summary>
internal readonly record struct OffloadedDirection(
    byte Protocol, OffloadedEnd In, OffloadedEnd Out);

/// <summary>A frame on one link.</summary>
/// <param name="Slot">Number of its interface among those in use.</param>
/// <param name="Interface">Its kernel number.</param>
/// <param name="Vlan">VLAN of the frame; 0: untagged.</param>
/// <param name="SourceMac">Ethernet source.</param>
/// <param name="DestinationMac">Ethernet destination.</param>
/// <param name="Source">IPv4 source.</param>
/// <param name="SourcePort">Its port.</param>
/// <param name="Destination">IPv4 destination.</param>
/// <param name="DestinationPort">Its port.</param>
internal readonly record struct OffloadedEnd(
    int Slot, int Interface, ushort Vlan, ulong SourceMac, ulong DestinationMac, uint Source, ushort SourcePort, uint Destination, ushort DestinationPort);

/// <summary>Where a TCP direction stands.</summary>
/// <param name="End">Sequence number behind its last byte.</param>
/// <param name="Acked">Its highest acknowledgement.</param>
/// <param name="Window">Largest window field it sent.</param>
/// <param name="Finished">Whether it has sent its FIN.</param>
internal readonly record struct TcpPosition(uint End, uint Acked, uint Window, bool Finished = false);

/// <summary>What was forwarded of one direction since it was last asked.</summary>
internal readonly record struct OffloadReading(ulong Packets, ulong Bytes, TcpPosition Tcp);

/// <summary>Somebody who forwards established flows in the packet loop's place. Used by the loop's thread alone; nothing here throws,
/// allocates, or makes a system call for a packet.</summary>
internal abstract class FlowOffload : IDisposable
{
    /// <summary>Nobody: the loop forwards everything.</summary>
    public static readonly FlowOffload None = new NoOffload();

    public abstract FastPathTier Tier { get; }

    /// <summary>The kernel number of the interface in a slot; 0 when flows of its links must stay in the loop.</summary>
    public abstract int InterfaceOf(int slot);

    /// <summary>Says that a slot has another interface now, or none (0).</summary>
    public abstract void SetInterface(int slot, int interfaceIndex);

    /// <summary>Hands a flow over, both directions together; false when that was refused.</summary>
    public abstract bool TryAdd(int flow, in OffloadedDirection fromSource, in OffloadedDirection fromTarget);

    /// <summary>Says where the directions of a TCP flow stand, before it is handed over or after the loop has passed a segment of it.</summary>
    public abstract void Place(int flow, bool fromSource, in TcpPosition position);

    /// <summary>Takes a flow back: from the next packet on it is the loop's.</summary>
    public abstract void Remove(int flow);

    /// <summary>Stops every flow until <see cref="TryKeep"/> has let it go on. Costs the same for one flow and for all.</summary>
    public abstract void Stop();

    /// <summary>Lets a flow go on where nothing about it has changed; false when it must be taken back.</summary>
    public abstract bool TryKeep(int flow, in OffloadedDirection fromSource, in OffloadedDirection fromTarget);

    /// <summary>Reads and resets the counters of a direction.</summary>
    public abstract OffloadReading Read(int flow, bool fromSource);

    /// <summary>A sign of life, without which everything is the loop's after <see cref="FastPathLimits.LeaseMs"/>.</summary>
    public abstract void Renew();

    public abstract void Dispose();

    private sealed class NoOffload : FlowOffload
    {
        public override FastPathTier Tier => FastPathTier.Off;

        public override int InterfaceOf(int slot) => 0;

        public override void SetInterface(int slot, int interfaceIndex)
        {
        }

        public override bool TryAdd(int flow, in OffloadedDirection fromSource, in OffloadedDirection fromTarget) => false;

        public override void Place(int flow, bool fromSource, in TcpPosition position)
        {
        }

        public override void Remove(int flow)
        {
        }

        public override void Stop()
        {
        }

        public override bool TryKeep(int flow, in OffloadedDirection fromSource, in OffloadedDirection fromTarget) => false;

        public override OffloadReading Read(int flow, bool fromSource) => default;

        public override void Renew()
        {
        }

        public override void Dispose()
        {
        }
    }
}
