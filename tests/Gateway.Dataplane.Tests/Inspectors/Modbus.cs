using System.Buffers.Binary;

namespace Gateway.Dataplane.Tests.Inspectors;

/// <summary>Modbus/TCP units, built byte by byte for tests.</summary>
internal static class Modbus
{
    public static byte[] Unit(ushort transaction, byte unit, ReadOnlySpan<byte> pdu)
    {
        var bytes = new byte[7 + pdu.Length];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, transaction);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), (ushort)(pdu.Length + 1));
        bytes[6] = unit;
        pdu.CopyTo(bytes.AsSpan(7));
        return bytes;
    }

    public static byte[] Read(ushort transaction, byte unit, byte function, ushort first, ushort count) =>
        Unit(transaction, unit, [function, (byte)(first >> 8), (byte)first, (byte)(count >> 8), (byte)count]);

    public static byte[] WriteRegister(ushort transaction, byte unit, ushort address, ushort value) =>
        Unit(transaction, unit, [6, (byte)(address >> 8), (byte)address, (byte)(value >> 8), (byte)value]);

    public static byte[] WriteRegisters(ushort transaction, byte unit, ushort first, params ushort[] values) =>
        Unit(transaction, unit, [16, (byte)(first >> 8), (byte)first, 0, (byte)values.Length, (byte)(values.Length * 2), .. values.SelectMany(v => new[] { (byte)(v >> 8), (byte)v })]);
}
