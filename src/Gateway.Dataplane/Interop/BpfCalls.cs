using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Gateway.Dataplane.Interop;

/// <summary>Numbers of system calls that libc does not wrap. They differ from architecture to architecture.</summary>
internal static class SystemCallNumbers
{
    private const int Unknown = -1;

    /// <summary>bpf(2); -1, which every kernel refuses with ENOSYS, where we do not know it. Our programs read packets as a little-endian
    /// machine does, so only such machines are in the list.</summary>
    public static readonly int Bpf = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 321,
        Architecture.Arm64 => 280,
        _ => Unknown,
    };
}

/// <summary>The part of <c>linux/bpf.h</c> that we use. Checked against the C headers by a test.</summary>
internal static class Bpf
{
    public const int MapCreate = 0;
    public const int MapLookup = 1;
    public const int MapUpdate = 2;
    public const int MapDelete = 3;
    public const int ProgramLoad = 5;
    public const int LinkCreate = 28;

    public const uint HashMap = 1;
    public const uint ArrayMap = 2;
    public const uint PerCpuArrayMap = 6;

    /// <summary>BPF_F_MMAPABLE: user space maps the array's memory.</summary>
    public const uint MemoryMappable = 1 << 10;

    public const uint SocketFilter = 1;
    public const uint TrafficClassifier = 3;

    /// <summary>BPF_TCX_INGRESS (Linux 6.6; absent from older headers).</summary>
    public const uint TcxIngress = 46;

    /// <summary>BPF_F_BEFORE: ahead of every program that is there.</summary>
    public const uint Before = 1 << 3;

    /// <summary>BPF_PSEUDO_MAP_FD: the immediate of a 64-bit load is a map's descriptor.</summary>
    public const byte PseudoMapFd = 1;

    /// <summary>SO_ATTACH_BPF.</summary>
    public const int AttachToSocket = 50;

    /// <summary>Verdicts of a tc program (linux/pkt_cls.h): next program, or on as if there were none; drop.</summary>
    public const int TcNext = -1;
    public const int TcDrop = 2;

    /// <summary>Offset of a field of <c>struct __sk_buff</c>, the packet as a program sees it.</summary>
    public static class Packet
    {
        public const short Length = 0;
        public const short VlanPresent = 20;
        public const short VlanTci = 24;
        public const short VlanProtocol = 28;
        public const short Data = 76;
        public const short DataEnd = 80;
        public const short GsoSegments = 164;
        public const short GsoSize = 176;
    }

    /// <summary>Numbers of the kernel's functions for programs.</summary>
    public static class Function
    {
        public const int MapLookup = 1;
        public const int L4ChecksumReplace = 11;
        public const int VlanPush = 18;
        public const int VlanPop = 19;
        public const int Redirect = 23;
        public const int LoadBytes = 26;
        public const int ChangeTail = 38;
        public const int PullData = 39;

        /// <summary>CLOCK_MONOTONIC_COARSE in nanoseconds (Linux 5.11).</summary>
        public const int CoarseTime = 160;
    }

    /// <summary>BPF_F_PSEUDO_HDR: the change is one of the pseudo header.</summary>
    public const uint PseudoHeader = 1 << 4;

    /// <summary>BPF_F_MARK_MANGLED_0: a UDP checksum of zero is none and stays none.</summary>
    public const uint KeepNoChecksum = 1 << 5;
}

/// <summary><c>struct bpf_insn</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct BpfInstruction(byte Operation, byte Registers, short Offset, int Immediate);

/// <summary>16 characters of a name, the last a zero.</summary>
[InlineArray(16)]
internal struct BpfName
{
    private byte _first;

    public static BpfName From(string name)
    {
        var made = default(BpfName);
        Encoding.ASCII.GetBytes(name.AsSpan(0, Math.Min(name.Length, 15)), made);
        return made;
    }
}

/// <summary><c>union bpf_attr</c> for BPF_MAP_CREATE.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BpfMapAttribute
{
    public uint Type;
    public uint KeyBytes;
    public uint ValueBytes;
    public uint Entries;
    public uint Flags;
    public uint InnerMap;
    public uint NumaNode;
    public BpfName Name;
    public uint InterfaceIndex;
}

/// <summary><c>union bpf_attr</c> for the commands on elements of a map.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BpfElementAttribute
{
    public uint Map;
    private readonly uint _padding;
    public void* Key;
    public void* Value;
    public ulong Flags;
}

/// <summary><c>union bpf_attr</c> for BPF_PROG_LOAD.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BpfProgramAttribute
{
    public uint Type;
    public uint InstructionCount;
    public BpfInstruction* Instructions;
    public byte* License;
    public uint LogLevel;
    public uint LogBytes;
    public byte* Log;
    public uint KernelVersion;
    public uint Flags;
    public BpfName Name;
    public uint InterfaceIndex;
    public uint ExpectedAttachType;
}

/// <summary><c>union bpf_attr</c> for BPF_LINK_CREATE on an interface.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BpfLinkAttribute
{
    public uint Program;
    public uint InterfaceIndex;
    public uint AttachType;
    public uint Flags;
    public uint RelativeTo;
    private readonly uint _padding;
    public ulong ExpectedRevision;
}

/// <summary>bpf(2).</summary>
internal static unsafe partial class BpfCalls
{
    /// <summary>Runs a command. Neither throws nor allocates.</summary>
    /// <returns>A descriptor or 0; negative when it failed, with the reason in <see cref="Marshal.GetLastPInvokeError"/>.</returns>
    public static int Run<T>(int command, ref T attribute)
        where T : unmanaged
    {
        fixed (T* pointer = &attribute)
            return (int)SystemCall(SystemCallNumbers.Bpf, command, pointer, (nuint)sizeof(T));
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint command, void* attribute, nuint length);
}
