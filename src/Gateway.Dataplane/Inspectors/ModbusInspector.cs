using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gateway.Core.Operations;
using Gateway.Core.Policy;

namespace Gateway.Dataplane.Inspectors;

/// <summary>Modbus/TCP: every request is decoded and checked against the grants; every response must answer a request that passed.
/// Refusals are Modbus exceptions: 01 for a function, 02 for an address (Modbus Application Protocol V1.1b3, section 7).</summary>
internal sealed class ModbusInspector : StreamInspector
{
    /// <summary>Requests of one flow that are remembered until their answers come; servers take 1 to 16 at once (Messaging Guide
    /// V1.0b, section 4.3.1). Above it the oldest is forgotten: a server that leaves some unanswered must not stop the flow.</summary>
    public const int MaxOutstanding = 64;

    private const byte IllegalFunction = 1;
    private const byte IllegalDataAddress = 2;
    private const byte IllegalDataValue = 3;

    private const byte Diagnostics = 8;

    public override int StateBytes => Marshal.SizeOf<Outstanding>() * (MaxOutstanding + 1);

    public override int MaxUnitBytes => ModbusFrame.MaxBytes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override Judgement JudgeRequest(ReadOnlySpan<byte> bytes, Span<byte> state, in OperationGrants grants, Span<byte> answer)
    {
        var error = ModbusFrame.TryParse(bytes, out var frame);
        if (error != ModbusFrameError.None)
            return NoUnit(error);
        if (frame.IsException)
            return new Judgement { Kind = JudgementKind.Reset, Reason = DropReason.ProtocolMalformed };
        var judgement = new Judgement { ConsumedBytes = frame.LengthBytes, Conduit = -1 };
        var sound = ModbusRequest.TryDecode(frame, out judgement.Operation);
        judgement.Miss = grants.Check(judgement.Operation, out judgement.Conduit, out var refuse);
        if (judgement.Miss != RuleMiss.None)
            return Refuse(frame, judgement, refuse, answer);
        if (!sound)
            return AnswerIllegalValue(frame, judgement, answer);
        Remember(MemoryMarshal.Cast<byte, Outstanding>(state), frame);
        judgement.Kind = JudgementKind.Pass;
        judgement.Record = ChangesSomething(judgement.Operation);
        return judgement;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override Judgement JudgeResponse(ReadOnlySpan<byte> bytes, Span<byte> state)
    {
        var error = ModbusFrame.TryParse(bytes, out var frame);
        if (error != ModbusFrameError.None)
            return NoUnit(error);
        var judgement = new Judgement { ConsumedBytes = frame.LengthBytes, Kind = JudgementKind.Pass, Conduit = -1 };
        if (!Forget(MemoryMarshal.Cast<byte, Outstanding>(state), frame))
        {
            // A late or invented answer: harmless once it is gone, and not worth the connection.
            judgement.Kind = JudgementKind.Discard;
            judgement.Reason = DropReason.ResponseUnsolicited;
        }
        else if (!HasResponseShape(frame))
        {
            judgement.Kind = JudgementKind.Reset;
            judgement.Reason = DropReason.ProtocolMalformed;
        }
        return judgement;
    }

    private static Judgement NoUnit(ModbusFrameError error) => error == ModbusFrameError.Incomplete
        ? new Judgement { Kind = JudgementKind.NeedMore }
        : new Judgement { Kind = JudgementKind.Reset, Reason = DropReason.ProtocolMalformed };

    private static Judgement Refuse(in ModbusFrame frame, Judgement judgement, RefuseMode refuse, Span<byte> answer)
    {
        judgement.Reason = DropReason.OperationNotGranted;
        judgement.Record = true;
        judgement.Kind = refuse switch
        {
            RefuseMode.Answer => JudgementKind.Answer,
            RefuseMode.Drop => JudgementKind.Discard,
            _ => JudgementKind.Reset,
        };
        if (judgement.Kind == JudgementKind.Answer)
            judgement.AnswerBytes = frame.WriteException(judgement.Miss == RuleMiss.Address ? IllegalDataAddress : IllegalFunction, answer);
        return judgement;
    }

    private static Judgement AnswerIllegalValue(in ModbusFrame frame, Judgement judgement, Span<byte> answer)
    {
        judgement.Kind = JudgementKind.Answer;
        judgement.Reason = DropReason.ProtocolMalformed;
        judgement.Record = true;
        judgement.AnswerBytes = frame.WriteException(IllegalDataValue, answer);
        return judgement;
    }

    private static bool ChangesSomething(in Operation operation) => operation.Kind switch
    {
        OperationKind.Read or OperationKind.Identify => false,
        OperationKind.Diagnose => operation.Function == Diagnostics && operation.SubFunction != 0,
        _ => true,
    };

    // Entry 0 holds, in its transaction field, the entry to be written next; 1 to MaxOutstanding hold requests.
    private static void Remember(Span<Outstanding> table, in ModbusFrame frame)
    {
        var next = (table[0].Transaction % MaxOutstanding) + 1;
        table[0].Transaction = (ushort)next;
        table[next] = new Outstanding { Used = 1, Transaction = frame.Transaction, Unit = frame.Unit, Function = frame.Function };
    }

    private static bool Forget(Span<Outstanding> table, in ModbusFrame frame)
    {
        foreach (ref var entry in table[1..])
        {
            if (entry.Used == 0 || entry.Transaction != frame.Transaction || entry.Unit != frame.Unit || entry.Function != frame.Function)
                continue;
            entry = default;
            return true;
        }
        return false;
    }

    /// <summary>Checks what a client's buffer depends on: the byte count of reads, and the length of exceptions.</summary>
    private static bool HasResponseShape(in ModbusFrame frame)
    {
        var data = frame.Data;
        if (frame.IsException)
            return data.Length == 1;
        return frame.Function switch
        {
            1 or 2 or 3 or 4 or 23 => data.Length >= 1 && data[0] == data.Length - 1,
            5 or 6 or 15 or 16 => data.Length == 4,
            _ => true,
        };
    }

    private struct Outstanding
    {
        public ushort Transaction;
        public byte Unit;
        public byte Function;
        public byte Used;
    }
}
