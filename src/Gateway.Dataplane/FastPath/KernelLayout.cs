using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gateway.Dataplane.FastPath;

/// <summary>Key of the map of flows: what a packet of one direction carries, in the order and byte order in which it carries it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct DirectionKey(uint Source, uint Destination, uint Ports, byte Protocol, byte Link, ushort Vlan);

/// <summary>The first 38 bytes of every frame that leaves: Ethernet, IPv4, ports. Total length and header checksum are filled in.</summary>
[InlineArray(LengthBytes)]
internal struct FrameTemplate
{
    public const int LengthBytes = 38;

    private byte _first;
}

/// <summary>What the kernel knows of one direction of a flow. Lives in memory that kernel and process share: the process writes the first
/// part while <see cref="Enabled"/> is 0, the programs write the second.</summary>
[StructLayout(LayoutKind.Explicit, Size = 192)]
internal struct DirectionState
{
    /// <summary>Two zero bytes, then the addresses and type that the Ethernet header must have.</summary>
    [FieldOffset(0)] public ulong ExpectedLow;
    [FieldOffset(8)] public ulong ExpectedHigh;
    [FieldOffset(16)] public FrameTemplate Template;
    [FieldOffset(56)] public uint OutInterface;

    /// <summary>Sum of the template's IPv4 header, without its length.</summary>
    [FieldOffset(60)] public uint HeaderSum;

    /// <summary>What the new addresses and ports change in the transport checksum.</summary>
    [FieldOffset(64)] public uint AddressDelta;
    [FieldOffset(68)] public uint PortDelta;
    [FieldOffset(72)] public uint Generation;

    /// <summary>1 while the kernel may forward.</summary>
    [FieldOffset(76)] public uint Enabled;

    /// <summary>Addresses and ports that the packet must have: the second program looks again at what it changes.</summary>
    [FieldOffset(80)] public uint Source;
    [FieldOffset(84)] public uint Destination;
    [FieldOffset(88)] public uint Ports;

    /// <summary>Where in the frame the transport checksum lies.</summary>
    [FieldOffset(92)] public uint ChecksumOffset;
    [FieldOffset(96)] public uint AddressFlags;
    [FieldOffset(100)] public uint PortFlags;

    /// <summary>Tag control information that leaving frames get; 0: none.</summary>
    [FieldOffset(104)] public ushort PushTag;

    [FieldOffset(128)] public ulong Packets;

    /// <summary>IP bytes.</summary>
    [FieldOffset(136)] public ulong Bytes;

    /// <summary>TCP: sequence number behind the last byte sent, highest acknowledgement, largest window field.</summary>
    [FieldOffset(144)] public uint End;
    [FieldOffset(148)] public uint Acked;
    [FieldOffset(152)] public uint Window;

    /// <summary>1 once a FIN was forwarded.</summary>
    [FieldOffset(156)] public uint Finished;
}

/// <summary>What holds for all flows at once.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct FastPathControl
{
    /// <summary>CLOCK_MONOTONIC in nanoseconds until which the kernel may forward.</summary>
    [FieldOffset(0)] public ulong LeaseUntilNs;

    /// <summary>Flows of another generation wait until the loop has looked at them again.</summary>
    [FieldOffset(8)] public uint Generation;
}

/// <summary>What the deciding program hands to the forwarding one, for the packet that the processor has in hand.</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
internal struct Handover
{
    /// <summary>Index of the direction + 1; 0: not forwarded by the kernel.</summary>
    [FieldOffset(0)] public uint Direction;

    /// <summary>Length of the frame that leaves, without a tag.</summary>
    [FieldOffset(4)] public uint FrameBytes;
}
