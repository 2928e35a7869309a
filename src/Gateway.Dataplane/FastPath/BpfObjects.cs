using System.Runtime.InteropServices;
using System.Text;
using Gateway.Dataplane.Interop;
using Tmds.Linux;

namespace Gateway.Dataplane.FastPath;

/// <summary>A map in the kernel.</summary>
internal sealed unsafe class BpfMap : IDisposable
{
    private readonly void* _memory;
    private readonly nuint _memoryBytes;

    private BpfMap(int descriptor, void* memory, nuint memoryBytes)
    {
        Descriptor = descriptor;
        _memory = memory;
        _memoryBytes = memoryBytes;
    }

    public int Descriptor { get; }

    /// <summary>Makes a map of one of the types in <see cref="Bpf"/>.</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public static BpfMap Create(uint type, string name, int keyBytes, int valueBytes, int entries) =>
        new(Make(type, name, keyBytes, valueBytes, entries, 0), null, 0);

    /// <summary>Makes an array whose memory is ours as well as the kernel's: reading and changing it needs no system call.</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public static BpfMap CreateShared(string name, int valueBytes, int entries)
    {
        var descriptor = Make(Bpf.ArrayMap, name, sizeof(uint), valueBytes, entries, Bpf.MemoryMappable);
        var page = (nuint)Environment.SystemPageSize;
        var length = (((nuint)valueBytes * (nuint)entries) + page - 1) / page * page;
        var memory = LibC.mmap(null, (size_t)length, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, descriptor, (off_t)0);
        if ((nint)memory != -1)
            return new BpfMap(descriptor, memory, length);
        var error = LibC.errno;
        _ = LibC.close(descriptor);
        throw NativeError.Create($"mapping the map {name}", error);
    }

    /// <summary>The shared memory as entries of <typeparamref name="T"/>.</summary>
    public T* Entries<T>()
        where T : unmanaged => (T*)_memory;

    /// <summary>Sets an element, new or not. Neither throws nor allocates.</summary>
    public bool TrySet<TKey, TValue>(TKey key, TValue value)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        var attribute = new BpfElementAttribute { Map = (uint)Descriptor, Key = &key, Value = &value };
        return BpfCalls.Run(Bpf.MapUpdate, ref attribute) == 0;
    }

    /// <summary>Reads an element. Neither throws nor allocates.</summary>
    public bool TryGet<TKey, TValue>(TKey key, out TValue value)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        TValue read;
        var attribute = new BpfElementAttribute { Map = (uint)Descriptor, Key = &key, Value = &read };
        var found = BpfCalls.Run(Bpf.MapLookup, ref attribute) == 0;
        value = found ? read : default;
        return found;
    }

    /// <summary>Takes an element out; false when it was not there. Neither throws nor allocates.</summary>
    public bool Remove<TKey>(TKey key)
        where TKey : unmanaged
    {
        var attribute = new BpfElementAttribute { Map = (uint)Descriptor, Key = &key };
        return BpfCalls.Run(Bpf.MapDelete, ref attribute) == 0;
    }

    public void Dispose()
    {
        if (_memory is not null)
            _ = LibC.munmap(_memory, (size_t)_memoryBytes);
        _ = LibC.close(Descriptor);
    }

    private static int Make(uint type, string name, int keyBytes, int valueBytes, int entries, uint flags)
    {
        var attribute = new BpfMapAttribute
        {
            Type = type,
            KeyBytes = (uint)keyBytes,
            ValueBytes = (uint)valueBytes,
            Entries = (uint)entries,
            Flags = flags,
            Name = BpfName.From(name),
        };
        return BpfErrors.Check(BpfCalls.Run(Bpf.MapCreate, ref attribute), $"making the map {name}");
    }
}

/// <summary>Loads programs.</summary>
internal static unsafe class BpfProgram
{
    /// <summary>Room for what the verifier says; it tells the last thing it looked at last.</summary>
    private const int LogBytes = 1 << 18;

    /// <summary>The last part of that: enough to see the instruction it stumbled over.</summary>
    private const int ToldCharacters = 800;

    /// <summary>Loads a program.</summary>
    /// <returns>Its descriptor, to be closed.</returns>
    /// <exception cref="IOException">The kernel refuses; the message ends with what the verifier said.</exception>
    public static int Load(uint type, string name, BpfInstruction[] program)
    {
        // Only some functions of the kernel ask for the GPL, none that we call.
        var license = "none\0"u8;
        fixed (BpfInstruction* instructions = program)
        fixed (byte* text = license)
        {
            var attribute = new BpfProgramAttribute
            {
                Type = type,
                InstructionCount = (uint)program.Length,
                Instructions = instructions,
                License = text,
                Name = BpfName.From(name),
            };
            var descriptor = BpfCalls.Run(Bpf.ProgramLoad, ref attribute);
            return descriptor >= 0 ? descriptor : throw Refused(name, ref attribute, Marshal.GetLastPInvokeError());
        }
    }

    private static IOException Refused(string name, ref BpfProgramAttribute attribute, int error)
    {
        var log = new byte[LogBytes];
        fixed (byte* memory = log)
        {
            attribute.Log = memory;
            attribute.LogBytes = LogBytes;
            attribute.LogLevel = 1;
            var again = BpfCalls.Run(Bpf.ProgramLoad, ref attribute);
            if (again >= 0)
                _ = LibC.close(again);
        }
        var length = Array.IndexOf(log, (byte)0);
        var said = Encoding.ASCII.GetString(log, 0, length < 0 ? log.Length : length).Trim();
        return BpfErrors.Create($"loading the program {name}", error, said[^Math.Min(said.Length, ToldCharacters)..]);
    }
}

/// <summary>Words for what bpf(2) refuses.</summary>
internal static class BpfErrors
{
    public static int Check(int result, string what) => result >= 0 ? result : throw Create(what, Marshal.GetLastPInvokeError(), "");

    public static IOException Create(string what, int error, string said)
    {
        var advice = error == LibC.EPERM ? "; the process needs CAP_BPF and CAP_NET_ADMIN, and a seccomp filter that lets bpf through"
            : error == LibC.ENOSYS ? "; this kernel or processor has no BPF for us" : "";
        var reason = new System.ComponentModel.Win32Exception(error).Message;
        return new IOException($"{what} failed: {reason} (errno {error}){advice}{(said.Length > 0 ? $"\nthe verifier said: {said}" : "")}");
    }
}
