using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gateway.Dataplane.Interop;
using Tmds.Linux;

namespace Gateway.Dataplane.Links;

/// <summary>Frames that wait to leave one interface, sent together by <c>sendmmsg</c>. A full queue below us means loss, as on a wire;
/// it is counted and never waited for.</summary>
internal sealed unsafe class TransmitBatch : IDisposable
{
    private readonly int _socket;
    private readonly byte* _memory;
    private readonly MessageVector* _messages;
    private readonly IoVector* _vectors;
    private int _count;

    private TransmitBatch(int socket)
    {
        _socket = socket;
        const int Count = LinkLimits.SendBatchFrames;
        _memory = (byte*)NativeMemory.AlignedAlloc(Count * LinkLimits.RingFrameBytes, 64);
        _messages = (MessageVector*)NativeMemory.AllocZeroed(Count, (nuint)sizeof(MessageVector));
        _vectors = (IoVector*)NativeMemory.AllocZeroed(Count, (nuint)sizeof(IoVector));
        for (var i = 0; i < Count; i++)
        {
            _messages[i].Vectors = _vectors + i;
            _messages[i].VectorCount = 1;
        }
    }

    /// <summary>Frames handed to the kernel.</summary>
    public ulong Sent { get; private set; }

    /// <summary>Frames the kernel did not take.</summary>
    public ulong Failed { get; private set; }

    /// <exception cref="IOException">The interface or a right is missing.</exception>
    public static TransmitBatch Open(string interfaceName)
    {
        var index = NativeCalls.InterfaceIndex(interfaceName);
        if (index == 0)
            throw new IOException($"there is no interface {interfaceName}");
        var socket = NativeError.Check(
            LibC.socket(LibC.AF_PACKET, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, 0), $"opening a send socket on {interfaceName}");
        try
        {
            var yes = 1;
            NativeError.Check(
                LibC.setsockopt(socket, LibC.SOL_PACKET, LibC.PACKET_QDISC_BYPASS, &yes, sizeof(int)),
                $"bypassing the queueing discipline of {interfaceName}");
            var bytes = LinkLimits.SendBufferBytes;
            // Without CAP_NET_ADMIN the system's own limit stays, which is smaller but works.
            _ = LibC.setsockopt(socket, LibC.SOL_SOCKET, LibC.SO_SNDBUFFORCE, &bytes, sizeof(int));
            ReceiveRing.Bind(socket, index, protocol: 0, interfaceName);
            return new TransmitBatch(socket);
        }
        catch
        {
            _ = LibC.close(socket);
            throw;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Reserve()
    {
        if (_count == LinkLimits.SendBatchFrames)
            Flush();
        return new Span<byte>(Frame(_count), LinkLimits.MaxFrameBytes);
    }

    /// <param name="lengthBytes">Bytes written, without a tag.</param>
    /// <param name="vlan">VLAN to tag the frame with; 0 for none.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Commit(int lengthBytes, ushort vlan)
    {
        var frame = Frame(_count);
        if (vlan != 0)
        {
            frame = VlanTag.Insert(frame, vlan);
            lengthBytes += VlanTag.LengthBytes;
        }
        _vectors[_count].Base = frame;
        _vectors[_count++].Length = (nuint)lengthBytes;
    }

    /// <summary>Sends what waits. Never blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Flush()
    {
        var done = 0;
        while (done < _count)
        {
            var sent = NativeCalls.SendMany(_socket, _messages + done, (uint)(_count - done), LibC.MSG_DONTWAIT);
            if (sent <= 0)
            {
                // One frame the kernel refuses (queue full, interface down) is lost; the rest is tried.
                Failed++;
                done++;
                continue;
            }
            done += sent;
            Sent += (ulong)sent;
        }
        _count = 0;
    }

    /// <summary>Where a frame is written: room for a tag before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Frame(int index) => _memory + (index * LinkLimits.RingFrameBytes) + VlanTag.LengthBytes;

    public void Dispose()
    {
        _ = LibC.close(_socket);
        NativeMemory.AlignedFree(_memory);
        NativeMemory.Free(_messages);
        NativeMemory.Free(_vectors);
    }
}
