using System.Buffers;
using System.Buffers.Binary;

namespace Gateway.Core.Fabric;

/// <summary>Capsules (RFC 9297, section 3.2): type and length as variable-length integers (RFC 9000, section 16), then the value.
/// <code>
///   +-------------+---------------+---------------------+
///   | type (1..8) | length (1..8) | value (length bytes) |
///   +-------------+---------------+---------------------+
/// </code>
/// Bytes of a dialled TCP stream stand in DATA capsules; FINAL_DATA is the last of a direction and means TCP FIN
/// (draft-ietf-httpbis-connect-tcp, section 3). A stream that ends without it was cut off.</summary>
public static class CorridorWireCapsule
{
    /// <summary>DATA: the value the drafts use until IANA assigns one.</summary>
    public const ulong Data = 0x2028d7f0;

    /// <summary>FINAL_DATA, likewise.</summary>
    public const ulong FinalData = 0x2028d7f1;

    /// <summary>Longest header: two integers of 8 bytes.</summary>
    public const int MaxHeaderBytes = 16;

    /// <summary>Header of the capsules we write: 4 bytes type, 4 bytes length.</summary>
    public const int WrittenHeaderBytes = 8;

    /// <summary>Most bytes in one capsule we write; with its header it fills one HTTP/2 frame of the default size (16,384).</summary>
    public const int MaxWrittenValueBytes = 16_384 - WrittenHeaderBytes;

    /// <summary>Longest capsule of an unknown type that is skipped, as RFC 9297 asks; a longer one is an attack on patience.</summary>
    public const int MaxSkippedBytes = 64 << 10;

    /// <summary>Writes a header of <see cref="WrittenHeaderBytes"/> bytes.</summary>
    public static void WriteHeader(Span<byte> to, ulong type, int valueLength)
    {
        const uint fourByteForm = 0x8000_0000;
        BinaryPrimitives.WriteUInt32BigEndian(to, (uint)type | fourByteForm);
        BinaryPrimitives.WriteUInt32BigEndian(to[4..], (uint)valueLength | fourByteForm);
    }

    /// <summary>Reads a header, in any of the forms the standard allows.</summary>
    /// <returns>False when more bytes are needed.</returns>
    public static bool TryReadHeader(ReadOnlySequence<byte> bytes, out ulong type, out ulong valueLength, out int headerBytes)
    {
        Span<byte> start = stackalloc byte[MaxHeaderBytes];
        var taken = (int)Math.Min(bytes.Length, MaxHeaderBytes);
        bytes.Slice(0, taken).CopyTo(start);
        valueLength = 0;
        headerBytes = 0;
        if (!TryReadInteger(start[..taken], out type, out var first) || !TryReadInteger(start[first..taken], out valueLength, out var second))
            return false;
        headerBytes = first + second;
        return true;
    }

    private static bool TryReadInteger(ReadOnlySpan<byte> bytes, out ulong value, out int length)
    {
        length = bytes.IsEmpty ? 1 : 1 << (bytes[0] >> 6);
        value = 0;
        if (bytes.Length < length)
            return false;
        value = length switch
        {
            1 => bytes[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes) & 0x3FFFu,
            4 => BinaryPrimitives.ReadUInt32BigEndian(bytes) & 0x3FFF_FFFFu,
            _ => BinaryPrimitives.ReadUInt64BigEndian(bytes) & 0x3FFF_FFFF_FFFF_FFFFu,
        };
        return true;
    }
}
