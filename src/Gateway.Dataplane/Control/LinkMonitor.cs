using System.Buffers.Binary;
using System.Text;
using Gateway.Core.Net;
using Gateway.Dataplane.Interop;
using Tmds.Linux;

namespace Gateway.Dataplane.Control;

/// <summary>What the kernel says of an interface.</summary>
/// <param name="Name">Interface name.</param>
/// <param name="Index">Its number; 0 when it is gone.</param>
/// <param name="Up">Administratively up and with carrier.</param>
/// <param name="Mac">Hardware address.</param>
/// <param name="MtuBytes">Largest packet, in bytes; 0 where the message does not say.</param>
internal sealed record InterfaceState(string Name, int Index, bool Up, MacAddress Mac, int MtuBytes);

/// <summary>Listens to the kernel's link messages (rtnetlink(7), RTNLGRP_LINK): carrier, hardware address, interfaces that come and go.</summary>
internal sealed unsafe class LinkMonitor : IDisposable
{
    private const int RouteFamily = 0;
    private const uint LinkGroup = 1;
    private const ushort NewLink = 16;
    private const ushort DeleteLink = 17;
    private const ushort GetLink = 18;
    private const ushort RequestDump = 0x301;
    private const int HeaderBytes = 16;
    private const int LinkHeaderBytes = 16;
    private const ushort AttributeAddress = 1;
    private const ushort AttributeName = 3;
    private const ushort AttributeMtu = 4;
    private const uint FlagUp = 0x1;
    private const uint FlagLowerUp = 0x1_0000;

    private readonly int _socket;
    private readonly byte[] _buffer = new byte[65_536];
    private volatile bool _stopped;

    /// <exception cref="IOException">The kernel refuses.</exception>
    public LinkMonitor()
    {
        _socket = NativeError.Check(
            LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, RouteFamily), "opening a socket for link messages");
        var address = stackalloc byte[12];
        new Span<byte>(address, 12).Clear();
        *(ushort*)address = (ushort)LibC.AF_NETLINK;
        *(uint*)(address + 8) = LinkGroup;
        NativeError.Check(LibC.bind(_socket, (sockaddr*)address, 12), "listening to link messages");
        // struct timeval on 64-bit Linux: so that Dispose is noticed.
        var timeout = stackalloc long[2] { 1, 0 };
        NativeError.Check(
            LibC.setsockopt(_socket, LibC.SOL_SOCKET, LibC.SO_RCVTIMEO, timeout, 2 * sizeof(long)), "setting a time limit on link messages");
    }

    /// <summary>Tells the state of every interface, then every change, until disposed. Blocks.</summary>
    public void Run(Action<InterfaceState> changed)
    {
        AskForAll();
        while (!_stopped)
        {
            int length;
            fixed (byte* buffer = _buffer)
                length = (int)LibC.recv(_socket, buffer, (size_t)_buffer.Length, 0);
            if (length > 0)
                Read(_buffer.AsSpan(0, length), changed);
            else if (length < 0 && LibC.errno == LibC.ENOBUFS)
                AskForAll();
        }
        _ = LibC.close(_socket);
    }

    public void Dispose() => _stopped = true;

    /// <summary>Reads a batch of messages. Separate from the socket, so that tests can feed bytes.</summary>
    internal static void Read(ReadOnlySpan<byte> bytes, Action<InterfaceState> changed)
    {
        while (bytes.Length >= HeaderBytes)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            var type = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
            if (length < HeaderBytes || length > bytes.Length)
                return;
            if (type is NewLink or DeleteLink && length >= HeaderBytes + LinkHeaderBytes)
                ReadLink(bytes[HeaderBytes..length], type == DeleteLink, changed);
            bytes = bytes[Math.Min(bytes.Length, (length + 3) & ~3)..];
        }
    }

    private static void ReadLink(ReadOnlySpan<byte> message, bool gone, Action<InterfaceState> changed)
    {
        var index = BinaryPrimitives.ReadInt32LittleEndian(message[4..]);
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(message[8..]);
        // The kernel numbers from 1; anything else is no interface that could be used.
        gone |= index <= 0;
        var name = "";
        var mac = MacAddress.Zero;
        var mtu = 0;
        for (var rest = message[LinkHeaderBytes..]; rest.Length >= 4;)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            if (length < 4 || length > rest.Length)
                break;
            var value = rest[4..length];
            switch (BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]))
            {
                case AttributeName:
                    name = Encoding.UTF8.GetString(value.TrimEnd((byte)0));
                    break;
                case AttributeMtu when value.Length == sizeof(uint):
                    mtu = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(value), int.MaxValue);
                    break;
                case AttributeAddress when value.Length == MacAddress.LengthBytes:
                    mac = MacAddress.Read(value);
                    break;
            }
            rest = rest[Math.Min(rest.Length, (length + 3) & ~3)..];
        }
        if (name.Length > 0)
            changed(new InterfaceState(name, gone ? 0 : index, !gone && (flags & FlagUp) != 0 && (flags & FlagLowerUp) != 0, mac, mtu));
    }

    private void AskForAll()
    {
        const int Length = HeaderBytes + LinkHeaderBytes;
        var request = stackalloc byte[Length];
        new Span<byte>(request, Length).Clear();
        *(int*)request = Length;
        *(ushort*)(request + 4) = GetLink;
        *(ushort*)(request + 6) = RequestDump;
        NativeError.Check((int)LibC.send(_socket, request, Length, 0), "asking for the state of links");
    }
}
