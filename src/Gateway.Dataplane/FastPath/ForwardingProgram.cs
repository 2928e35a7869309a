using Gateway.Dataplane.Interop;
using Gateway.Dataplane.Wire;
using static Gateway.Dataplane.FastPath.BpfCompare;
using static Gateway.Dataplane.FastPath.BpfRegister;
using static Gateway.Dataplane.FastPath.BpfWidth;

namespace Gateway.Dataplane.FastPath;

/// <summary>The program that forwards, at a link's tc ingress: carries out what <see cref="DecidingProgram"/> decided on the same frame a
/// moment ago. It writes new headers from the direction's template, so that nothing of the old ones leaves, adjusts the transport
/// checksum (RFC 1624), cuts what follows the packet, counts, and hands the frame to the other link. Packet pointers are never
/// subtracted: that would ask for CAP_PERFMON.</summary>
internal static class ForwardingProgram
{
    private const int Index = -4;

    /// <summary>Writes the program.</summary>
    /// <param name="maps">Maps it uses.</param>
    /// <param name="sharedWithHost">Whether the host's own stack lives on the link too: then what we do not forward goes on to it.
    /// Elsewhere it ends here; the ring has its copy.</param>
    public static BpfInstruction[] Build(FastPathMaps maps, bool sharedWithHost)
    {
        var code = new BpfAssembler();
        var miss = code.NewLabel();
        var drop = code.NewLabel();
        TakeVerdict(code, maps, miss);
        FindDirection(code, maps, drop);
        CutTail(code, drop);
        ChangeTag(code, drop);
        WriteHeaders(code, drop);
        FixChecksum(code);
        CountAndSend(code);
        code.Mark(miss);
        code.Exit(sharedWithHost ? Bpf.TcNext : Bpf.TcDrop);
        code.Mark(drop);
        code.Exit(Bpf.TcDrop);
        return code.ToProgram();
    }

    /// <summary>R6: the packet. R7: the slot. A verdict is used once.</summary>
    private static void TakeVerdict(BpfAssembler code, FastPathMaps maps, BpfLabel miss)
    {
        code.Move(R6, R1);
        code.StoreImmediate(Bits32, Stack, Index, 0);
        DecidingProgram.Lookup(code, maps.Handover, Index);
        code.JumpIf(Equal, R0, 0, miss);
        code.Move(R7, R0);
        code.Load(Bits32, R1, R7, Slot(nameof(Handover.Direction)));
        code.StoreImmediate(Bits32, R7, Slot(nameof(Handover.Direction)), 0);
        code.JumpIf(Equal, R1, 0, miss);
        code.Math(BpfMath.Subtract, R1, 1);
        code.Store(Bits32, Stack, Index, R1);
    }

    /// <summary>R8: the direction's state.</summary>
    private static void FindDirection(BpfAssembler code, FastPathMaps maps, BpfLabel drop)
    {
        DecidingProgram.Lookup(code, maps.Directions, Index);
        code.JumpIf(Equal, R0, 0, drop);
        code.Move(R8, R0);
    }

    private static void CutTail(BpfAssembler code, BpfLabel drop)
    {
        var right = code.NewLabel();
        code.Load(Bits32, R2, R7, Slot(nameof(Handover.FrameBytes)));
        code.Load(Bits32, R1, R6, Bpf.Packet.Length);
        code.JumpIf(Equal, R1, R2, right);
        code.JumpIf(Less, R1, R2, drop);
        code.Move(R1, R6);
        code.Move(R3, 0);
        code.Call(Bpf.Function.ChangeTail);
        code.JumpIf(NotEqual, R0, 0, drop);
        code.Mark(right);
    }

    private static void ChangeTag(BpfAssembler code, BpfLabel drop)
    {
        var untagged = code.NewLabel();
        var done = code.NewLabel();
        code.Load(Bits32, R1, R6, Bpf.Packet.VlanPresent);
        code.JumpIf(Equal, R1, 0, untagged);
        code.Move(R1, R6);
        code.Call(Bpf.Function.VlanPop);
        code.JumpIf(NotEqual, R0, 0, drop);
        code.Mark(untagged);
        code.Load(Bits16, R3, R8, State(nameof(DirectionState.PushTag)));
        code.JumpIf(Equal, R3, 0, done);
        code.Move(R1, R6);
        code.Move(R2, 0x0081);
        code.Call(Bpf.Function.VlanPush);
        code.JumpIf(NotEqual, R0, 0, drop);
        code.Mark(done);
    }

    private static void WriteHeaders(BpfAssembler code, BpfLabel drop)
    {
        ReachHeaders(code, drop);
        // The packet in hand is of the flow that was decided on.
        foreach (var (field, offset) in new[] { (nameof(DirectionState.Source), 26), (nameof(DirectionState.Destination), 30), (nameof(DirectionState.Ports), 34) })
        {
            code.Load(Bits32, R3, R2, offset);
            code.Load(Bits32, R4, R8, State(field));
            code.JumpIf(NotEqual, R3, R4, drop);
        }
        code.Load(Bits16, R5, R2, EthernetView.HeaderBytes + 2);
        var template = State(nameof(DirectionState.Template));
        foreach (var (width, offset) in new[] { (Bits64, 0), (Bits64, 8), (Bits64, 16), (Bits64, 24), (Bits32, 32), (Bits16, 36) })
        {
            code.Load(width, R1, R8, template + offset);
            code.Store(width, R2, offset, R1);
        }
        code.Store(Bits16, R2, EthernetView.HeaderBytes + 2, R5);
        code.Load(Bits32, R1, R8, State(nameof(DirectionState.HeaderSum)));
        code.Math(BpfMath.Add, R1, R5);
        DecidingProgram.Fold(code, R1, R3);
        code.Math(BpfMath.Xor, R1, 0xFFFF);
        code.Store(Bits16, R2, EthernetView.HeaderBytes + 10, R1);
    }

    /// <summary>R2: the frame, of which the headers can be reached; they are pulled together where a driver left them apart.</summary>
    private static void ReachHeaders(BpfAssembler code, BpfLabel drop)
    {
        var reached = code.NewLabel();
        LoadRange(code);
        code.JumpIf(LessOrEqual, R1, R3, reached);
        code.Move(R1, R6);
        code.Move(R2, FrameTemplate.LengthBytes);
        code.Call(Bpf.Function.PullData);
        LoadRange(code);
        code.JumpIf(Greater, R1, R3, drop);
        code.Mark(reached);
    }

    private static void LoadRange(BpfAssembler code)
    {
        code.Load(Bits32, R2, R6, Bpf.Packet.Data);
        code.Load(Bits32, R3, R6, Bpf.Packet.DataEnd);
        code.Move(R1, R2);
        code.Math(BpfMath.Add, R1, FrameTemplate.LengthBytes);
    }

    /// <summary>The kernel's function knows what the card has summed and what it is still to sum (partial checksums).</summary>
    private static void FixChecksum(BpfAssembler code)
    {
        foreach (var (delta, flags) in new[]
        {
            (nameof(DirectionState.AddressDelta), nameof(DirectionState.AddressFlags)), (nameof(DirectionState.PortDelta), nameof(DirectionState.PortFlags)),
        })
        {
            var same = code.NewLabel();
            code.Load(Bits32, R4, R8, State(delta));
            code.JumpIf(Equal, R4, 0, same);
            code.Load(Bits32, R5, R8, State(flags));
            code.Load(Bits32, R2, R8, State(nameof(DirectionState.ChecksumOffset)));
            code.Move(R1, R6);
            code.Move(R3, 0);
            code.Call(Bpf.Function.L4ChecksumReplace);
            code.Mark(same);
        }
    }

    private static void CountAndSend(BpfAssembler code)
    {
        var counted = code.NewLabel();
        code.Load(Bits32, R1, R6, Bpf.Packet.GsoSegments);
        code.JumpIf(NotEqual, R1, 0, counted);
        code.Move(R1, 1);
        code.Mark(counted);
        code.AtomicAdd(R8, State(nameof(DirectionState.Packets)), R1);
        code.Load(Bits32, R1, R7, Slot(nameof(Handover.FrameBytes)));
        code.Math(BpfMath.Subtract, R1, EthernetView.HeaderBytes);
        code.AtomicAdd(R8, State(nameof(DirectionState.Bytes)), R1);
        code.Load(Bits32, R1, R8, State(nameof(DirectionState.OutInterface)));
        code.Move(R2, 0);
        code.Call(Bpf.Function.Redirect);
        code.Exit();
    }

    private static int State(string field) => DecidingProgram.Offset<DirectionState>(field);

    private static int Slot(string field) => DecidingProgram.Offset<Handover>(field);
}
