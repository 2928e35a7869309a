using System.Security.Cryptography;
using System.Text;

namespace Gateway.Core.Store.Views;

/// <summary>A small file beside the view that says whether the view can be trusted, because LiteDB could not tell: its pages have no checksum.
/// While the view is open it names the boot of the machine: after a killed process the kernel still has every write, after a power cut pages
/// may be torn. When it is closed it holds the signed hash of the files, so nobody can change the log that people see while the box is
/// off.</summary>
internal sealed class ViewSeal(ViewOptions options)
{
    private const string Ending = ".seal";
    private const string BootIdPath = "/proc/sys/kernel/random/boot_id";
    private const int MaxBytes = 256;

    private readonly IJournalFolder _folder = options.Folder;

    private static ReadOnlySpan<byte> Opened => "gateway view, open in boot "u8;

    private static ReadOnlySpan<byte> Closed => "gateway view, closed with "u8;

    private string FileName => options.Name + Ending;

    /// <summary>The kernel's random name for this boot (random(4)); a name of its own where there is none, so that nothing is trusted.</summary>
    public static string ReadBootId() => File.Exists(BootIdPath) ? File.ReadAllText(BootIdPath).Trim() : Guid.NewGuid().ToString();

    /// <summary>Whether the view is as it was closed, or was open in this very boot.</summary>
    public bool IsIntact()
    {
        var seal = WholeFile.Read(_folder, FileName, MaxBytes) ?? [];
        if (seal.AsSpan().StartsWith(Opened))
            return seal.AsSpan().SequenceEqual(OpenSeal());
        var signed = seal.Length - StoreKey.SignatureBytes;
        return signed > 0 && options.Key.Verify(seal.AsSpan(0, signed), seal.AsSpan(signed)) && seal.AsSpan(0, signed).SequenceEqual(CloseSeal());
    }

    /// <summary>Before the files are opened.</summary>
    public void Open() => WholeFile.Write(_folder, FileName, OpenSeal());

    /// <summary>After the files were closed.</summary>
    public void Close()
    {
        foreach (var name in new[] { options.Name, ViewFiles.LogName(options.Name) })
        {
            using var file = _folder.Open(name, write: true);
            WholeFile.Sync(file, _folder, name);
        }
        var seal = CloseSeal();
        WholeFile.Write(_folder, FileName, seal, options.Key.Sign(seal));
    }

    private byte[] OpenSeal() => [.. Opened, .. Encoding.UTF8.GetBytes(options.BootId())];

    /// <summary>LiteDB's log counts too: what stands in it is in force. An empty one is as good as none.</summary>
    private byte[] CloseSeal() => [.. Closed, .. Hash(options.Name), .. Hash(ViewFiles.LogName(options.Name))];

    private byte[] Hash(string name)
    {
        if (!_folder.List().Contains(name))
            return SHA256.HashData([]);
        using var file = _folder.Open(name, write: false);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        var offset = 0L;
        while (file.Read(offset, buffer) is > 0 and var count)
        {
            hash.AppendData(buffer, 0, count);
            offset += count;
        }
        return hash.GetHashAndReset();
    }
}
