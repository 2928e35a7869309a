using System.Runtime.InteropServices;

namespace Gateway.Dataplane.Interop;

/// <summary>What Tmds.LibC lacks of <c>linux/if_packet.h</c> and <c>linux/if_ether.h</c>. Checked against the C headers by a test.</summary>
internal static class PacketSocket
{
    /// <summary>ETH_P_ALL: every protocol.</summary>
    public const ushort AllProtocols = 0x0003;

    /// <summary>TPACKET_V2.</summary>
    public const int Version2 = 1;

    /// <summary>TP_STATUS_KERNEL: the frame belongs to the kernel.</summary>
    public const uint StatusKernel = 0;

    /// <summary>TP_STATUS_USER: the frame belongs to us.</summary>
    public const uint StatusUser = 1 << 0;

    /// <summary>TP_STATUS_LOSING: frames were dropped since the statistics were last read.</summary>
    public const uint StatusLosing = 1 << 2;

    /// <summary>TP_STATUS_CSUMNOTREADY: a packet of this machine, whose transport checksum holds only the pseudo header.</summary>
    public const uint StatusChecksumPartial = 1 << 3;

    /// <summary>TP_STATUS_VLAN_VALID: the frame carried a tag, which the kernel took out of it.</summary>
    public const uint StatusVlanValid = 1 << 4;

    /// <summary>TP_STATUS_VLAN_TPID_VALID: the kernel tells the tag's protocol.</summary>
    public const uint StatusVlanProtocolValid = 1 << 6;

    /// <summary>PACKET_OUTGOING: a copy of what this machine sent.</summary>
    public const byte TypeOutgoing = 4;

    /// <summary>Offset of <c>sockaddr_ll</c> behind the header: TPACKET_ALIGN(sizeof(tpacket2_hdr)).</summary>
    public const int AddressOffset = 32;
}

/// <summary><c>struct tpacket_req</c>: shape of a ring.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TPacketRequest
{
    public uint BlockSize;
    public uint BlockCount;
    public uint FrameSize;
    public uint FrameCount;
}

/// <summary><c>struct tpacket2_hdr</c>: head of each frame in the ring.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TPacket2Header
{
    public uint Status;
    public uint LengthBytes;
    public uint CapturedBytes;
    public ushort MacOffset;
    public ushort NetworkOffset;
    public uint Seconds;
    public uint Nanoseconds;
    public ushort VlanTci;
    public ushort VlanTpid;
    public uint Padding;
}

/// <summary><c>struct tpacket_stats</c>: counters, reset by reading them.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TPacketStatistics
{
    public uint Packets;
    public uint Drops;
}

/// <summary><c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public byte* Base;
    public nuint Length;
}

/// <summary><c>struct mmsghdr</c> on 64-bit Linux: a <c>msghdr</c> of 56 bytes and what was sent.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageVector
{
    public void* Name;
    public uint NameLength;
    private readonly uint _padding1;
    public IoVector* Vectors;
    public nuint VectorCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
    private readonly uint _padding2;
    public uint SentBytes;
    private readonly uint _padding3;
}

/// <summary>Calls that Tmds.LibC lacks.</summary>
internal static unsafe partial class NativeCalls
{
    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMany(int socket, MessageVector* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint InterfaceIndex(string name);
}
