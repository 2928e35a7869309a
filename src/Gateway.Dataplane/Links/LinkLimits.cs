namespace Gateway.Dataplane.Links;

/// <summary>Sizes of rings and batches, each with its reason.</summary>
internal static class LinkLimits
{
    /// <summary>Bytes per ring frame, header and padding included: holds an MTU of 1500 with tags and room for a VXLAN-sized MTU of up
    /// to <see cref="MaxFrameBytes"/>; longer frames arrive cut and are refused.</summary>
    public const int RingFrameBytes = 2048;

    /// <summary>Memory block of a ring; the kernel wants whole pages, and a power of two avoids waste.</summary>
    public const int RingBlockBytes = 1 << 18;

    /// <summary>Longest frame taken or sent, in bytes: the ring frame less its header, address and alignment (dataplane.md, 8.2).</summary>
    public const int MaxFrameBytes = RingFrameBytes - 128;

    /// <summary>Packet size of Ethernet, taken until the kernel has told a link's own.</summary>
    public const int UsualMtuBytes = 1_500;

    /// <summary>Least packet size that every IPv4 host must take (RFC 791, section 3.2); a link that claims less is not believed.</summary>
    public const int LeastMtuBytes = 576;

    /// <summary>Blocks of a downlink's ring: 512 frames, 1 MiB; one device, 5 ms at 100,000 packets a second.</summary>
    public const int DownlinkBlocks = 4;

    /// <summary>Blocks of an uplink's or the host link's ring: 2,048 frames, 4 MiB; it carries what all devices get.</summary>
    public const int SharedLinkBlocks = 16;

    /// <summary>Frames taken from one link before the next has its turn.</summary>
    public const int BurstFrames = 256;

    /// <summary>Frames sent by one system call; more brings nothing (measured in the design: 64).</summary>
    public const int SendBatchFrames = 64;

    /// <summary>Send buffer asked of the kernel, bytes; needs CAP_NET_ADMIN above the system's limit.</summary>
    public const int SendBufferBytes = 8 << 20;

    /// <summary>Frames a downlink may bring per second before the rest is dropped unparsed: more than any machine sends, and less than
    /// the loop handles, so that the other links get their turn.</summary>
    public const int StormFramesPerSecond = 200_000;

    /// <summary>The same for an uplink or the host link, which bring what is for all devices: all that a 1 Gbit/s link can bring at
    /// smallest size. What keeps one of them from starving the others is the burst.</summary>
    public const int SharedStormFramesPerSecond = 1_488_095;

    /// <summary>Frames a link may bring at once above its rate.</summary>
    public const int StormBurstFrames = 20_000;
}
