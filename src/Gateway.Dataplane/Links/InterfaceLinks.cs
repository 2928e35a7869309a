using System.Runtime.CompilerServices;

namespace Gateway.Dataplane.Links;

/// <summary>The links of one interface: itself, or the VLANs of a trunk. Says which link a frame came in on.</summary>
internal sealed class InterfaceLinks
{
    private const int NoLink = -1;

    private readonly short[]? _byVlan;

    /// <param name="links">Each link's index and VLAN; a single one with VLAN 0, or one or more with a VLAN each.</param>
    public InterfaceLinks(IReadOnlyList<(int Link, ushort Vlan)> links)
    {
        First = links[0].Link;
        if (links[0].Vlan == 0)
            return;
        _byVlan = new short[VlanTag.IdMask + 1];
        Array.Fill(_byVlan, (short)NoLink);
        foreach (var (link, vlan) in links)
            _byVlan[vlan] = (short)link;
    }

    /// <summary>Bears the counters of what belongs to no link.</summary>
    public int First { get; }

    public bool IsTrunk => _byVlan is not null;

    /// <summary>Link of a frame on a trunk.</summary>
    /// <param name="vlan">VLAN of its tag; -1 when it bore none.</param>
    /// <param name="link">Its link.</param>
    /// <returns>False when this VLAN, or no tag, is no link.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFind(int vlan, out int link)
    {
        link = vlan < 0 ? NoLink : _byVlan![vlan];
        return link >= 0;
    }
}
