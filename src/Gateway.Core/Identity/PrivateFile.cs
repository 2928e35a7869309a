using System.Security.Cryptography;
using Gateway.Core.Store;

namespace Gateway.Core.Identity;

/// <summary>Small files for one user's eyes, replaced whole: after a crash there is the old one or the new one, never a mixture.</summary>
public static class PrivateFile
{
    /// <summary>Ending of a file that is being written; one left over from a crash means nothing, but may hold a key.</summary>
    public const string Unfinished = ".new";

    /// <summary>Mode of the files, 0600.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Mode of their folder, 0700.</summary>
    public const UnixFileMode OwnerFolder = OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>Makes the folder, or narrows one that is there, so that only its owner gets in (0700).</summary>
    public static void MakeFolder(string path)
    {
        Directory.CreateDirectory(path, OwnerFolder);
        if (File.GetUnixFileMode(path) != OwnerFolder)
            File.SetUnixFileMode(path, OwnerFolder);
    }

    /// <summary>Writes under another name with mode 0600, fsync, rename, fsync of the folder. When it returns, the file is on disk.</summary>
    /// <exception cref="IOException">It could not be written; what stood there before still does.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var unfinished = path + Unfinished;
        File.Delete(unfinished);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        using (var file = new FileStream(unfinished, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path, overwrite: true);
        LibC.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>The whole file.</summary>
    /// <exception cref="IOException">It is longer than <paramref name="maxBytes"/>, or others than its owner may read it.</exception>
    public static byte[] Read(string path, int maxBytes)
    {
        var mode = File.GetUnixFileMode(path);
        if ((mode & ~OwnerFolder) != 0)
            throw new IOException($"{path} may be read by others (mode {Convert.ToString((int)mode, 8)}); find out who did, then chmod 600 it");
        var length = new FileInfo(path).Length;
        return length <= maxBytes ? File.ReadAllBytes(path) : throw new IOException($"{path} has {length} bytes; at most {maxBytes} are read");
    }

    /// <summary>Overwrites with random bytes, fsync, unlink, fsync of the folder. On flash and copying file systems old blocks may
    /// outlive this; the folder should lie on an encrypted volume.</summary>
    public static void Destroy(string path)
    {
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
        {
            file.Write(RandomNumberGenerator.GetBytes((int)file.Length));
            file.Flush(flushToDisk: true);
        }
        File.Delete(path);
        LibC.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
