using System.Security.Cryptography;
using System.Text;

namespace Gateway.Core.Store.Views;

/// <summary>A small file beside the view that says whether the view can be trusted, because LiteDB could not tell: its pages have no checksum.
/// While the view is open it names the boot of the machine: after a killed process the kernel still has every write, after a power cut pages
/// may be torn. When it is closed it holds the signed hash of the files, so nobody can change the log that people see while the box is off.</summary>
internal sealed class ViewSeal
{
    private const string Ending = ".seal";
    private const string BootIdPath = "/proc/sys/kernel/random/boot_id";
    private const int MaxBytes = 256;

    private readonly StoreKey _key;
    private readonly Func<string> _bootId;
    private readonly DiskFolder _folder;
    private readonly string _view;

    public ViewSeal(ViewOptions options)
    {
        var path = Path.GetFullPath(options.Path);
        _key = options.Key;
        _bootId = options.BootId;
        _folder = DiskFolder.Open(Path.GetDirectoryName(path)!);
        _view = Path.GetFileName(path);
    }

    private static ReadOnlySpan<byte> Opened => "gateway view, open in boot "u8;

    private static ReadOnlySpan<byte> Closed => "gateway view, closed with "u8;

    /// <summary>The kernel's random name for this boot (random(4)); a name of its own where there is none, so that nothing is trusted.</summary>
    public static string ReadBootId() => File.Exists(BootIdPath) ? File.ReadAllText(BootIdPath).Trim() : Guid.NewGuid().ToString();

    /// <summary>Whether the view is as it was closed, or was open in this very boot.</summary>
    public bool IsIntact()
    {
        var seal = WholeFile.Read(_folder, _view + Ending, MaxBytes) ?? [];
        if (seal.AsSpan().StartsWith(Opened))
            return seal.AsSpan().SequenceEqual(OpenSeal());
        var signed = seal.Length - StoreKey.SignatureBytes;
        return signed > 0 && _key.Verify(seal.AsSpan(0, signed), seal.AsSpan(signed)) && seal.AsSpan(0, signed).SequenceEqual(CloseSeal());
    }

    /// <summary>Before the file is opened.</summary>
    public void Open() => WholeFile.Write(_folder, _view + Ending, OpenSeal());

    /// <summary>After the file was closed.</summary>
    public void Close()
    {
        using (var file = _folder.Open(_view, write: true))
            file.Sync();
        var seal = CloseSeal();
        WholeFile.Write(_folder, _view + Ending, seal, _key.Sign(seal));
    }

    private byte[] OpenSeal() => [.. Opened, .. Encoding.UTF8.GetBytes(_bootId())];

    private byte[] CloseSeal()
    {
        var path = Path.Combine(_folder.Name, _view);
        return [.. Closed, .. Hash(path), .. Hash(LiteFile.LogPath(path))];
    }

    /// <summary>LiteDB's log counts too: what stands in it is in force. An empty one is as good as none.</summary>
    private static byte[] Hash(string path)
    {
        if (!File.Exists(path))
            return SHA256.HashData([]);
        using var stream = File.OpenRead(path);
        return SHA256.HashData(stream);
    }
}
