using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Gateway.Core.Store;

/// <summary>A SHA-256 value (FIPS 180-4).</summary>
public readonly record struct RecordHash
{
    public const int LengthBytes = SHA256.HashSizeInBytes;

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    /// <param name="bytes">Exactly 32 bytes.</param>
    public RecordHash(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, LengthBytes);
        _high = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        _low = BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]);
    }

    /// <summary>Hash of <paramref name="bytes"/>.</summary>
    public static RecordHash Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[LengthBytes];
        SHA256.HashData(bytes, hash);
        return new RecordHash(hash);
    }

    /// <summary>Writes the 32 bytes.</summary>
    public void CopyTo(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt128BigEndian(to, _high);
        BinaryPrimitives.WriteUInt128BigEndian(to[16..], _low);
    }

    /// <summary>Lower-case hexadecimal, 64 characters.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[LengthBytes];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
