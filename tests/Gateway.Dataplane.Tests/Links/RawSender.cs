using Gateway.Dataplane.Interop;
using Gateway.Dataplane.Links;
using Tmds.Linux;

namespace Gateway.Dataplane.Tests.Links;

/// <summary>A plain packet socket: sends any bytes as a frame.</summary>
internal sealed unsafe class RawSender : IDisposable
{
    private readonly int _socket;

    public RawSender(string interfaceName)
    {
        _socket = NativeError.Check(LibC.socket(LibC.AF_PACKET, LibC.SOCK_RAW, 0), "opening a packet socket");
        ReceiveRing.Bind(_socket, NativeCalls.InterfaceIndex(interfaceName), 0, interfaceName);
    }

    public void Send(ReadOnlySpan<byte> frame)
    {
        fixed (byte* bytes = frame)
            NativeError.Check((int)LibC.send(_socket, bytes, (size_t)frame.Length, 0), "sending a frame");
    }

    /// <summary>Has the kernel expect a <c>struct virtio_net_hdr</c> before each frame, by which it makes super-frames.</summary>
    public RawSender WithOffloads()
    {
        var yes = 1;
        NativeError.Check(LibC.setsockopt(_socket, LibC.SOL_PACKET, LibC.PACKET_VNET_HDR, &yes, sizeof(int)), "asking for offloads");
        return this;
    }

    public void Dispose() => _ = LibC.close(_socket);
}
