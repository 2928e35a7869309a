using System.Buffers.Binary;
using System.Security.Cryptography;
using Gateway.Core.Control;
using Gateway.Core.Policy.Blob;

namespace Gateway.Core.Policy;

/// <summary>A compiled policy as bytes: on the control socket, and on the dataplane's disk as the last good one.
/// <code>
///  0        4         6                    38
///  +--------+---------+--------------------+----------- - -
///  | "GWPB" | version | SHA-256 of the     | fields, little-endian,
///  |        | u16     | version and fields | lists with their count
///  +--------+---------+--------------------+----------- - -
/// </code></summary>
public static class PolicyBlob
{
    /// <summary>Version of the fields. A dataplane refuses others; the service then sends its own.</summary>
    public const ushort FormatVersion = 2;

    private const int VersionOffset = 4;
    private const int HashOffset = 6;
    private const int HashBytes = 32;
    private const int HeaderBytes = HashOffset + HashBytes;

    private static ReadOnlySpan<byte> Magic => "GWPB"u8;

    public static byte[] Write(CompiledPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var fields = new ControlWriter();
        BlobWriter.Write(fields, policy);
        var blob = new byte[HeaderBytes + fields.Written.Length];
        Magic.CopyTo(blob);
        BinaryPrimitives.WriteUInt16LittleEndian(blob.AsSpan(VersionOffset), FormatVersion);
        fields.Written.CopyTo(blob.AsSpan(HeaderBytes));
        ComputeHash(blob, blob.AsSpan(HashOffset, HashBytes));
        return blob;
    }

    /// <exception cref="InvalidDataException">The bytes are no policy of this version, are damaged, or hold an index that leads nowhere.</exception>
    public static CompiledPolicy Read(ReadOnlySpan<byte> blob)
    {
        if (blob.Length < HeaderBytes)
            throw new InvalidDataException($"a policy has at least {HeaderBytes} bytes, this has {blob.Length}");
        if (!blob.StartsWith(Magic))
            throw new InvalidDataException("this is no compiled policy: it does not begin with GWPB");
        var version = BinaryPrimitives.ReadUInt16LittleEndian(blob[VersionOffset..]);
        if (version != FormatVersion)
            throw new InvalidDataException($"the policy has format {version}, this program reads {FormatVersion}");
        Span<byte> hash = stackalloc byte[HashBytes];
        ComputeHash(blob, hash);
        if (!hash.SequenceEqual(blob.Slice(HashOffset, HashBytes)))
            throw new InvalidDataException("the policy is damaged: its SHA-256 does not match its bytes");
        return BlobReader.Read(blob[HeaderBytes..]);
    }

    /// <summary>SHA-256 by which status and log name a policy, lower-case hexadecimal: the one the blob carries.</summary>
    /// <exception cref="InvalidDataException">The bytes are too short for a policy.</exception>
    public static string Hash(ReadOnlySpan<byte> blob) => blob.Length >= HeaderBytes
        ? Convert.ToHexStringLower(blob.Slice(HashOffset, HashBytes))
        : throw new InvalidDataException($"a policy has at least {HeaderBytes} bytes, this has {blob.Length}");

    private static void ComputeHash(ReadOnlySpan<byte> blob, Span<byte> hash)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(blob[VersionOffset..HashOffset]);
        sha.AppendData(blob[HeaderBytes..]);
        sha.GetHashAndReset(hash);
    }
}
