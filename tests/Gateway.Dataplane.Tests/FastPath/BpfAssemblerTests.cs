using Gateway.Dataplane.FastPath;
using Gateway.Dataplane.Interop;

namespace Gateway.Dataplane.Tests.FastPath;

/// <summary>Instructions as the kernel's documents write them, and what is said when it refuses a program.</summary>
public sealed class BpfAssemblerTests
{
    [Fact]
    public void Instructions_are_encoded_as_in_the_standard()
    {
        var code = new BpfAssembler();
        var end = code.NewLabel();
        code.Move(BpfRegister.R6, BpfRegister.R1);
        code.Load(BpfWidth.Bits16, BpfRegister.R1, BpfRegister.Stack, -50);
        code.FromNetwork(BpfRegister.R1, 16);
        code.JumpIf(BpfCompare.NotEqual, BpfRegister.R1, 0x800, end);
        code.AtomicAdd(BpfRegister.R8, 128, BpfRegister.R1);
        code.LoadMap(BpfRegister.R1, 9);
        code.Mark(end);
        code.Exit(2);
        Assert.Equal(
            [
                new BpfInstruction(0xBF, 0x16, 0, 0), new BpfInstruction(0x69, 0xA1, -50, 0), new BpfInstruction(0xDC, 0x01, 0, 16),
                new BpfInstruction(0x55, 0x01, 3, 0x800), new BpfInstruction(0xDB, 0x18, 128, 0), new BpfInstruction(0x18, 0x11, 0, 9),
                new BpfInstruction(0, 0, 0, 0), new BpfInstruction(0xB7, 0x00, 0, 2), new BpfInstruction(0x95, 0, 0, 0),
            ], code.ToProgram());
    }

    [Fact]
    public void A_jump_to_nowhere_is_an_error()
    {
        var code = new BpfAssembler();
        code.Jump(code.NewLabel());
        Assert.Throws<InvalidOperationException>(code.ToProgram);
    }

    [Fact]
    public void What_the_verifier_says_reaches_the_reader()
    {
        Need.Root();
        var code = new BpfAssembler();
        code.Move(BpfRegister.R0, BpfRegister.R5);
        code.Exit();
        var error = Assert.Throws<IOException>(() => BpfProgram.Load(Bpf.SocketFilter, "wrong", code.ToProgram()));
        Assert.Contains("loading the program wrong failed", error.Message, StringComparison.Ordinal);
        Assert.Contains("R5 !read_ok", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_of_a_map_are_set_read_and_taken_out()
    {
        Need.Root();
        using var map = BpfMap.Create(Bpf.HashMap, "test", sizeof(uint), sizeof(ulong), 1);
        Assert.True(map.TrySet(5u, 50ul));
        Assert.False(map.TrySet(6u, 60ul), "it is full");
        Assert.True(map.TryGet(5u, out ulong value));
        Assert.Equal(50ul, value);
        Assert.True(map.Remove(5u));
        Assert.False(map.Remove(5u));
        Assert.False(map.TryGet(5u, out value));
    }
}
