using Gateway.Core.Policy;
using static Gateway.Dataplane.Tests.Evasion.Row;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>What is other when B attacks A from the uplink: a network of hosts, bound by address alone.</summary>
internal static class PeerCases
{
    /// <summary>Rows about the one device of a socket, or about addresses that only A has.</summary>
    public static readonly HashSet<string> HaveNoTwin = ["4", "5", "10", "36", "37", "41", "54", "117", "118", "119", "120", "121", "122"];

    /// <summary>Where the uplink refuses the same frame for another reason.</summary>
    public static readonly Dictionary<string, DropReason> OtherReasons = new()
    {
        ["8"] = DropReason.DestinationMacNotOurs,
        ["43"] = DropReason.UnknownPeer,
        ["46"] = DropReason.UnknownPeer,
        ["44"] = DropReason.SourceAddressIllegal,
        ["113"] = DropReason.Ipv6NotEnrolled,
    };

    public static Case[] Rows { get; } =
    [
        Peer("201", "A host of the uplink that no policy names", DropReason.UnknownPeer, s => s.Syn with { From = 0x0A4D_0031, MacFrom = Stranger }),
        Peer("202", "ARP request of a host that no policy names", DropReason.UnknownPeer, s => s.Arp(1, 0x0A4D_0031, s.Base.To)) with { Leaks = s => s.Resolves() },
        Peer("203", "ARP request for an address that is no device's", DropReason.ArpTargetNotGranted, s => s.Arp(1, s.Base.From, 0x0A4D_0031)) with { Leaks = s => s.Resolves() },
        Peer("204", "ARP reply to everyone", DropReason.ArpUnsolicited, s => s.Arp(2, s.Base.From, s.Base.From)) with { Leaks = s => s.Resolves() },
        Peer("205", "The device's own address behind the gateway", DropReason.NoGrant, s => s.Syn with { To = EvasionSite.A.Address }),
        Peer("206", "The device's segment address", DropReason.NoGrant, s => s.Syn with { To = 0x6440_0007 }),
        Peer("207", "A device that is approved and away", DropReason.BindingUnverified, s => s.Syn with { To = EvasionSite.SeenAway, ToPort = EvasionSite.Tracked })
            with { Ways = [Way.Tracked], SilentWhenOpen = "" },
        Drop("host", "208", "A connection of this machine that no connector announced", DropReason.NoCallerIdentity,
            s => s.Syn with { MacFrom = EvasionSite.HostStack.Mac, From = EvasionSite.HostStack.Address, To = 0x6440_0007 })
            with { Sender = EvasionSite.HostStack, InProcessOnly = "the host link belongs to the machine's own stack" },
        Drop("host", "209", "Another address than this machine's from the host link", DropReason.SourceAddressNotBound,
            s => s.Syn with { MacFrom = EvasionSite.HostStack.Mac, From = 0x6440_0002, To = 0x6440_0007 })
            with { Sender = EvasionSite.HostStack, InProcessOnly = "the host link belongs to the machine's own stack" },
        Strip("app", "210", "An answer that nobody asked for", s =>
        {
            s.Delivered(Scene.Request(0x0303, 3), acknowledged: true);
            s.Answer(Crafted.Ack | Crafted.Psh, [0x0B, 0xAD, 0, 0, 0, 5, 1, 3, 2, 0, 1]);
            s.Look();
            return s.Ack;
        }) with
        {
            Established = true, Ways = [Way.Inspected], Passes = _ => true, Leaks = s => s.AtAttacker.Exists(x => x.Payload.Length > 0),
            Note = "From the server: thrown away, the connection stays.", SilentWhenOpen = "",
        },
    ];

    private static Case Peer(string number, string name, DropReason reason, Func<Scene, Crafted> frame) =>
        Drop("peer", number, name, reason, frame) with { FromPeer = true };
}
