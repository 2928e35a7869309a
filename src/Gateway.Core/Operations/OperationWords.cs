using System.Collections.Immutable;

namespace Gateway.Core.Operations;

/// <summary>Words for operations and for why one was refused: kebab-case, never translated. The pages have a text for each.</summary>
public static class OperationWords
{
    /// <summary>A function without a name here: a maker's own, or a reserved one.</summary>
    private const string MakersOwn = "makers-own";

    private const string ReadIdentification = "read-identification";

    /// <summary>Names of the functions of the Modbus Application Protocol Specification V1.1b3, section 6, with those by which makers
    /// program their controllers.</summary>
    private static readonly ImmutableSortedDictionary<byte, string> ModbusNames = new Dictionary<byte, string>
    {
        [1] = "read-coils",
        [2] = "read-discrete-inputs",
        [3] = "read-holding-registers",
        [4] = "read-input-registers",
        [5] = "write-coil",
        [6] = "write-register",
        [7] = "read-exception-status",
        [8] = "diagnose",
        [11] = "read-event-counter",
        [12] = "read-event-log",
        [15] = "write-coils",
        [16] = "write-registers",
        [17] = "read-server-id",
        [20] = "read-files",
        [21] = "write-files",
        [22] = "change-register-bits",
        [23] = "read-write-registers",
        [24] = "read-queue",
        [40] = "program",
        [42] = "program",
        [90] = "program",
        [91] = "program",
        [125] = "program",
        [126] = "program",
    }.ToImmutableSortedDictionary();

    /// <summary>Every name that <see cref="Name"/> gives.</summary>
    public static ImmutableArray<string> Names { get; } = [.. ModbusNames.Values.Append(ReadIdentification).Append(MakersOwn).Distinct()];

    /// <summary>Every reason that <see cref="Reason"/> gives.</summary>
    public static ImmutableArray<string> Reasons { get; } = [.. Enum.GetValues<RuleMiss>().Select(Reason)];

    /// <summary>What the operation does: one of <see cref="Names"/>.</summary>
    public static string Name(in Operation operation) =>
        operation is { Function: ModbusFunctions.EncapsulatedInterface, SubFunction: ModbusFunctions.ReadDeviceIdentification } ? ReadIdentification
        : ModbusNames.GetValueOrDefault(operation.Function, MakersOwn);

    /// <summary>Why it was refused: one of <see cref="Reasons"/>. Without a miss the grants were not asked: the request contradicted itself.</summary>
    public static string Reason(RuleMiss miss) => miss switch
    {
        RuleMiss.None => "malformed",
        RuleMiss.Address => "address",
        RuleMiss.Function => "function",
        RuleMiss.Unit => "unit",
        RuleMiss.ReadingOnly => "reading-only",
        _ => throw new ArgumentOutOfRangeException(nameof(miss), miss, "no word for it"),
    };
}
