namespace Gateway.Core.Store;

/// <summary>Room on the disk that a file of zeros holds. Removing the file gives the room to the audit; other programs on the same disk
/// may take it too, so the store should have a partition of its own.</summary>
/// <param name="folder">Where the file lies.</param>
/// <param name="bytes">Its size; 0: there is no reserve, and it always counts as ready.</param>
/// <param name="marginBytes">Room that must be left beside it before it is made again, so that it does not come and go with each record.</param>
internal sealed class Reserve(IJournalFolder folder, int bytes, int marginBytes)
{
    public const string FileName = "reserve";

    private static readonly byte[] Zeros = new byte[64 * 1024];

    /// <summary>Whether the room is held.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Whether there is room for ordinary records beside the reserve.</summary>
    public bool HasMargin => folder.FreeBytes >= marginBytes;

    /// <summary>Takes note of a reserve that an earlier run made.</summary>
    public void Find()
    {
        IsReady = bytes == 0;
        if (IsReady || !folder.List().Contains(FileName))
            return;
        using var file = folder.Open(FileName, write: false);
        IsReady = file.LengthBytes == bytes;
    }

    /// <summary>Makes the file unless it is there; false when there is no room for it.</summary>
    public bool TryMake()
    {
        if (IsReady)
            return true;
        if (folder.FreeBytes < (long)bytes + marginBytes)
            return false;
        try
        {
            using var file = folder.Create(FileName);
            // Zeros are written, not only asked for: a file with holes holds no room. It is never read, so it needs no fsync.
            for (var offset = 0; offset < bytes; offset += Zeros.Length)
                file.Write(offset, Zeros.AsSpan(0, Math.Min(Zeros.Length, bytes - offset)));
            return IsReady = true;
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            folder.Delete(FileName);
            return false;
        }
    }

    /// <summary>Gives the room away; false when there was none to give.</summary>
    public bool Release()
    {
        if (!IsReady || bytes == 0)
            return false;
        IsReady = false;
        folder.Delete(FileName);
        return true;
    }
}
