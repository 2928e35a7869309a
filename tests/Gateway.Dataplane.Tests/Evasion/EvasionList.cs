using Gateway.Core.Policy;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>The whole list: the 125 cases, the rows we add, and the same attacks from B towards A.</summary>
internal static class EvasionList
{
    /// <summary>The 125 in their order: 122 attacks and 3 controls.</summary>
    public static IReadOnlyList<Case> Numbered { get; } =
    [
        .. LinkCases.Controls, .. LinkCases.Rows, .. NetworkCases.Arp, .. NetworkCases.Ipv4, .. NetworkCases.Fragments, .. NetworkCases.Tunnels,
        .. NetworkCases.Icmp, .. TcpCases.Rows, .. TcpCases.State, .. ServiceCases.Ipv6, .. ServiceCases.Services, .. ServiceCases.Application,
    ];

    /// <summary>Beyond the 125, from A.</summary>
    public static IReadOnlyList<Case> Added { get; } =
    [
        .. LinkCases.More, .. NetworkCases.MoreArp, .. NetworkCases.MoreIpv4, .. NetworkCases.MoreIcmp, .. TcpCases.More, .. FlowCases.Rows, .. FlowCases.Controls,
        .. FlowCases.Bounds, .. ServiceCases.More,
    ];

    /// <summary>The same rows with B as the attacker, where they mean something from a peer; numbers end in p.</summary>
    public static IReadOnlyList<Case> FromPeer { get; } = [.. Twins(), .. PeerCases.Rows, .. ServerCases.Rows];

    public static IReadOnlyList<Case> All { get; } = [.. Numbered, .. Added, .. FromPeer];

    /// <summary>Every case in each way it has.</summary>
    public static IEnumerable<(Case Case, Way Way)> Runs => All.SelectMany(c => c.Ways.Select(w => (c, w)));

    private static IEnumerable<Case> Twins() => Numbered
        .Concat(TcpCases.More).Concat(FlowCases.Rows).Concat(FlowCases.Controls)
        .Where(c => c.Sender is null && !PeerCases.HaveNoTwin.Contains(c.Number))
        .Select(c => c with
        {
            Number = c.Number + "p",
            FromPeer = true,
            Reason = PeerCases.OtherReasons.TryGetValue(c.Number, out var reason) ? reason : c.Reason,
            ReasonWhenTracked = c.ReasonWhenTracked,
        });
}
