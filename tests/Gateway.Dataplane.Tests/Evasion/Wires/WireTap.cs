using Gateway.Dataplane.Interop;
using Gateway.Dataplane.Links;
using Tmds.Linux;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>A packet socket at a station's end of a link: sends any bytes, and sees every frame that arrives there.</summary>
internal sealed unsafe class WireTap : IDisposable
{
    private readonly int _socket;
    private readonly byte[] _buffer = new byte[16_384];

    /// <summary>Opened in the namespace of the calling thread.</summary>
    public WireTap(string interfaceName)
    {
        _socket = NativeError.Check(LibC.socket(LibC.AF_PACKET, LibC.SOCK_RAW, 0), "opening a packet socket");
        Set(LibC.SOL_PACKET, LibC.PACKET_IGNORE_OUTGOING, 1);
        Set(LibC.SOL_SOCKET, LibC.SO_RCVBUF, 4 << 20);
        ReceiveRing.Bind(_socket, NativeCalls.InterfaceIndex(interfaceName), PacketSocket.AllProtocols, interfaceName);
    }

    public void Send(ReadOnlySpan<byte> frame)
    {
        fixed (byte* bytes = frame)
            NativeError.Check((int)LibC.send(_socket, bytes, (size_t)frame.Length, 0), $"sending a frame of {frame.Length} bytes");
    }

    /// <summary>The next frame that has arrived; null when there is none.</summary>
    public byte[]? TryReceive()
    {
        fixed (byte* bytes = _buffer)
        {
            var length = (int)LibC.recv(_socket, bytes, (size_t)_buffer.Length, LibC.MSG_DONTWAIT);
            return length < 0 ? null : _buffer[..length];
        }
    }

    public void Dispose() => _ = LibC.close(_socket);

    private void Set(int level, int option, int value) =>
        NativeError.Check(LibC.setsockopt(_socket, level, option, &value, (socklen_t)sizeof(int)), $"setting option {option}");
}
