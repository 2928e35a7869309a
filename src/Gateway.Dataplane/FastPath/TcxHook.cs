using System.Runtime.InteropServices;
using Gateway.Dataplane.Interop;
using Tmds.Linux;

namespace Gateway.Dataplane.FastPath;

/// <summary>A program at an interface's tc ingress by TCX (Linux 6.6): held by a descriptor, gone with the process.</summary>
internal sealed class TcxHook : IDisposable
{
    /// <summary>No interface has this number.</summary>
    private const uint NoInterface = int.MaxValue;

    private readonly int _link;

    private TcxHook(int link) => _link = link;

    /// <summary>Puts a program before all that are there.</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public static TcxHook Attach(int interfaceIndex, int program) =>
        new(BpfErrors.Check(Create((uint)interfaceIndex, program), "putting the forwarding program on an interface by TCX"));

    /// <summary>Whether this kernel has TCX: asked for an interface that is not there, one that has it misses the interface, one that has
    /// not does not know the way of attaching.</summary>
    /// <param name="program">Any loaded tc program.</param>
    public static bool IsKnown(int program) => Create(NoInterface, program) < 0 && Marshal.GetLastPInvokeError() == LibC.ENODEV;

    public void Dispose() => _ = LibC.close(_link);

    private static int Create(uint interfaceIndex, int program)
    {
        var attribute = new BpfLinkAttribute
        {
            Program = (uint)program,
            InterfaceIndex = interfaceIndex,
            AttachType = Bpf.TcxIngress,
            Flags = Bpf.Before,
        };
        return BpfCalls.Run(Bpf.LinkCreate, ref attribute);
    }
}
