using System.Buffers.Binary;
using System.Globalization;

namespace Gateway.Core.Store;

/// <summary>A state as it was after one record of a journal.</summary>
/// <param name="At">That record.</param>
/// <param name="State">The state, serialised by whoever took the snapshot.</param>
public sealed record Snapshot(JournalPosition At, ReadOnlyMemory<byte> State)
{
    private const string Prefix = "snapshot-";
    private const int NameAt = 8;
    private const int SequenceAt = NameAt + RecordHash.LengthBytes;
    private const int HashAt = SequenceAt + 8;
    private const int StateAt = HashAt + RecordHash.LengthBytes;

    internal const int OverheadBytes = StateAt + StoreKey.SignatureBytes;

    private static ReadOnlySpan<byte> Magic => "GWSNAP1\n"u8;

    internal static string FileName(long sequence) => Prefix + sequence.ToString("D20", CultureInfo.InvariantCulture);

    /// <summary>Whether a file is a snapshot by its name. Names sort by age.</summary>
    internal static bool IsFileName(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.Length == FileName(0).Length && !name.AsSpan(Prefix.Length).ContainsAnyExceptInRange('0', '9');

    /// <summary>magic, name of the journal as a hash, sequence and hash of the record, state, signature over all of it.</summary>
    internal byte[] Encode(RecordHash genesis, StoreKey key)
    {
        var bytes = new byte[OverheadBytes + State.Length];
        Magic.CopyTo(bytes);
        genesis.CopyTo(bytes.AsSpan(NameAt));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(SequenceAt), At.Sequence);
        At.Hash.CopyTo(bytes.AsSpan(HashAt));
        State.Span.CopyTo(bytes.AsSpan(StateAt));
        key.Sign(bytes.AsSpan(0, StateAt + State.Length)).CopyTo(bytes, StateAt + State.Length);
        return bytes;
    }

    /// <summary>Null unless this key signed exactly these bytes for this journal.</summary>
    internal static Snapshot? Decode(byte[] bytes, RecordHash genesis, StoreKey key)
    {
        var signed = bytes.Length - StoreKey.SignatureBytes;
        if (signed < StateAt || !bytes.AsSpan().StartsWith(Magic) || !key.Verify(bytes.AsSpan(0, signed), bytes.AsSpan(signed)))
            return null;
        if (new RecordHash(bytes.AsSpan(NameAt, RecordHash.LengthBytes)) != genesis)
            return null;
        var at = new JournalPosition(
            BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(SequenceAt)), new RecordHash(bytes.AsSpan(HashAt, RecordHash.LengthBytes)));
        return new Snapshot(at, bytes.AsMemory(StateAt, signed - StateAt));
    }
}
