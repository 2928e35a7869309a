using Gateway.Core.Store;

namespace Gateway.Service.Tests.Fixtures;

/// <summary>A folder of the disk that is full, or fails to sync, when the test says so.</summary>
internal sealed class Disk
{
    private volatile bool _isFull;
    private volatile bool _isBroken;
    private volatile bool _hangs;

    /// <summary>No write finds room.</summary>
    public bool IsFull { get => _isFull; set => _isFull = value; }

    /// <summary>Every sync fails.</summary>
    public bool IsBroken { get => _isBroken; set => _isBroken = value; }

    /// <summary>No write comes to an end.</summary>
    public bool Hangs { get => _hangs; set => _hangs = value; }

    public IJournalFolder Open(string path) => new Folder(this, DiskFolder.Open(path));

    private void Write()
    {
        while (_hangs)
            Thread.Sleep(20);
        if (_isFull)
            throw new IOException("no space left on device", DiskFull.NoSpace);
    }

    private void Sync()
    {
        if (_isBroken)
            throw new IOException("input/output error", 5);
    }

    private sealed class Folder(Disk disk, IJournalFolder inner) : IJournalFolder
    {
        public string Name => inner.Name;

        public long FreeBytes => disk._isFull ? 0 : inner.FreeBytes;

        public IReadOnlyList<string> List() => inner.List();

        public IJournalFile Create(string name)
        {
            disk.Write();
            return new OneFile(disk, inner.Create(name));
        }

        public IJournalFile Open(string name, bool write) => new OneFile(disk, inner.Open(name, write));

        public void Rename(string from, string to) => inner.Rename(from, to);

        public void Delete(string name) => inner.Delete(name);

        public void Sync()
        {
            disk.Sync();
            inner.Sync();
        }

        public IDisposable Lock(string name) => inner.Lock(name);
    }

    private sealed class OneFile(Disk disk, IJournalFile inner) : IJournalFile
    {
        public long LengthBytes => inner.LengthBytes;

        public int Read(long offset, Span<byte> to) => inner.Read(offset, to);

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            disk.Write();
            inner.Write(offset, bytes);
        }

        public void Truncate(long lengthBytes) => inner.Truncate(lengthBytes);

        public void Sync()
        {
            disk.Sync();
            inner.Sync();
        }

        public void Dispose() => inner.Dispose();
    }
}
