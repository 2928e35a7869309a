using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Gateway.Core.Net;

/// <summary>A 48-bit IEEE 802 hardware address (IEEE Std 802-2014, clause 8.2), kept in the low bits of one integer so that the
/// packet path compares it in one instruction.</summary>
public readonly record struct MacAddress : IComparable<MacAddress>
{
    /// <summary>Length on the wire, in bytes.</summary>
    public const int LengthBytes = 6;

    private const ulong Mask = 0xFFFF_FFFF_FFFF;

    private MacAddress(ulong value) => Value = value & Mask;

    /// <summary>The address as an integer, most significant byte first, upper 16 bits zero.</summary>
    public ulong Value { get; }

    public static MacAddress Broadcast => new(Mask);

    public static MacAddress Zero => default;

    /// <summary>The I/G bit: a group address, never legal as a source (IEEE 802.3, clause 3.2.3).</summary>
    public bool IsMulticast => (Value & 0x0100_0000_0000) != 0;

    /// <summary>The U/L bit: assigned by an administrator or made up, so the first bytes name no maker.</summary>
    public bool IsLocallyAdministered => (Value & 0x0200_0000_0000) != 0;

    public bool IsBroadcast => Value == Mask;

    public bool IsZero => Value == 0;

    /// <summary>Reads the first six bytes of <paramref name="bytes"/>; the caller has checked the length.</summary>
    public static MacAddress Read(ReadOnlySpan<byte> bytes) =>
        new(((ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes) << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]));

    public static MacAddress FromValue(ulong value) => new(value);

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(Value >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)Value);
    }

    /// <summary>Reads <c>28:63:36:aa:10:2f</c>, with ':' or '-' between the pairs, any case; nothing else is taken.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out MacAddress address)
    {
        address = default;
        if (text is null || text.Length != 17)
            return false;
        ulong value = 0;
        for (var i = 0; i < LengthBytes; i++)
        {
            if (!byte.TryParse(text.AsSpan(i * 3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var part))
                return false;
            if (i < LengthBytes - 1 && text[(i * 3) + 2] is not (':' or '-'))
                return false;
            value = (value << 8) | part;
        }
        address = new MacAddress(value);
        return true;
    }

    /// <exception cref="FormatException">The text is not six pairs of hexadecimal digits.</exception>
    public static MacAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not a hardware address such as 28:63:36:aa:10:2f");

    public int CompareTo(MacAddress other) => Value.CompareTo(other.Value);

    public static bool operator <(MacAddress left, MacAddress right) => left.CompareTo(right) < 0;

    public static bool operator >(MacAddress left, MacAddress right) => left.CompareTo(right) > 0;

    public static bool operator <=(MacAddress left, MacAddress right) => left.CompareTo(right) <= 0;

    public static bool operator >=(MacAddress left, MacAddress right) => left.CompareTo(right) >= 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{(byte)(Value >> 40):x2}:{(byte)(Value >> 32):x2}:{(byte)(Value >> 24):x2}:{(byte)(Value >> 16):x2}:{(byte)(Value >> 8):x2}:{(byte)Value:x2}");
}
