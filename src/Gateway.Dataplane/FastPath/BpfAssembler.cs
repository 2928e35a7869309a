using Gateway.Dataplane.Interop;

namespace Gateway.Dataplane.FastPath;

/// <summary>Registers of the kernel's virtual machine (Linux, Documentation/bpf/standardization): R0 is the result, R1 to R5 are
/// arguments and lost by a call, R6 to R9 are kept, R10 is the end of the 512-byte stack.</summary>
internal enum BpfRegister : byte
{
    R0,
    R1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
    R8,
    R9,
    Stack,
}

/// <summary>Width of a load or store.</summary>
internal enum BpfWidth : byte
{
    Bits32 = 0x00,
    Bits16 = 0x08,
    Bits8 = 0x10,
    Bits64 = 0x18,
}

internal enum BpfMath : byte
{
    Add = 0x00,
    Subtract = 0x10,
    And = 0x50,
    ShiftLeft = 0x60,
    ShiftRight = 0x70,
    Xor = 0xA0,
    Move = 0xB0,
}

/// <summary>Conditions of a jump; unsigned but for <see cref="SignedGreater"/>.</summary>
internal enum BpfCompare : byte
{
    Equal = 0x10,
    Greater = 0x20,
    GreaterOrEqual = 0x30,
    NotEqual = 0x50,
    SignedGreater = 0x60,
    Less = 0xA0,
    LessOrEqual = 0xB0,
}

/// <summary>A place that jumps lead to.</summary>
internal readonly record struct BpfLabel(int Number);

/// <summary>Writes a program for the kernel, instruction by instruction. Jumps name labels, which may be marked later; only forward jumps
/// are of use, since the verifier wants an end.</summary>
internal sealed class BpfAssembler
{
    private const byte ClassLoad = 0x00;
    private const byte ClassLoadMemory = 0x61;
    private const byte ClassStoreImmediate = 0x62;
    private const byte ClassStore = 0x63;
    private const byte ClassMath32 = 0x04;
    private const byte ClassJump = 0x05;
    private const byte ClassJump32 = 0x06;
    private const byte ClassMath64 = 0x07;
    private const byte FromRegister = 0x08;
    private const byte AtomicDouble = 0xDB;
    private const byte Call64 = 0x85;
    private const byte ExitCode = 0x95;
    private const byte ToBigEndian = 0xDC;

    private readonly List<BpfInstruction> _code = [];
    private readonly List<(int At, BpfLabel To)> _jumps = [];
    private readonly List<int> _labels = [];

    public BpfLabel NewLabel()
    {
        _labels.Add(-1);
        return new BpfLabel(_labels.Count - 1);
    }

    /// <summary>Puts a label before the next instruction.</summary>
    public void Mark(BpfLabel label) => _labels[label.Number] = _code.Count;

    public void Load(BpfWidth width, BpfRegister to, BpfRegister from, int offset) =>
        Add((byte)(ClassLoadMemory | (byte)width), to, from, offset, 0);

    public void Store(BpfWidth width, BpfRegister to, int offset, BpfRegister from) =>
        Add((byte)(ClassStore | (byte)width), to, from, offset, 0);

    public void StoreImmediate(BpfWidth width, BpfRegister to, int offset, int value) =>
        Add((byte)(ClassStoreImmediate | (byte)width), to, BpfRegister.R0, offset, value);

    /// <summary>Adds a register to 64 bits of memory, atomically.</summary>
    public void AtomicAdd(BpfRegister to, int offset, BpfRegister from) => Add(AtomicDouble, to, from, offset, 0);

    public void Math(BpfMath operation, BpfRegister to, int value) => Add((byte)(ClassMath64 | (byte)operation), to, BpfRegister.R0, 0, value);

    public void Math(BpfMath operation, BpfRegister to, BpfRegister from) =>
        Add((byte)(ClassMath64 | FromRegister | (byte)operation), to, from, 0, 0);

    /// <summary>The same on the lower 32 bits; the upper ones become zero.</summary>
    public void Math32(BpfMath operation, BpfRegister to, BpfRegister from) =>
        Add((byte)(ClassMath32 | FromRegister | (byte)operation), to, from, 0, 0);

    public void Move(BpfRegister to, int value) => Math(BpfMath.Move, to, value);

    public void Move(BpfRegister to, BpfRegister from) => Math(BpfMath.Move, to, from);

    /// <summary>Turns the lowest 16 or 32 bits from network order to the machine's; the others become zero.</summary>
    public void FromNetwork(BpfRegister register, int bits) => Add(ToBigEndian, register, BpfRegister.R0, 0, bits);

    public void JumpIf(BpfCompare compare, BpfRegister left, int right, BpfLabel to) =>
        Jump((byte)(ClassJump | (byte)compare), left, BpfRegister.R0, right, to);

    public void JumpIf(BpfCompare compare, BpfRegister left, BpfRegister right, BpfLabel to) =>
        Jump((byte)(ClassJump | FromRegister | (byte)compare), left, right, 0, to);

    /// <summary>Compares the lower 32 bits only.</summary>
    public void JumpIf32(BpfCompare compare, BpfRegister left, int right, BpfLabel to) =>
        Jump((byte)(ClassJump32 | (byte)compare), left, BpfRegister.R0, right, to);

    public void Jump(BpfLabel to) => Jump(ClassJump, BpfRegister.R0, BpfRegister.R0, 0, to);

    public void Call(int helper) => Add(Call64, BpfRegister.R0, BpfRegister.R0, 0, helper);

    public void LoadMap(BpfRegister to, int descriptor)
    {
        Add((byte)(ClassLoad | (byte)BpfWidth.Bits64), to, (BpfRegister)Bpf.PseudoMapFd, 0, descriptor);
        Add(0, BpfRegister.R0, BpfRegister.R0, 0, 0);
    }

    /// <summary>Ends the program with a result.</summary>
    public void Exit(int result)
    {
        Move(BpfRegister.R0, result);
        Exit();
    }

    public void Exit() => Add(ExitCode, BpfRegister.R0, BpfRegister.R0, 0, 0);

    /// <summary>The finished program.</summary>
    /// <exception cref="InvalidOperationException">A jump leads to a label that was never marked.</exception>
    public BpfInstruction[] ToProgram()
    {
        var program = _code.ToArray();
        foreach (var (at, to) in _jumps)
        {
            var target = _labels[to.Number];
            if (target < 0)
                throw new InvalidOperationException($"instruction {at} jumps to a label that is nowhere");
            program[at] = program[at] with { Offset = checked((short)(target - at - 1)) };
        }
        return program;
    }

    private void Jump(byte operation, BpfRegister left, BpfRegister right, int value, BpfLabel to)
    {
        _jumps.Add((_code.Count, to));
        Add(operation, left, right, 0, value);
    }

    private void Add(byte operation, BpfRegister to, BpfRegister from, int offset, int value) =>
        _code.Add(new BpfInstruction(operation, (byte)((byte)to | ((byte)from << 4)), checked((short)offset), value));
}
