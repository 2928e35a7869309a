using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gateway.Dataplane.Interop;
using Gateway.Dataplane.Wire;
using Tmds.Linux;

namespace Gateway.Dataplane.Links;

/// <summary>One frame in the ring: valid until it is released.</summary>
internal readonly ref struct RingFrame(Span<byte> bytes, uint lengthBytes, uint status, ushort vlanTci, ushort vlanProtocol)
{
    private readonly Span<byte> _bytes = bytes;

    /// <summary>What the ring holds of the frame, from its destination address on.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>True when the frame was longer than the ring's frame.</summary>
    public bool IsCut => lengthBytes != (uint)_bytes.Length;

    /// <summary>True when the frame carried an 802.1Q tag; the kernel has taken it out of <see cref="Bytes"/>.</summary>
    public bool IsTagged => (status & PacketSocket.StatusVlanValid) != 0;

    /// <summary>VLAN of a customer tag, 0 to 4095; -1 when the frame bore no tag, or one of another kind.</summary>
    public int Vlan => IsTagged && VlanProtocol == VlanTag.Protocol ? vlanTci & VlanTag.IdMask : -1;

    /// <summary>Tag protocol; where the kernel does not tell it, it is the usual one.</summary>
    private ushort VlanProtocol => (status & PacketSocket.StatusVlanProtocolValid) != 0 ? vlanProtocol : VlanTag.Protocol;

    /// <summary>True for a packet of this machine whose transport checksum is still to be completed.</summary>
    public bool HasPartialChecksum => (status & PacketSocket.StatusChecksumPartial) != 0;

    /// <summary>Completes that checksum in the ring's own memory, as a network card would have done.</summary>
    public void CompleteChecksum()
    {
        if (_bytes.Length > EthernetView.HeaderBytes)
            InternetChecksum.TryComplete(_bytes[EthernetView.HeaderBytes..]);
    }
}

/// <summary>Receives from one interface through a memory-mapped TPACKET_V2 ring (Linux, Documentation/networking/packet_mmap.rst).
/// Used by the packet loop's thread alone, after <see cref="Open"/>.</summary>
internal sealed unsafe class ReceiveRing : IDisposable
{
    private readonly byte* _memory;
    private readonly int _lengthBytes;
    private readonly int _frameCount;
    private int _next;

    private ReceiveRing(int socket, byte* memory, int lengthBytes)
    {
        Socket = socket;
        _memory = memory;
        _lengthBytes = lengthBytes;
        _frameCount = lengthBytes / LinkLimits.RingFrameBytes;
    }

    /// <summary>Descriptor to poll.</summary>
    public int Socket { get; }

    /// <summary>Frames the kernel dropped because the ring was full, since open. Read by <see cref="ReadLosses"/>.</summary>
    public ulong Losses { get; private set; }

    /// <summary>Opens the ring, promiscuous, without copies of what this machine sends.</summary>
    /// <param name="interfaceName">Kernel interface.</param>
    /// <param name="blocks">Blocks of <see cref="LinkLimits.RingBlockBytes"/>.</param>
    /// <exception cref="IOException">The interface is missing, a right is missing, or memory is.</exception>
    public static ReceiveRing Open(string interfaceName, int blocks)
    {
        var index = NativeCalls.InterfaceIndex(interfaceName);
        if (index == 0)
            throw new IOException($"there is no interface {interfaceName}");
        // Protocol 0: nothing arrives before ring and membership stand.
        var socket = NativeError.Check(
            LibC.socket(LibC.AF_PACKET, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, 0), $"opening a packet socket on {interfaceName}");
        try
        {
            Set(socket, LibC.PACKET_VERSION, PacketSocket.Version2, interfaceName);
            Set(socket, LibC.PACKET_IGNORE_OUTGOING, 1, interfaceName);
            var request = new TPacketRequest
            {
                BlockSize = LinkLimits.RingBlockBytes,
                BlockCount = (uint)blocks,
                FrameSize = LinkLimits.RingFrameBytes,
                FrameCount = (uint)(blocks * (LinkLimits.RingBlockBytes / LinkLimits.RingFrameBytes)),
            };
            NativeError.Check(
                LibC.setsockopt(socket, LibC.SOL_PACKET, LibC.PACKET_RX_RING, &request, (socklen_t)sizeof(TPacketRequest)),
                $"making a receive ring on {interfaceName}");
            var length = blocks * LinkLimits.RingBlockBytes;
            var memory = LibC.mmap(null, (size_t)length, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, socket, (off_t)0);
            if ((nint)memory == -1)
                throw NativeError.Create($"mapping the receive ring of {interfaceName}", LibC.errno);
            Join(socket, index, interfaceName);
            Bind(socket, index, PacketSocket.AllProtocols, interfaceName);
            return new ReceiveRing(socket, (byte*)memory, length);
        }
        catch
        {
            _ = LibC.close(socket);
            throw;
        }
    }

    /// <summary>Takes the next frame; false when there is none. Give it back by <see cref="Release"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryNext(out RingFrame frame)
    {
        var start = _memory + ((long)_next * LinkLimits.RingFrameBytes);
        var header = (TPacket2Header*)start;
        var status = Volatile.Read(ref header->Status);
        if ((status & PacketSocket.StatusUser) == 0)
        {
            frame = default;
            return false;
        }
        frame = new RingFrame(
            new Span<byte>(start + header->MacOffset, (int)header->CapturedBytes), header->LengthBytes, status, header->VlanTci, header->VlanTpid);
        return true;
    }

    /// <summary>Gives the frame that <see cref="TryNext"/> showed back to the kernel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release()
    {
        var header = (TPacket2Header*)(_memory + ((long)_next * LinkLimits.RingFrameBytes));
        Volatile.Write(ref header->Status, PacketSocket.StatusKernel);
        _next = _next + 1 == _frameCount ? 0 : _next + 1;
    }

    /// <summary>Adds the kernel's count of lost frames to <see cref="Losses"/>.</summary>
    public void ReadLosses()
    {
        TPacketStatistics statistics;
        var length = (socklen_t)sizeof(TPacketStatistics);
        if (LibC.getsockopt(Socket, LibC.SOL_PACKET, LibC.PACKET_STATISTICS, &statistics, &length) == 0)
            Losses += statistics.Drops;
    }

    public void Dispose()
    {
        _ = LibC.munmap(_memory, (size_t)_lengthBytes);
        _ = LibC.close(Socket);
    }

    internal static void Bind(int socket, uint interfaceIndex, ushort protocol, string interfaceName)
    {
        var address = new sockaddr_ll
        {
            sll_family = (ushort)LibC.AF_PACKET,
            sll_protocol = LibC.htons(protocol),
            sll_ifindex = (int)interfaceIndex,
        };
        NativeError.Check(
            LibC.bind(socket, (sockaddr*)&address, (socklen_t)sizeof(sockaddr_ll)), $"binding a packet socket to {interfaceName}");
    }

    private static void Join(int socket, uint interfaceIndex, string interfaceName)
    {
        // By membership, not by interface flag: it ends with the socket.
        var membership = new packet_mreq { mr_ifindex = (int)interfaceIndex, mr_type = (ushort)LibC.PACKET_MR_PROMISC };
        NativeError.Check(
            LibC.setsockopt(socket, LibC.SOL_PACKET, LibC.PACKET_ADD_MEMBERSHIP, &membership, (socklen_t)Marshal.SizeOf<packet_mreq>()),
            $"listening to every address on {interfaceName}");
    }

    private static void Set(int socket, int option, int value, string interfaceName) => NativeError.Check(
        LibC.setsockopt(socket, LibC.SOL_PACKET, option, &value, (socklen_t)sizeof(int)), $"setting packet option {option} on {interfaceName}");
}
