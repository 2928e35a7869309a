using Gateway.Core.Net;

namespace Gateway.Core.Discovery;

/// <param name="Available">Whether makers can be looked up.</param>
/// <param name="Blocks">Blocks known.</param>
/// <param name="Message">For people: what was read, or why nothing was and what would help.</param>
public sealed record OuiStatus(bool Available, int Blocks, string Message);

/// <summary>Makers by hardware address, from the registry of the IEEE Registration Authority as Debian's package ieee-data brings it:
/// blocks of 24, 28 and 36 bits, the longest that matches. Read at the first question; safe for several threads.</summary>
public sealed class OuiRegistry
{
    /// <summary>Where Debian puts the files.</summary>
    public const string DefaultFolder = "/usr/share/ieee-data";

    /// <summary>Large blocks, medium, small, and the older small ones.</summary>
    private static readonly string[] Files = ["oui.csv", "mam.csv", "oui36.csv", "iab.csv"];

    private readonly string _folder;
    private readonly Lazy<Loaded> _loaded;

    /// <param name="folder">Folder with the files; when there are none, nothing is known and <see cref="Status"/> says so.</param>
    public OuiRegistry(string folder = DefaultFolder)
    {
        _folder = folder;
        _loaded = new Lazy<Loaded>(Load);
    }

    public OuiStatus Status => _loaded.Value.Status;

    /// <summary>The maker as registered; null for an address that someone made up, a block that is registered without a name, or an
    /// unknown one.</summary>
    public string? Find(MacAddress mac)
    {
        if (mac.IsLocallyAdministered || mac.IsMulticast)
            return null;
        var blocks = _loaded.Value.Blocks;
        return blocks.Find(mac.Value, 36) ?? blocks.Find(mac.Value, 28) ?? blocks.Find(mac.Value, 24);
    }

    /// <summary>What the address says of its device as an observation; null when it says nothing.</summary>
    public Observation? Observe(DateTimeOffset at, string link, MacAddress mac) =>
        Find(mac) is { } maker ? new Observation(at, link, mac, ObservationSource.Oui, EvidenceAttribute.Vendor, maker) : null;

    private Loaded Load()
    {
        var builder = new OuiBlocksBuilder();
        var missing = new List<string>();
        foreach (var file in Files)
        {
            try
            {
                using var reader = new StreamReader(Path.Combine(_folder, file));
                builder.Read(reader);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                missing.Add(file);
            }
        }
        var message = builder.Count == 0
            ? $"no makers known: {_folder} has no oui.csv; install the Debian package ieee-data"
            : $"{builder.Count} blocks read from {_folder}"
                + (missing.Count > 0 ? $", without {string.Join(", ", missing)}" : "")
                + (builder.Skipped > 0 ? $"; {builder.Skipped} lines could not be read" : "");
        return new Loaded(builder.Build(), new OuiStatus(builder.Count > 0, builder.Count, message));
    }

    private sealed record Loaded(OuiBlocks Blocks, OuiStatus Status);
}
