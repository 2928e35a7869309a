namespace Gateway.Core.Control;

/// <summary>Who forwards established flows that nobody inspects. Numbers are stable within a protocol version.</summary>
public enum FastPathTier : byte
{
    /// <summary>The packet loop, as everything else.</summary>
    Off = 0,

    /// <summary>The kernel, by programs attached with TCX (Linux 6.6).</summary>
    Tcx = 1,

    /// <summary>The kernel, by programs attached with clsact and cls_bpf.</summary>
    Clsact = 2,
}
