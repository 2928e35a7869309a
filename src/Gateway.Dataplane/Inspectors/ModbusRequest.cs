using System.Buffers.Binary;
using Gateway.Core.Operations;

namespace Gateway.Dataplane.Inspectors;

/// <summary>Decodes a Modbus request into an operation, function by function (Modbus Application Protocol V1.1b3, section 6).
/// A request of a known function whose fields contradict each other is refused with exception 03, as a server would.</summary>
internal static class ModbusRequest
{
    private const int AddressSpace = 65_536;
    private const int MostBitsRead = 2_000;
    private const int MostRegistersRead = 125;
    private const int MostBitsWritten = 1_968;
    private const int MostRegistersWritten = 123;
    private const int MostRegistersWrittenWithRead = 121;
    private const int MostFileBytes = 251;
    private const int FileSubRequestBytes = 7;

    /// <summary>Reads the request; false when its fields are not those of its function.</summary>
    public static bool TryDecode(in ModbusFrame frame, out Operation operation)
    {
        var data = frame.Data;
        switch (frame.Function)
        {
            case 1 or 2:
                return Read(frame, data, MostBitsRead, out operation);
            case 3 or 4:
                return Read(frame, data, MostRegistersRead, out operation);
            case 5:
                return WriteCoil(frame, data, out operation);
            case 6:
                return WriteOne(frame, data, out operation);
            case 7 or 11 or 12 or 17:
                operation = Make(frame, frame.Function == 17 ? OperationKind.Identify : OperationKind.Diagnose);
                return data.IsEmpty;
            case 8:
                operation = Make(frame, OperationKind.Diagnose, Word(data, 0));
                return data.Length >= 2;
            case 15:
                return WriteMany(frame, data, MostBitsWritten, bits: true, out operation);
            case 16:
                return WriteMany(frame, data, MostRegistersWritten, bits: false, out operation);
            case 20 or 21:
                return Files(frame, data, out operation);
            case 22:
                operation = Make(frame, OperationKind.Write, 0, default, new AddressRun(Word(data, 0), 1), Word(data, 4));
                return data.Length == 6;
            case 23:
                return ReadWrite(frame, data, out operation);
            case 24:
                operation = Make(frame, OperationKind.Read, 0, new AddressRun(Word(data, 0), 1));
                return data.Length == 2;
            case 43:
                operation = Make(frame, OperationKind.Identify, data.IsEmpty ? (ushort)0 : data[0]);
                return !data.IsEmpty && (data[0] != 14 || data.Length == 3);
            default:
                // Public, vendor and reserved codes we do not know: only 'all' or a rule that names the code lets them pass.
                operation = Make(frame, frame.Function is 40 or 42 or 90 or 91 or 125 or 126 ? OperationKind.Program : OperationKind.Other);
                return true;
        }
    }

    private static bool Read(in ModbusFrame frame, ReadOnlySpan<byte> data, int most, out Operation operation)
    {
        var run = new AddressRun(Word(data, 0), Word(data, 2));
        operation = Make(frame, OperationKind.Read, 0, run);
        return data.Length == 4 && Fits(run, most);
    }

    private static bool WriteCoil(in ModbusFrame frame, ReadOnlySpan<byte> data, out Operation operation)
    {
        var value = Word(data, 2);
        operation = Make(frame, OperationKind.Write, 0, default, new AddressRun(Word(data, 0), 1), value);
        return data.Length == 4 && value is 0x0000 or 0xFF00;
    }

    private static bool WriteOne(in ModbusFrame frame, ReadOnlySpan<byte> data, out Operation operation)
    {
        operation = Make(frame, OperationKind.Write, 0, default, new AddressRun(Word(data, 0), 1), Word(data, 2));
        return data.Length == 4;
    }

    private static bool WriteMany(in ModbusFrame frame, ReadOnlySpan<byte> data, int most, bool bits, out Operation operation)
    {
        var run = new AddressRun(Word(data, 0), Word(data, 2));
        var valueBytes = bits ? (run.Count + 7) / 8 : run.Count * 2;
        operation = Make(frame, OperationKind.Write, 0, default, run, bits ? Byte(data, 5) : Word(data, 5));
        return data.Length == 5 + valueBytes && data[4] == valueBytes && Fits(run, most);
    }

    private static bool ReadWrite(in ModbusFrame frame, ReadOnlySpan<byte> data, out Operation operation)
    {
        var reads = new AddressRun(Word(data, 0), Word(data, 2));
        var writes = new AddressRun(Word(data, 4), Word(data, 6));
        operation = Make(frame, OperationKind.ReadWrite, 0, reads, writes, Word(data, 9));
        return data.Length == 9 + (writes.Count * 2) && data[8] == writes.Count * 2
            && Fits(reads, MostRegistersRead) && Fits(writes, MostRegistersWrittenWithRead);
    }

    private static bool Files(in ModbusFrame frame, ReadOnlySpan<byte> data, out Operation operation)
    {
        operation = Make(frame, frame.Function == 20 ? OperationKind.Read : OperationKind.Program);
        return data.Length is > FileSubRequestBytes and <= MostFileBytes + 1 && data[0] == data.Length - 1
            && (frame.Function == 21 || (data.Length - 1) % FileSubRequestBytes == 0);
    }

    private static bool Fits(AddressRun run, int most) => run.Count >= 1 && run.Count <= most && run.First + run.Count <= AddressSpace;

    private static Operation Make(
        in ModbusFrame frame, OperationKind kind, ushort sub = 0, AddressRun reads = default, AddressRun writes = default, ushort value = 0) =>
        new(OperationProtocol.Modbus, kind, frame.Unit, frame.Function, sub, reads, writes, value);

    // A missing field reads as 0; the caller's length check decides.
    private static ushort Word(ReadOnlySpan<byte> data, int offset) =>
        offset + 2 <= data.Length ? BinaryPrimitives.ReadUInt16BigEndian(data[offset..]) : (ushort)0;

    private static ushort Byte(ReadOnlySpan<byte> data, int offset) => offset < data.Length ? data[offset] : (ushort)0;
}
