namespace Gateway.Core.Store;

/// <summary>A folder on a real disk, of Linux.</summary>
public sealed class DiskFolder : IJournalFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private DiskFolder(string path) => Name = path;

    public string Name { get; }

    public long FreeBytes => new DriveInfo(Name).AvailableFreeSpace;

    /// <summary>Opens the folder, and makes it, readable by its owner only, when it is missing.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not.</exception>
    public static DiskFolder Open(string path)
    {
        var full = Path.GetFullPath(path);
        Make(full);
        return new DiskFolder(full);
    }

    public IReadOnlyList<string> List() => [.. Directory.EnumerateFiles(Name).Select(path => Path.GetFileName(path))];

    public IJournalFile Create(string name)
    {
        var handle = File.OpenHandle(At(name), FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(handle, OwnerOnly);
        return new DiskFile(handle);
    }

    public IJournalFile Open(string name, bool write) => new DiskFile(File.OpenHandle(
        At(name), FileMode.Open, write ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    public void Rename(string from, string to) => File.Move(At(from), At(to), overwrite: true);

    public void Delete(string name) => File.Delete(At(name));

    public void Sync() => LibC.SyncFolder(Name);

    public IDisposable Lock(string name)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX): it ends with the process, however that ends.
            return new FileStream(At(name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (!DiskFull.Is(e))
        {
            throw new JournalLockedException($"{Name} is in use: another process, or this one, has opened it. Stop that first.", e);
        }
    }

    /// <summary>Each new folder is synced into its parent, or a power cut could take the whole branch.</summary>
    private static void Make(string path)
    {
        if (Directory.Exists(path) || Path.GetDirectoryName(path) is not { } parent)
            return;
        Make(parent);
        if (!OperatingSystem.IsWindows())
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        LibC.SyncFolder(parent);
    }

    private string At(string name) => Path.Combine(Name, name);
}
