using System.Runtime.CompilerServices;
using Gateway.Core.Policy;
using Gateway.Dataplane.Links;

namespace Gateway.Dataplane.Segments;

/// <summary>A link as the packet path knows it. Written by the loop; counters may be read by others at any time.</summary>
internal sealed class LinkState(int index, string name, LinkRole role, ulong mac)
{
    private readonly ulong[] _drops = new ulong[byte.MaxValue + 1];
    private TokenBucket _storm = new(
        role == LinkRole.Downlink ? LinkLimits.StormFramesPerSecond : LinkLimits.SharedStormFramesPerSecond, LinkLimits.StormBurstFrames);
    private TokenBucket _observations = new(SegmentLimits.ObservedPerSecond, SegmentLimits.ObservedBurst);
    private TokenBucket _echoes = new(SegmentLimits.EchoesPerSecond, SegmentLimits.EchoesPerSecond);
    private TokenBucket _leases = new(SegmentLimits.LeasesPerSecond, SegmentLimits.LeasesPerSecond);
    private TokenBucket _tooBig = new(SegmentLimits.TooBigPerSecond, SegmentLimits.TooBigPerSecond);
    private TokenBucket _questions = new(SegmentLimits.QuestionsPerSecond, SegmentLimits.QuestionsPerSecond);
    private TokenBucket _refusals = new(SegmentLimits.RefusalRecordsPerSecond, SegmentLimits.RefusalRecordBurst);

    public int Index { get; } = index;

    public string Name { get; } = name;

    public LinkRole Role { get; } = role;

    /// <summary>Interface it is on; shared by the VLANs of a trunk.</summary>
    public string Interface { get; init; } = name;

    /// <summary>Number of that interface among those in use, from 0.</summary>
    public int InterfaceSlot { get; set; }

    /// <summary>VLAN whose tag its frames bear on the wire; 0 for none.</summary>
    public ushort Vlan { get; init; }

    /// <summary>Our own hardware address on it.</summary>
    public ulong Mac { get; set; } = mac;

    /// <summary>Largest packet the link carries, in bytes; changed by the loop.</summary>
    public int MtuBytes { get; set; } = LinkLimits.UsualMtuBytes;

    /// <summary>Carrier, as the kernel last told.</summary>
    public bool Up { get; set; }

    public ulong FramesIn { get; set; }

    public ulong FramesOut { get; set; }

    public ulong Drops(DropReason reason) => Volatile.Read(ref _drops[(byte)reason]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CountDrop(DropReason reason) => _drops[(byte)reason]++;

    public bool AdmitsFrame(long nowMs) => _storm.TryTake(nowMs);

    public bool AdmitsObservation(long nowMs) => _observations.TryTake(nowMs);

    public bool AdmitsEcho(long nowMs) => _echoes.TryTake(nowMs);

    public bool AdmitsTooBig(long nowMs) => _tooBig.TryTake(nowMs);

    public bool AdmitsLease(long nowMs) => _leases.TryTake(nowMs);

    public bool AdmitsQuestion(long nowMs) => _questions.TryTake(nowMs);

    public bool AdmitsRefusalRecord(long nowMs) => _refusals.TryTake(nowMs);
}
