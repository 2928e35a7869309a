namespace Gateway.Core.Store.Views;

/// <summary>The files of a view on the disk, and what happens to bad ones.</summary>
internal sealed class ViewFiles(ViewOptions options)
{
    private const string BrokenEnding = ".broken";

    // LiteDB's log grows to half of it before it is folded in.
    private const long LeastRoomBytes = 2 * ViewLimits.CheckpointBytes;

    private readonly IJournalFolder _folder = options.Folder;
    private readonly ViewSeal _seal = new(options);
    private long _roomNeededBytes;

    /// <summary>Name of the file that holds what is not yet in the first one.</summary>
    public static string LogName(string name) => name + ".log";

    /// <summary>Opens the view as it was left; null when there is none.</summary>
    /// <exception cref="Exception">It cannot be read, has another format, or is not as it was left.</exception>
    public LiteFile? Open()
    {
        if (!_folder.List().Contains(options.Name))
            return null;
        if (!_seal.IsIntact())
            throw new InvalidDataException("the machine went down while the view was open, or the file was changed while it was closed");
        _seal.Open();
        return LiteFile.Open(Take(options.Name), Take(LogName(options.Name)), options.FormatVersion, options.Sets);
    }

    public LiteFile Create(long floor)
    {
        ThrowIfScarce();
        Delete();
        _seal.Open();
        return LiteFile.Create(
            _folder.Create(options.Name), _folder.Create(LogName(options.Name)), options.FormatVersion, floor, options.Sets);
    }

    /// <summary>Leaves the last room of the disk to the journals.</summary>
    /// <exception cref="IOException">There is too little, told as a full disk.</exception>
    public void ThrowIfScarce()
    {
        var needed = options.KeepFreeBytes + _roomNeededBytes;
        if (_folder.FreeBytes is var free && free < needed)
        {
            throw new IOException(
                FormattableString.Invariant($"there is no room for the view: {free} bytes are free, {needed} are needed"), DiskFull.NoSpace);
        }
        _roomNeededBytes = 0;
    }

    /// <summary>Takes a bad file out of the way. One is kept for a look at it; on a full disk none is, and its room is given back.</summary>
    public void SetAside(Exception reason)
    {
        if (IsDiskFull(reason))
        {
            // Twice its size, or the view would fill the disk again at once.
            var length = Length(options.Name) + Length(LogName(options.Name));
            _roomNeededBytes = Math.Max(_roomNeededBytes, Math.Max(LeastRoomBytes, 2 * length));
            Delete();
            _folder.Delete(options.Name + BrokenEnding);
            return;
        }
        if (_folder.List().Contains(options.Name))
            _folder.Rename(options.Name, options.Name + BrokenEnding);
        Delete();
    }

    /// <summary>Removes the view.</summary>
    public void Delete()
    {
        _folder.Delete(options.Name);
        _folder.Delete(LogName(options.Name));
    }

    /// <summary>The view was closed in good order.</summary>
    public void Closed() => _seal.Close();

    private IJournalFile Take(string name) => _folder.List().Contains(name) ? _folder.Open(name, write: true) : _folder.Create(name);

    private long Length(string name)
    {
        if (!_folder.List().Contains(name))
            return 0;
        using var file = _folder.Open(name, write: false);
        return file.LengthBytes;
    }

    private static bool IsDiskFull(Exception? reason)
    {
        for (var e = reason; e is not null; e = e.InnerException)
        {
            if (DiskFull.Is(e))
                return true;
        }
        return false;
    }
}
