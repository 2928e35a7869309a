namespace Gateway.Core.Operations;

/// <summary>What the Modbus function codes do (Modbus Application Protocol Specification V1.1b3, section 5.1; those above 64 as makers
/// use them).</summary>
public static class ModbusFunctions
{
    /// <summary>Function code that carries other interfaces (MEI, section 6.19).</summary>
    public const byte EncapsulatedInterface = 43;

    /// <summary>MEI type of function 43 that reads the device's identification (section 6.21).</summary>
    public const ushort ReadDeviceIdentification = 14;

    /// <param name="function">Function code, 1 to 127.</param>
    /// <param name="subFunction">Sub-function, or MEI type of function 43.</param>
    public static OperationKind KindOf(byte function, ushort subFunction) => function switch
    {
        1 or 2 or 3 or 4 or 7 or 11 or 12 or 20 or 24 => OperationKind.Read,
        5 or 6 or 15 or 16 or 21 or 22 => OperationKind.Write,
        23 => OperationKind.ReadWrite,
        17 => OperationKind.Identify,
        43 when subFunction == ReadDeviceIdentification => OperationKind.Identify,
        8 => OperationKind.Diagnose,
        40 or 42 or 90 or 91 or 125 or 126 => OperationKind.Program,
        _ => OperationKind.Other,
    };

    /// <summary>True when a request of it reads data addresses.</summary>
    public static bool Reads(byte function) => function is 1 or 2 or 3 or 4 or 23 or 24;

    /// <summary>True when a request of it writes data addresses.</summary>
    public static bool Writes(byte function) => function is 5 or 6 or 15 or 16 or 22 or 23;

    /// <summary>True when a request of it has one address and no quantity.</summary>
    public static bool HasOneAddress(byte function) => function is 5 or 6 or 22 or 24;

    /// <summary>What it works on, in words; the function's number for one without a name here.</summary>
    public static string Describe(byte function) => function switch
    {
        1 => "read coils",
        2 => "read discrete inputs",
        3 => "read holding registers",
        4 => "read input registers",
        5 => "write one coil",
        6 => "write one register",
        7 => "read exception status",
        8 => "run diagnostics",
        11 => "read the event counter",
        12 => "read the event log",
        15 => "write coils",
        16 => "write registers",
        17 => "read the server's identification",
        20 => "read file records",
        21 => "write file records",
        22 => "change bits of a register",
        23 => "read and write registers",
        24 => "read a queue",
        43 => "read the device's identification",
        _ => "use a maker's own function",
    };
}
