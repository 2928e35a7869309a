using Gateway.Core.Policy;

namespace Gateway.Service.State;

/// <summary>What the site file says: links, fabrics, segments. Read once at start.</summary>
/// <param name="Document">The file.</param>
/// <param name="Folder">Folder of the file, against which its paths are read.</param>
internal sealed record SiteContext(SiteDocument Document, string Folder)
{
    /// <summary>Socket number of a link; 0 when it has none.</summary>
    public int SocketOf(string link) => Document.Links.FirstOrDefault(l => l.Name == link)?.Socket ?? 0;

    /// <summary>VLAN of a link; 0 when it has none.</summary>
    public ushort VlanOf(string link) => Document.Links.FirstOrDefault(l => l.Name == link)?.Vlan ?? 0;
}
