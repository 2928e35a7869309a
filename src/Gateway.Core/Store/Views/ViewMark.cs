namespace Gateway.Core.Store.Views;

/// <summary>A file beside the view that is there while the view is open. It holds the boot of the machine: when it is found with another
/// boot, the machine went down under the open view, pages may be torn, and LiteDB would not notice (its pages have no checksum). After a
/// killed process the boot is the same, and the kernel still has every write.</summary>
internal sealed class ViewMark(string viewPath)
{
    private const string Ending = ".open";
    private const int MaxBytes = 256;

    private readonly DiskFolder _folder = DiskFolder.Open(Path.GetDirectoryName(Path.GetFullPath(viewPath))!);
    private readonly string _name = Path.GetFileName(viewPath) + Ending;

    private const string BootIdPath = "/proc/sys/kernel/random/boot_id";

    /// <summary>The kernel's random name for this boot (random(4)); a name of its own where there is none, so that nothing is trusted.</summary>
    public static string ReadBootId() => File.Exists(BootIdPath) ? File.ReadAllText(BootIdPath).Trim() : Guid.NewGuid().ToString();

    /// <summary>Whether the view was closed, or open last in this very boot.</summary>
    public bool IsTrusted(string bootId) =>
        !_folder.List().Contains(_name)
        || WholeFile.Read(_folder, _name, MaxBytes) is { } bytes && System.Text.Encoding.UTF8.GetString(bytes) == bootId;

    public void Set(string bootId) => WholeFile.Write(_folder, _name, System.Text.Encoding.UTF8.GetBytes(bootId));

    /// <summary>The view is closed: its file is synced, then the mark goes.</summary>
    public void Remove(string viewFile)
    {
        using (var file = _folder.Open(viewFile, write: true))
            file.Sync();
        _folder.Delete(_name);
        _folder.Sync();
    }
}
