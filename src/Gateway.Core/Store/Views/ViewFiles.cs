namespace Gateway.Core.Store.Views;

/// <summary>The files of a view on the disk, and what happens to bad ones.</summary>
internal sealed class ViewFiles(ViewOptions options)
{
    private const string BrokenEnding = ".broken";

    // A file below this is not worth keeping room for.
    private const long LeastRoomBytes = 8 << 20;

    private readonly string _path = Path.GetFullPath(options.Path);
    private readonly ViewSeal _seal = new(options);
    private long _roomNeededBytes;

    /// <summary>Opens the view as it was left; null when there is none.</summary>
    /// <exception cref="Exception">It cannot be read, has another format, or is not as it was left.</exception>
    public LiteFile? Open()
    {
        if (!File.Exists(_path))
            return null;
        if (!_seal.IsIntact())
            throw new InvalidDataException("the machine went down while the view was open, or the file was changed while it was closed");
        _seal.Open();
        return LiteFile.Open(_path, options.FormatVersion, options.Sets);
    }

    public LiteFile Create(long floor)
    {
        if (FreeBytes < _roomNeededBytes)
            throw new IOException($"there is no room for the view: {FreeBytes} bytes are free, {_roomNeededBytes} are needed", DiskFull.NoSpace);
        Delete();
        _seal.Open();
        return LiteFile.Create(_path, options.FormatVersion, floor, options.Sets);
    }

    /// <summary>Takes a bad file out of the way. One is kept for a look at it; on a full disk none is, and its room is given back.</summary>
    public void SetAside(Exception reason)
    {
        if (IsDiskFull(reason))
        {
            // Twice its size, or the view would fill the disk again at once.
            _roomNeededBytes = Math.Max(LeastRoomBytes, 2 * new[] { _path, LiteFile.LogPath(_path) }.Where(File.Exists).Sum(path => new FileInfo(path).Length));
            Delete();
            File.Delete(_path + BrokenEnding);
            return;
        }
        if (File.Exists(_path))
            File.Move(_path, _path + BrokenEnding, overwrite: true);
        Delete();
    }

    /// <summary>Removes the view.</summary>
    public void Delete()
    {
        File.Delete(_path);
        File.Delete(LiteFile.LogPath(_path));
    }

    /// <summary>The view was closed in good order.</summary>
    public void Closed() => _seal.Close();

    private long FreeBytes => new DriveInfo(Path.GetDirectoryName(_path)!).AvailableFreeSpace;

    /// <summary>LiteDB wraps what the disk says, and its own writer thread may be the one that was told; so the disk is asked as well.</summary>
    private bool IsDiskFull(Exception? reason)
    {
        for (var e = reason; e is not null; e = e.InnerException)
        {
            if (DiskFull.Is(e))
                return true;
        }
        return FreeBytes < ViewLimits.CheckpointBytes;
    }
}
