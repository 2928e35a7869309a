using System.Buffers.Binary;

namespace Gateway.Core.Store;

/// <summary>The signed statement of what a journal holds: from which record, to which, and whether it was closed there.</summary>
/// <remarks><code>
/// 0       8              40       48           56              88        96     128       192
/// +-------+--------------+--------+------------+---------------+---------+------+---------+
/// | magic | journal name | closed | first kept | its previous  | head    | head | ECDSA   |
/// |       | (as a hash)  | 0 or 1 | sequence   | hash          | sequence| hash | P-256   |
/// +-------+--------------+--------+------------+---------------+---------+------+---------+
/// </code></remarks>
/// <param name="Before">The position before the first record that is kept: sequence 0 unless segments were dropped.</param>
/// <param name="Head">Last record known when it was signed.</param>
/// <param name="IsClosed">Nothing was appended after it.</param>
internal sealed record AnchoredHead(JournalPosition Before, JournalPosition Head, bool IsClosed)
{
    public const string FileName = "head";
    private const int NameAt = 8;
    private const int ClosedAt = NameAt + RecordHash.LengthBytes;
    private const int FirstAt = ClosedAt + 8;
    private const int PreviousAt = FirstAt + 8;
    private const int SequenceAt = PreviousAt + RecordHash.LengthBytes;
    private const int HashAt = SequenceAt + 8;
    private const int SignatureAt = HashAt + RecordHash.LengthBytes;
    private const int LengthBytes = SignatureAt + StoreKey.SignatureBytes;

    private static ReadOnlySpan<byte> Magic => "GWHEAD1\n"u8;

    public void Write(IJournalFolder folder, RecordHash genesis, StoreKey key)
    {
        var bytes = new byte[LengthBytes];
        Magic.CopyTo(bytes);
        genesis.CopyTo(bytes.AsSpan(NameAt));
        bytes[ClosedAt] = IsClosed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(FirstAt), Before.Sequence + 1);
        Before.Hash.CopyTo(bytes.AsSpan(PreviousAt));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(SequenceAt), Head.Sequence);
        Head.Hash.CopyTo(bytes.AsSpan(HashAt));
        key.Sign(bytes.AsSpan(0, SignatureAt)).CopyTo(bytes, SignatureAt);
        WholeFile.Write(folder, FileName, bytes);
    }

    /// <summary>The head that is there; null when there is none.</summary>
    /// <exception cref="JournalDamagedException">It is not one that this key signed for this journal.</exception>
    public static AnchoredHead? Read(IJournalFolder folder, RecordHash genesis, StoreKey key)
    {
        if (!folder.List().Contains(FileName))
            return null;
        var bytes = WholeFile.Read(folder, FileName, LengthBytes);
        if (bytes?.Length != LengthBytes || !bytes.AsSpan().StartsWith(Magic))
            throw Damaged(folder, "it is no head file");
        if (!key.Verify(bytes.AsSpan(0, SignatureAt), bytes.AsSpan(SignatureAt)))
            throw Damaged(folder, "its signature is not by the journal's key");
        if (new RecordHash(bytes.AsSpan(NameAt, RecordHash.LengthBytes)) != genesis)
            throw Damaged(folder, "it belongs to a journal of another name");
        return new AnchoredHead(
            new JournalPosition(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(FirstAt)) - 1, Hash(bytes, PreviousAt)),
            new JournalPosition(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(SequenceAt)), Hash(bytes, HashAt)),
            bytes[ClosedAt] == 1);
    }

    private static RecordHash Hash(byte[] bytes, int at) => new(bytes.AsSpan(at, RecordHash.LengthBytes));

    private static JournalDamagedException Damaged(IJournalFolder folder, string what) =>
        new(Path.Combine(folder.Name, FileName), 0, 0, what);
}
