namespace Gateway.Core.Store;

/// <summary>Small files that are replaced whole: after a crash there is the old one or the new one, never a mixture.</summary>
internal static class WholeFile
{
    /// <summary>Ending of a file that is being written; one left over from a crash means nothing.</summary>
    public const string Unfinished = ".new";

    /// <summary>Writes under another name, fsync, rename, fsync of the folder.</summary>
    /// <exception cref="IOException">No room, or the file could not be made: nothing changed.</exception>
    /// <exception cref="JournalFailedException">An fsync failed.</exception>
    public static void Write(IJournalFolder folder, string name, params ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        var unfinished = name + Unfinished;
        try
        {
            using var file = folder.Create(unfinished);
            var offset = 0L;
            foreach (var part in parts)
            {
                file.Write(offset, part.Span);
                offset += part.Length;
            }
            Sync(file, folder, unfinished);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            folder.Delete(unfinished);
            throw;
        }
        folder.Rename(unfinished, name);
        Sync(folder);
    }

    /// <summary>The whole file, or null when there is none or it is longer than <paramref name="maxBytes"/>.</summary>
    public static byte[]? Read(IJournalFolder folder, string name, int maxBytes)
    {
        if (!folder.List().Contains(name))
            return null;
        using var file = folder.Open(name, write: false);
        return file.LengthBytes <= maxBytes ? Read(file, 0, file.LengthBytes) : null;
    }

    /// <summary>What stands from <paramref name="offset"/> to <paramref name="end"/>, or to the end of the file.</summary>
    public static byte[] Read(IJournalFile file, long offset, long end)
    {
        var bytes = new byte[Math.Max(0, end - offset)];
        var filled = 0;
        while (filled < bytes.Length)
        {
            var count = file.Read(offset + filled, bytes.AsSpan(filled));
            if (count == 0)
                return bytes[..filled];
            filled += count;
        }
        return bytes;
    }

    public static void Sync(IJournalFile file, IJournalFolder folder, string name)
    {
        try
        {
            file.Sync();
        }
        catch (IOException e)
        {
            throw new JournalFailedException($"fsync of {name} in {folder.Name} failed: {e.Message}", e);
        }
    }

    public static void Sync(IJournalFolder folder)
    {
        try
        {
            folder.Sync();
        }
        catch (IOException e)
        {
            throw new JournalFailedException($"fsync of the folder {folder.Name} failed: {e.Message}", e);
        }
    }
}
