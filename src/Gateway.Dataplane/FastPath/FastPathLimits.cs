using Gateway.Dataplane.Flows;

namespace Gateway.Dataplane.FastPath;

/// <summary>Sizes and times of the kernel fast path, each with its reason.</summary>
internal static class FastPathLimits
{
    /// <summary>Directions the kernel may carry: both of every flow.</summary>
    public const int MaxDirections = 2 * FlowLimits.MaxFlows;

    /// <summary>Interfaces between which the kernel forwards: one byte of the key. No box has a tenth of that.</summary>
    public const int MaxInterfaces = 256;

    /// <summary>How long the kernel forwards after the last sign of life of the packet loop, in milliseconds. A hung process counts as
    /// dead within 2 s; the loop may sleep for <see cref="RenewEveryMs"/> and be busy for a while.</summary>
    public const int LeaseMs = 1_500;

    /// <summary>How often the loop renews the lease while flows are in the kernel.</summary>
    public const int RenewEveryMs = 250;

    /// <summary>Datagrams one way after which a UDP flow is worth the system calls even when nothing comes back (cameras).</summary>
    public const int UdpPackets = 8;

    /// <summary>How long a flow stays in the loop after the kernel refused or gave it back, so that no sender can make each of its packets
    /// cost a system call.</summary>
    public const int OfferAgainMs = 1_000;

    /// <summary>Longest frame the fast path takes, without a tag, in bytes: MTU 1500. Longer ones go through the loop, which knows what
    /// the other link takes.</summary>
    public const int MaxFrameBytes = 1_514;

    /// <summary>Largest part of an offload's super-frame: what makes frames of <see cref="MaxFrameBytes"/> with a header of 20 + 20.</summary>
    public const int MaxSegmentBytes = 1_460;

    /// <summary>Bytes both ways between two looks at a connection from which on its sequence numbers may have wrapped past comparing.</summary>
    public const ulong FarAheadBytes = 1 << 30;
}
