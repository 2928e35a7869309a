namespace Gateway.Core.Store;

/// <summary>All that the store asks of a disk, and no more, so that a test can make each single call fail or lose its effect.
/// Every method may throw <see cref="IOException"/>; a full disk is told by <see cref="DiskFull.Is"/>.</summary>
public interface IJournalFolder
{
    /// <summary>Name for messages: the path.</summary>
    string Name { get; }

    /// <summary>Bytes a file may still take.</summary>
    long FreeBytes { get; }

    /// <summary>Names of the files in it, in no order.</summary>
    IReadOnlyList<string> List();

    /// <summary>A new empty file; one of that name is emptied.</summary>
    IJournalFile Create(string name);

    /// <exception cref="FileNotFoundException">There is none.</exception>
    IJournalFile Open(string name, bool write);

    /// <summary>Gives a file another name, in place of the file that had it, at once.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file, if it is there.</summary>
    void Delete(string name);

    /// <summary>fsync of the folder: names created, changed and removed so far are on the disk.</summary>
    void Sync();

    /// <summary>Takes the folder for one holder until disposed; the kernel gives it back when the process dies.</summary>
    /// <exception cref="JournalLockedException">Someone has it.</exception>
    IDisposable Lock(string name);
}

/// <summary>One open file. Disposing it does not sync.</summary>
public interface IJournalFile : IDisposable
{
    long LengthBytes { get; }

    /// <summary>Reads up to as many bytes as fit; 0 at the end.</summary>
    int Read(long offset, Span<byte> to);

    void Write(long offset, ReadOnlySpan<byte> bytes);

    void Truncate(long lengthBytes);

    /// <summary>fsync: what was written is on the disk.</summary>
    void Sync();
}
