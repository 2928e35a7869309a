using Gateway.Core.Operations;
using Gateway.Dataplane.Inspectors;

namespace Gateway.Fuzz.Targets;

internal static class ModbusFrameTarget
{
    private const int AddressSpace = 65_536;

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var error = ModbusFrame.TryParse(data, out var frame);
        Promise.Keep(error != ModbusFrameError.Incomplete || data.Length < ModbusFrame.MaxBytes, "the longest unit is always judged");
        if (error != ModbusFrameError.None)
            return;
        Promise.Keep(
            frame.LengthBytes is > ModbusFrame.HeaderBytes and <= ModbusFrame.MaxBytes && frame.LengthBytes <= data.Length
            && frame.Data.Length == frame.LengthBytes - ModbusFrame.HeaderBytes - 1,
            "a unit lies inside the bytes and its bounds");
        for (var length = 0; length < frame.LengthBytes; length++)
            Promise.Keep(ModbusFrame.TryParse(data[..length], out _) == ModbusFrameError.Incomplete, "a part of a unit is no unit");
        WriteException(frame);
        Decode(frame);
    }

    private static void WriteException(in ModbusFrame frame)
    {
        Span<byte> answer = stackalloc byte[ModbusFrame.MaxBytes];
        var length = frame.WriteException(2, answer);
        Promise.Keep(ModbusFrame.TryParse(answer[..length], out var again) == ModbusFrameError.None, "what was written can be read");
        Promise.Keep(
            again.IsException && again.Transaction == frame.Transaction && again.Unit == frame.Unit && again.Function == frame.Function
            && again.LengthBytes == length && again.Data.Length == 1 && again.Data[0] == 2,
            "an exception answers its request");
    }

    private static void Decode(in ModbusFrame frame)
    {
        var sound = ModbusRequest.TryDecode(frame, out var operation);
        Promise.Keep(
            operation.Protocol == OperationProtocol.Modbus && operation.Unit == frame.Unit && operation.Function == frame.Function,
            "an operation says who is asked for what, also when its fields contradict each other");
        Promise.Keep(!sound || (Exists(operation.Reads) && Exists(operation.Writes)), "addresses that are asked for exist");
        Promise.Keep(operation.Kind != OperationKind.Read || operation.Writes.IsEmpty, "a read writes nothing");
    }

    private static bool Exists(AddressRun run) => run.First >= 0 && run.Count >= 0 && run.First + run.Count <= AddressSpace;
}
