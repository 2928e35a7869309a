using System.Runtime.InteropServices;
using Gateway.Dataplane.Interop;
using Gateway.Dataplane.Wire;
using static Gateway.Dataplane.FastPath.BpfCompare;
using static Gateway.Dataplane.FastPath.BpfRegister;
using static Gateway.Dataplane.FastPath.BpfWidth;

namespace Gateway.Dataplane.FastPath;

/// <summary>The rules of the deciding program, so that a test can leave one out and see that it is missed.</summary>
internal enum FastPathRule
{
    /// <summary>Leaves nothing out.</summary>
    None,
    Options,
    Fragment,
    TimeToLive,
    HeaderChecksum,
    TcpFlags,
    UrgentPointer,
    TcpOptions,
    UdpLength,
    DeclaredLength,
    FrameSize,
    SuperFrame,
    Vlan,
    Addresses,
    Withdrawn,
    Generation,
    Lease,
}

/// <summary>
/// The program that decides. It is the filter of a link's packet socket, which sees each frame before tc does. What belongs to a flow in
/// the kernel, and is plainly right in shape, it keeps from the ring and hands to <see cref="ForwardingProgram"/>, by a slot of the
/// processor in hand. Everything else goes into the ring, and the slot says so: one decision, so a frame is never forwarded twice, and
/// never by nobody.
/// </summary>
internal sealed class DecidingProgram
{
    /// <summary>Verdicts of a socket filter: bytes to keep.</summary>
    private const int ToRing = 0x4_0000;
    private const int NotToRing = 0;

    // The frame on the stack begins two bytes after a multiple of four, so that what IPv4 aligns is aligned.
    private const int Frame = -64 + 2;
    private const int LoadedBytes = 54;
    private const int Key = -80;
    private const int Options = -88;
    private const int Index = -92;

    private const int EtherType = Frame + 12;
    private const int Ip = Frame + 14;
    private const int Transport = Ip + 20;
    private const int PlainOffset = 0x50;
    private const int TimestampOffset = 0x80;

    /// <summary>NOP, NOP, timestamps of 10 bytes (RFC 7323, appendix A), as a little-endian word.</summary>
    private const int TimestampOptions = 0x0A08_0101;
    private const int TimestampBytes = 12;

    /// <summary>NOP, NOP, selective acknowledgement (RFC 2018), as a little-endian word without its length.</summary>
    private const int SelectiveOptions = 0x0005_0101;

    private readonly BpfAssembler _code = new();
    private readonly BpfLabel _miss;
    private readonly FastPathRule _omitted;

    private DecidingProgram(FastPathRule omitted)
    {
        _omitted = omitted;
        _miss = _code.NewLabel();
    }

    /// <summary>Writes the program for one link.</summary>
    /// <param name="maps">Maps it uses.</param>
    /// <param name="link">Number of the link, part of every key.</param>
    /// <param name="omitted">A rule to leave out; for tests of the rules alone.</param>
    public static BpfInstruction[] Build(FastPathMaps maps, int link, FastPathRule omitted = FastPathRule.None)
    {
        var program = new DecidingProgram(omitted);
        program.TakeSlot(maps);
        program.CheckIpv4();
        program.CheckTransport();
        program.CheckLength();
        program.FindDirection(maps, link);
        program.CheckDirection(maps);
        program.FollowTcp();
        program.HandOver();
        return program._code.ToProgram();
    }

    /// <summary>R6: the packet. R7: the slot. The frame's first 54 bytes on the stack; shorter ones are for the loop.</summary>
    private void TakeSlot(FastPathMaps maps)
    {
        var found = _code.NewLabel();
        _code.Move(R6, R1);
        _code.StoreImmediate(Bits32, Stack, Index, 0);
        Lookup(maps.Handover);
        _code.JumpIf(NotEqual, R0, 0, found);
        _code.Exit(ToRing);
        _code.Mark(found);
        _code.Move(R7, R0);
        _code.StoreImmediate(Bits32, R7, Offset<Handover>(nameof(Handover.Direction)), 0);
        _code.StoreImmediate(Bits64, Stack, Frame - 2, 0);
        LoadBytes(0, Frame, LoadedBytes);
    }

    /// <summary>R8: total length.</summary>
    private void CheckIpv4()
    {
        _code.Load(Bits16, R1, Stack, EtherType);
        _code.JumpIf(NotEqual, R1, 0x0008, _miss);
        if (Holds(FastPathRule.Options))
        {
            _code.Load(Bits8, R1, Stack, Ip);
            _code.JumpIf(NotEqual, R1, 0x45, _miss);
        }
        if (Holds(FastPathRule.Fragment))
        {
            // All but "don't fragment": the reserved flag, more fragments, offset.
            _code.Load(Bits16, R1, Stack, Ip + 6);
            _code.Math(BpfMath.And, R1, 0xFFBF);
            _code.JumpIf(NotEqual, R1, 0, _miss);
        }
        if (Holds(FastPathRule.TimeToLive))
        {
            _code.Load(Bits8, R1, Stack, Ip + 8);
            _code.JumpIf(Less, R1, Pipeline.PacketPipeline.LeastTimeToLive, _miss);
        }
        if (Holds(FastPathRule.HeaderChecksum))
            CheckHeaderSum();
        _code.Load(Bits16, R8, Stack, Ip + 2);
        _code.FromNetwork(R8, 16);
    }

    /// <summary>The ones' complement sum of a right header has all bits set (RFC 1071).</summary>
    private void CheckHeaderSum()
    {
        _code.Move(R1, 0);
        for (var word = 0; word < 20; word += sizeof(uint))
        {
            _code.Load(Bits32, R2, Stack, Ip + word);
            _code.Math(BpfMath.Add, R1, R2);
        }
        Fold(_code, R1, R2);
        _code.JumpIf(NotEqual, R1, 0xFFFF, _miss);
    }

    /// <summary>R9: bytes of IPv4 and transport header.</summary>
    private void CheckTransport()
    {
        var udp = _code.NewLabel();
        var checkedShape = _code.NewLabel();
        _code.Load(Bits8, R1, Stack, Ip + 9);
        _code.JumpIf(Equal, R1, IpProtocol.Udp, udp);
        _code.JumpIf(NotEqual, R1, IpProtocol.Tcp, _miss);
        CheckTcp();
        _code.Jump(checkedShape);
        _code.Mark(udp);
        _code.Move(R9, Ipv4View.HeaderBytes + UdpView.HeaderBytes);
        if (Holds(FastPathRule.UdpLength))
        {
            _code.Load(Bits16, R1, Stack, Transport + 4);
            _code.FromNetwork(R1, 16);
            _code.Math(BpfMath.Add, R1, Ipv4View.HeaderBytes);
            _code.JumpIf(NotEqual, R1, R8, _miss);
        }
        _code.Mark(checkedShape);
        if (Holds(FastPathRule.DeclaredLength))
            _code.JumpIf(Less, R8, R9, _miss);
    }

    private void CheckTcp()
    {
        var plain = _code.NewLabel();
        if (Holds(FastPathRule.TcpFlags))
        {
            // ACK, and none of SYN, FIN, RST, URG: what opens or ends a connection is for the loop. Only a super-frame that ends with a
            // FIN is too large for it; the loop hears of that end by the direction's state.
            var open = _code.NewLabel();
            _code.Load(Bits8, R1, Stack, Transport + 13);
            _code.Math(BpfMath.And, R1, (int)(TcpFlags.Fin | TcpFlags.Syn | TcpFlags.Rst | TcpFlags.Urg | TcpFlags.Ack));
            _code.JumpIf(Equal, R1, (int)TcpFlags.Ack, open);
            _code.JumpIf(NotEqual, R1, (int)(TcpFlags.Ack | TcpFlags.Fin), _miss);
            _code.Load(Bits32, R1, R6, Bpf.Packet.GsoSize);
            _code.JumpIf(Equal, R1, 0, _miss);
            _code.Mark(open);
        }
        if (Holds(FastPathRule.UrgentPointer))
        {
            _code.Load(Bits16, R1, Stack, Transport + 18);
            _code.JumpIf(NotEqual, R1, 0, _miss);
        }
        _code.Load(Bits8, R9, Stack, Transport + 12);
        if (Holds(FastPathRule.TcpOptions))
        {
            _code.JumpIf(Equal, R9, PlainOffset, plain);
            CheckOptions(plain);
        }
        _code.Mark(plain);
        _code.Math(BpfMath.ShiftRight, R9, 4);
        _code.Math(BpfMath.ShiftLeft, R9, 2);
        _code.Math(BpfMath.Add, R9, Ipv4View.HeaderBytes);
    }

    /// <summary>Timestamps, selective acknowledgements, or both, as every stack writes them, and nothing else. R9: header length and
    /// reserved bits. Other options are read in the loop.</summary>
    private void CheckOptions(BpfLabel right)
    {
        var selective = _code.NewLabel();
        _code.Move(R1, R9);
        _code.Math(BpfMath.And, R1, 0x0F);
        _code.JumpIf(NotEqual, R1, 0, _miss);
        LoadBytes(LoadedBytes, Options, sizeof(uint));
        _code.Load(Bits32, R1, Stack, Options);
        _code.Move(R2, R9);
        _code.Math(BpfMath.ShiftRight, R2, 2);
        // R2: bytes of a selective acknowledgement that would fill the rest of the header.
        _code.Math(BpfMath.Subtract, R2, 20 + 2);
        _code.JumpIf(NotEqual, R1, TimestampOptions, selective);
        _code.JumpIf(Equal, R9, TimestampOffset, right);
        LoadBytes(LoadedBytes + TimestampBytes, Options, sizeof(uint));
        _code.Load(Bits32, R1, Stack, Options);
        _code.Move(R2, R9);
        _code.Math(BpfMath.ShiftRight, R2, 2);
        _code.Math(BpfMath.Subtract, R2, 20 + TimestampBytes + 2);
        _code.Mark(selective);
        _code.Move(R3, R1);
        _code.Math(BpfMath.And, R3, 0x00FF_FFFF);
        _code.JumpIf(NotEqual, R3, SelectiveOptions, _miss);
        _code.Math(BpfMath.ShiftRight, R1, 24);
        _code.JumpIf(NotEqual, R1, R2, _miss);
        // Kind and length, and one block or more of eight bytes (RFC 2018, section 3).
        _code.JumpIf(Less, R1, 10, _miss);
        _code.Math(BpfMath.And, R1, 7);
        _code.JumpIf(NotEqual, R1, 2, _miss);
    }

    /// <summary>The frame holds what it declares; what is behind is cut off on the way. R8: bytes of the frame that leaves.</summary>
    private void CheckLength()
    {
        var plain = _code.NewLabel();
        var right = _code.NewLabel();
        _code.Math(BpfMath.Add, R8, EthernetView.HeaderBytes);
        _code.Load(Bits32, R2, R6, Bpf.Packet.Length);
        if (Holds(FastPathRule.DeclaredLength))
            _code.JumpIf(Less, R2, R8, _miss);
        _code.Load(Bits32, R3, R6, Bpf.Packet.GsoSize);
        _code.JumpIf(Equal, R3, 0, plain);
        if (Holds(FastPathRule.SuperFrame))
        {
            _code.JumpIf(NotEqual, R2, R8, _miss);
            _code.JumpIf(Greater, R3, FastPathLimits.MaxSegmentBytes, _miss);
        }
        _code.Jump(right);
        _code.Mark(plain);
        if (Holds(FastPathRule.FrameSize))
            _code.JumpIf(Greater, R8, FastPathLimits.MaxFrameBytes, _miss);
        _code.Mark(right);
        _code.Store(Bits32, R7, Offset<Handover>(nameof(Handover.FrameBytes)), R8);
    }

    /// <summary>R8: the direction's state; its index on the stack.</summary>
    private void FindDirection(FastPathMaps maps, int link)
    {
        var untagged = _code.NewLabel();
        _code.Load(Bits32, R3, R6, Bpf.Packet.VlanPresent);
        if (Holds(FastPathRule.Vlan))
        {
            _code.JumpIf(Equal, R3, 0, untagged);
            _code.Load(Bits32, R1, R6, Bpf.Packet.VlanProtocol);
            _code.JumpIf(NotEqual, R1, 0x0081, _miss);
            _code.Load(Bits32, R3, R6, Bpf.Packet.VlanTci);
            _code.Math(BpfMath.And, R3, 0x0FFF);
            // A priority tag is a tag, and belongs to no VLAN.
            _code.JumpIf(Equal, R3, 0, _miss);
            _code.Mark(untagged);
        }
        else
        {
            _code.Move(R3, 0);
        }
        _code.Store(Bits16, Stack, Key + 14, R3);
        _code.StoreImmediate(Bits8, Stack, Key + 13, link);
        _code.Load(Bits8, R1, Stack, Ip + 9);
        _code.Store(Bits8, Stack, Key + 12, R1);
        for (var word = 0; word < 12; word += sizeof(uint))
        {
            _code.Load(Bits32, R1, Stack, Ip + 12 + word);
            _code.Store(Bits32, Stack, Key + word, R1);
        }
        Lookup(maps.Flows, Key);
        _code.JumpIf(Equal, R0, 0, _miss);
        _code.Load(Bits32, R1, R0, 0);
        _code.Store(Bits32, Stack, Index, R1);
        Lookup(maps.Directions);
        _code.JumpIf(Equal, R0, 0, _miss);
        _code.Move(R8, R0);
    }

    /// <summary>Bound addresses, and nothing withdrawn: not this flow, not its generation, not the whole fast path.</summary>
    private void CheckDirection(FastPathMaps maps)
    {
        if (Holds(FastPathRule.Addresses))
        {
            Compare(Bits64, Frame - 2, nameof(DirectionState.ExpectedLow));
            Compare(Bits64, Frame + 6, nameof(DirectionState.ExpectedHigh));
        }
        if (Holds(FastPathRule.Withdrawn))
        {
            _code.Load(Bits32, R1, R8, Offset<DirectionState>(nameof(DirectionState.Enabled)));
            _code.JumpIf(Equal, R1, 0, _miss);
        }
        _code.StoreImmediate(Bits32, Stack, Options, 0);
        Lookup(maps.Control, Options);
        _code.JumpIf(Equal, R0, 0, _miss);
        if (Holds(FastPathRule.Generation))
        {
            _code.Load(Bits32, R1, R0, Offset<FastPathControl>(nameof(FastPathControl.Generation)));
            _code.Load(Bits32, R2, R8, Offset<DirectionState>(nameof(DirectionState.Generation)));
            _code.JumpIf(NotEqual, R1, R2, _miss);
        }
        if (!Holds(FastPathRule.Lease))
            return;
        _code.Load(Bits64, R1, R0, Offset<FastPathControl>(nameof(FastPathControl.LeaseUntilNs)));
        _code.Store(Bits64, Stack, Key, R1);
        _code.Call(Bpf.Function.CoarseTime);
        _code.Load(Bits64, R1, Stack, Key);
        _code.JumpIf(GreaterOrEqual, R0, R1, _miss);
    }

    /// <summary>Keeps where the connection stands, so that the loop can take it over again where it is.</summary>
    private void FollowTcp()
    {
        var other = _code.NewLabel();
        _code.Load(Bits8, R1, Stack, Ip + 9);
        _code.JumpIf(NotEqual, R1, IpProtocol.Tcp, other);
        _code.Load(Bits32, R3, R7, Offset<Handover>(nameof(Handover.FrameBytes)));
        _code.Math(BpfMath.Subtract, R3, EthernetView.HeaderBytes);
        _code.Math(BpfMath.Subtract, R3, R9);
        _code.Load(Bits32, R1, Stack, Transport + 4);
        _code.FromNetwork(R1, 32);
        _code.Math32(BpfMath.Add, R1, R3);
        CountFin();
        KeepLatest(nameof(DirectionState.End));
        _code.Load(Bits32, R1, Stack, Transport + 8);
        _code.FromNetwork(R1, 32);
        KeepLatest(nameof(DirectionState.Acked));
        _code.Load(Bits16, R1, Stack, Transport + 14);
        _code.FromNetwork(R1, 16);
        _code.Load(Bits32, R2, R8, Offset<DirectionState>(nameof(DirectionState.Window)));
        _code.JumpIf(LessOrEqual, R1, R2, other);
        _code.Store(Bits32, R8, Offset<DirectionState>(nameof(DirectionState.Window)), R1);
        _code.Mark(other);
    }

    /// <summary>A FIN takes a sequence number of its own. R1: sequence number behind the data.</summary>
    private void CountFin()
    {
        var none = _code.NewLabel();
        _code.Load(Bits8, R2, Stack, Transport + 13);
        _code.Math(BpfMath.And, R2, (int)TcpFlags.Fin);
        _code.JumpIf(Equal, R2, 0, none);
        _code.Math(BpfMath.Add, R1, 1);
        _code.StoreImmediate(Bits32, R8, Offset<DirectionState>(nameof(DirectionState.Finished)), 1);
        _code.Mark(none);
    }

    private void HandOver()
    {
        _code.Load(Bits32, R1, Stack, Index);
        _code.Math(BpfMath.Add, R1, 1);
        _code.Store(Bits32, R7, Offset<Handover>(nameof(Handover.Direction)), R1);
        _code.Exit(NotToRing);
        _code.Mark(_miss);
        _code.Exit(ToRing);
    }

    /// <summary>Stores R1 where it is ahead, as sequence numbers are compared (RFC 9293, section 3.4).</summary>
    private void KeepLatest(string field)
    {
        var old = _code.NewLabel();
        var store = _code.NewLabel();
        _code.Load(Bits32, R2, R8, Offset<DirectionState>(field));
        _code.Math32(BpfMath.Move, R4, R1);
        _code.Math32(BpfMath.Subtract, R4, R2);
        _code.JumpIf32(SignedGreater, R4, 0, store);
        _code.Jump(old);
        _code.Mark(store);
        _code.Store(Bits32, R8, Offset<DirectionState>(field), R1);
        _code.Mark(old);
    }

    private void Compare(BpfWidth width, int onStack, string field)
    {
        _code.Load(width, R1, Stack, onStack);
        _code.Load(width, R2, R8, Offset<DirectionState>(field));
        _code.JumpIf(NotEqual, R1, R2, _miss);
    }

    private void LoadBytes(int from, int to, int count)
    {
        _code.Move(R1, R6);
        _code.Move(R2, from);
        _code.Move(R3, Stack);
        _code.Math(BpfMath.Add, R3, to);
        _code.Move(R4, count);
        _code.Call(Bpf.Function.LoadBytes);
        _code.JumpIf(NotEqual, R0, 0, _miss);
    }

    private void Lookup(BpfMap map, int key = Index) => Lookup(_code, map, key);

    private bool Holds(FastPathRule rule) => _omitted != rule;

    /// <summary>R0: the element of a map whose key lies on the stack; 0 when there is none.</summary>
    internal static void Lookup(BpfAssembler code, BpfMap map, int key)
    {
        code.LoadMap(R1, map.Descriptor);
        code.Move(R2, Stack);
        code.Math(BpfMath.Add, R2, key);
        code.Call(Bpf.Function.MapLookup);
    }

    /// <summary>Folds a sum of 32-bit words to 16 bits.</summary>
    internal static void Fold(BpfAssembler code, BpfRegister sum, BpfRegister spare)
    {
        foreach (var bits in (ReadOnlySpan<int>)[32, 32, 16, 16])
        {
            code.Move(spare, sum);
            code.Math(BpfMath.ShiftRight, spare, bits);
            code.Math(BpfMath.ShiftLeft, sum, 64 - bits);
            code.Math(BpfMath.ShiftRight, sum, 64 - bits);
            code.Math(BpfMath.Add, sum, spare);
        }
    }

    internal static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
