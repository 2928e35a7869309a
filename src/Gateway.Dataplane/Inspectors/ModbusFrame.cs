using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Gateway.Dataplane.Inspectors;

internal enum ModbusFrameError : byte
{
    None = 0,

    /// <summary>Too few bytes to tell; more may come.</summary>
    Incomplete = 1,

    /// <summary>The protocol identifier is not 0: not Modbus.</summary>
    Protocol = 2,

    /// <summary>The length field is outside 2 to 254.</summary>
    Length = 3,
}

/// <summary>
/// A Modbus/TCP application data unit (MODBUS Messaging on TCP/IP Implementation Guide V1.0b, section 3.1.3).
/// <code>
///  0        2        4        6      7          8
/// +--------+--------+--------+------+----------+-----------+
/// | transa | protoc | length | unit | function | data ...  |
/// | ction  | ol = 0 |        |      |          | 0-252     |
/// +--------+--------+--------+------+----------+-----------+
///                             '---- length bytes ---------'
/// </code>
/// All numbers big-endian. The PDU (function and data) has at most 253 bytes.
/// </summary>
internal readonly ref struct ModbusFrame
{
    public const int HeaderBytes = 7;

    /// <summary>Longest unit on TCP: 7 bytes of header and 253 of PDU.</summary>
    public const int MaxBytes = 260;

    private const int TransactionOffset = 0;
    private const int ProtocolOffset = 2;
    private const int LengthOffset = 4;
    private const int UnitOffset = 6;
    private const int FunctionOffset = 7;
    private const int LeastLength = 2;
    private const int MostLength = 254;
    private const byte ExceptionBit = 0x80;

    private readonly ReadOnlySpan<byte> _bytes;

    private ModbusFrame(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public ushort Transaction => BinaryPrimitives.ReadUInt16BigEndian(_bytes[TransactionOffset..]);

    public byte Unit => _bytes[UnitOffset];

    /// <summary>Function code without the exception bit.</summary>
    public byte Function => (byte)(_bytes[FunctionOffset] & ~ExceptionBit);

    public bool IsException => (_bytes[FunctionOffset] & ExceptionBit) != 0;

    /// <summary>What follows the function code.</summary>
    public ReadOnlySpan<byte> Data => _bytes[(FunctionOffset + 1)..];

    public int LengthBytes => _bytes.Length;

    /// <summary>Cuts the first unit off the bytes. Judges the header as soon as it is there, so that a stream that is not Modbus is
    /// known by its first six bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ModbusFrameError TryParse(ReadOnlySpan<byte> bytes, out ModbusFrame frame)
    {
        frame = default;
        if (bytes.Length < UnitOffset)
            return ModbusFrameError.Incomplete;
        if (BinaryPrimitives.ReadUInt16BigEndian(bytes[ProtocolOffset..]) != 0)
            return ModbusFrameError.Protocol;
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[LengthOffset..]);
        if (length is < LeastLength or > MostLength)
            return ModbusFrameError.Length;
        if (bytes.Length < UnitOffset + length)
            return ModbusFrameError.Incomplete;
        frame = new ModbusFrame(bytes[..(UnitOffset + length)]);
        return ModbusFrameError.None;
    }

    /// <summary>Writes the exception answer to a request: same transaction and unit, function with its exception bit, one code
    /// (Modbus Application Protocol V1.1b3, section 7).</summary>
    /// <returns>Bytes written: 9.</returns>
    public int WriteException(byte code, Span<byte> answer)
    {
        BinaryPrimitives.WriteUInt16BigEndian(answer[TransactionOffset..], Transaction);
        BinaryPrimitives.WriteUInt16BigEndian(answer[ProtocolOffset..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(answer[LengthOffset..], 3);
        answer[UnitOffset] = Unit;
        answer[FunctionOffset] = (byte)(Function | ExceptionBit);
        answer[FunctionOffset + 1] = code;
        return HeaderBytes + 2;
    }
}
