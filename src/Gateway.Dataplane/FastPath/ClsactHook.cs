using System.Buffers.Binary;
using System.Text;
using Gateway.Dataplane.Interop;
using Tmds.Linux;

namespace Gateway.Dataplane.FastPath;

/// <summary>A program at an interface's tc ingress by a clsact queueing discipline and a cls_bpf filter (rtnetlink(7), tc-bpf(8)), for
/// kernels before 6.6. The filter belongs to the interface and outlives a killed process; it then forwards nothing, since the socket that
/// decides is gone. Fixed priority and handle, so that a new process takes the old one's place instead of standing behind it.</summary>
internal sealed unsafe class ClsactHook : IDisposable
{
    private const int RouteFamily = 0;
    private const ushort NewDiscipline = 36;
    private const ushort DeleteDiscipline = 37;
    private const ushort NewFilter = 44;
    private const ushort DeleteFilter = 45;
    private const ushort Request = 0x1;
    private const ushort Acknowledge = 0x4;
    private const ushort Replace = 0x100;
    private const ushort Exclusive = 0x200;
    private const ushort Create = 0x400;
    private const int HeaderBytes = 16;
    private const int MessageBytes = HeaderBytes + 20;
    private const uint ClsactHandle = 0xFFFF_0000;
    private const uint ClsactParent = 0xFFFF_FFF1;
    private const uint IngressParent = 0xFFFF_FFF2;

    /// <summary>Priority 1, all protocols (ETH_P_ALL in network order).</summary>
    private const uint FilterInfo = (1 << 16) | 0x0300;
    private const uint FilterHandle = 1;
    private const ushort Kind = 1;
    private const ushort Options = 2;
    private const ushort BpfDescriptor = 6;
    private const ushort BpfName = 7;
    private const ushort BpfFlags = 8;
    private const uint DirectAction = 1;

    private readonly int _interface;
    private readonly bool _madeDiscipline;

    private ClsactHook(int interfaceIndex, bool madeDiscipline)
    {
        _interface = interfaceIndex;
        _madeDiscipline = madeDiscipline;
    }

    /// <summary>Puts a program on, in the place of one that an earlier process left.</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public static ClsactHook Attach(int interfaceIndex, int program)
    {
        var message = new Message(NewDiscipline, Create | Exclusive, interfaceIndex, ClsactHandle, ClsactParent, 0);
        message.Text(Kind, "clsact");
        var made = message.Send();
        if (made != 0 && made != LibC.EEXIST)
            throw NativeError.Create("adding the clsact queueing discipline", made);
        var filter = new Message(NewFilter, Create | Replace, interfaceIndex, FilterHandle, IngressParent, FilterInfo);
        filter.Text(Kind, "bpf");
        var options = filter.Begin(Options);
        filter.Number(BpfDescriptor, (uint)program);
        filter.Text(BpfName, "gw_forward");
        filter.Number(BpfFlags, DirectAction);
        filter.End(options);
        var error = filter.Send();
        var hook = new ClsactHook(interfaceIndex, made == 0);
        if (error == 0)
            return hook;
        hook.Dispose();
        throw NativeError.Create("putting the forwarding program on an interface by cls_bpf", error);
    }

    public void Dispose()
    {
        var filter = new Message(DeleteFilter, 0, _interface, FilterHandle, IngressParent, FilterInfo);
        filter.Text(Kind, "bpf");
        filter.Send();
        if (!_madeDiscipline)
            return;
        var discipline = new Message(DeleteDiscipline, 0, _interface, ClsactHandle, ClsactParent, 0);
        discipline.Text(Kind, "clsact");
        discipline.Send();
    }

    /// <summary>A request to the kernel's traffic control.</summary>
    private sealed class Message
    {
        private readonly byte[] _bytes = new byte[256];
        private int _length = MessageBytes;

        public Message(ushort type, int flags, int interfaceIndex, uint handle, uint parent, uint info)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(4), type);
            BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(6), (ushort)(Request | Acknowledge | flags));
            BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(HeaderBytes + 4), interfaceIndex);
            BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(HeaderBytes + 8), handle);
            BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(HeaderBytes + 12), parent);
            BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(HeaderBytes + 16), info);
        }

        public void Number(ushort type, uint value)
        {
            var at = Begin(type);
            BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(_length), value);
            _length += sizeof(uint);
            End(at);
        }

        public void Text(ushort type, string value)
        {
            var at = Begin(type);
            _length += Encoding.ASCII.GetBytes(value, _bytes.AsSpan(_length)) + 1;
            End(at);
        }

        public int Begin(ushort type)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(_length + 2), type);
            _length += 4;
            return _length - 4;
        }

        public void End(int at)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(at), (ushort)(_length - at));
            _length = (_length + 3) & ~3;
        }

        /// <summary>Sends it and waits for the kernel's word.</summary>
        /// <returns>0, or an error number.</returns>
        public int Send()
        {
            BinaryPrimitives.WriteInt32LittleEndian(_bytes, _length);
            var socket = NativeError.Check(
                LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, RouteFamily), "opening a socket for traffic control");
            try
            {
                var answer = new byte[1_024];
                fixed (byte* request = _bytes)
                fixed (byte* buffer = answer)
                {
                    NativeError.Check((int)LibC.send(socket, request, (size_t)_length, 0), "asking traffic control");
                    var length = NativeError.Check((int)LibC.recv(socket, buffer, (size_t)answer.Length, 0), "hearing traffic control");
                    return length < HeaderBytes + sizeof(int) ? LibC.EPROTO : -BinaryPrimitives.ReadInt32LittleEndian(answer.AsSpan(HeaderBytes));
                }
            }
            finally
            {
                _ = LibC.close(socket);
            }
        }
    }
}
