using Gateway.Core.Policy;
using static Gateway.Dataplane.Tests.Evasion.Row;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>36 to 80: ARP, IPv4, fragments, tunnels and ICMP.</summary>
internal static class NetworkCases
{
    public static Case[] Arp { get; } =
    [
        Claim("36", "ARP reply claiming the peer IP", DropReason.ArpSenderNotBound, s => s.Arp(2, s.Base.To, EvasionSite.GatewayAddress, to: EvasionSite.BoxMac)),
        Claim("37", "Gratuitous ARP for the gateway IP", DropReason.ArpSenderNotBound, s => s.Arp(1, EvasionSite.GatewayAddress, EvasionSite.GatewayAddress)),
        Claim("38", "ARP sender MAC differs from Ethernet source", DropReason.ArpSenderNotBound, s => s.Arp(1, s.Base.From, s.Base.To, senderMac: Stranger)),
        Claim("39", "ARP hlen=8/plen=4 malformed", DropReason.ArpMalformed, s => s.Arp(1, s.Base.From, s.Base.To, hardwareBytes: 8)),
        Strip("ARP", "40", "ARP with payload in the padding", s => Padded(s, s.Arp(1, s.Base.From, s.Base.To)), "Nothing of the question is passed on; the answer is the gateway's own.")
            with { Passes = s => s.Resolves(), Leaks = s => s.AtAttacker.Concat(s.AtVictim).Any(x => x.HasUndeclared) },
        Drop("ARP", "41", "ARP scan of the /24", DropReason.ArpTargetNotGranted,
            s => Enumerable.Range(2, 240).Where(i => i is not (9 or 101 or 102)).Select(i => s.Arp(1, s.Base.From, 0x0A4D_0000u + (uint)i))) with { Leaks = s => s.Resolves() },
        Drop("ARP", "42", "RARP 0x8035", DropReason.EthertypeNotAllowed, s => s.Arp(1, s.Base.From, s.Base.To) with { Ethertype = 0x8035 }),
    ];

    public static Case[] MoreArp { get; } =
    [
        Claim("36b", "ARP request in the name of the peer", DropReason.ArpSenderNotBound, s => s.Arp(1, s.Base.To, EvasionSite.GatewayAddress)),
        Claim("36c", "ARP reply to another than the gateway", DropReason.ArpUnsolicited, s => s.Arp(2, s.Base.From, s.Base.To, to: EvasionSite.BoxMac)),
        Claim("39b", "ARP operation 3", DropReason.ArpMalformed, s => s.Arp(3, s.Base.From, s.Base.To)),
        Claim("39c", "ARP message cut short", DropReason.ArpMalformed, s => s.Arp(1, s.Base.From, s.Base.To) with { Cut = 41 }),
    ];

    public static Case[] Ipv4 { get; } =
    [
        Ip("43", "Spoofed source IP", DropReason.SourceAddressNotBound, s => s.Syn with { From = 0x0A4D_0021 }),
        Ip("44", "Source = destination (LAND)", DropReason.SourceAddressIllegal, s => s.Syn with { To = s.Base.From }),
        Ip("45", "Source 127.0.0.1", DropReason.SourceAddressIllegal, s => s.Syn with { From = 0x7F00_0001 }),
        Ip("46", "Source 0.0.0.0", DropReason.SourceAddressIllegal, s => s.Syn with { From = 0 }),
        Ip("47", "Source multicast 224.0.0.1", DropReason.SourceAddressIllegal, s => s.Syn with { From = 0xE000_0001 }),
        Ip("48", "Destination limited broadcast", DropReason.BroadcastNotRelayed, s => s.Syn with { To = 0xFFFF_FFFF }),
        Ip("49", "Destination multicast 239.x", DropReason.BroadcastNotRelayed, s => s.Syn with { To = 0xEF01_0203 }),
        Ip("50", "TTL 0", DropReason.Ipv4TtlTooLow, s => s.Syn with { Ttl = 0 }),
        Ip("51", "TTL 1 (TTL-insertion evasion)", DropReason.Ipv4TtlTooLow, s => s.Syn with { Ttl = 1 }),
        Ip("52", "Bad header checksum", DropReason.Ipv4Checksum, s => s.Syn with { IpChecksumError = 0x5A5A }),
        Ip("53", "Version 6 in ethertype 0800", DropReason.Ipv4Malformed, s => s.Syn with { Version = 6 }),
        Ip("54", "IHL 4 (too small)", DropReason.Ipv4Malformed, ShortHeader,
            "Read with four words it is a legal opening: B's address ends in the bytes of port 502.") with { Ways = [Way.Inspected] },
        Ip("55", "IHL past the packet end", DropReason.Ipv4Malformed, s => s.Syn with { Options = [], HeaderWords = 15 }),
        Ip("56", "Total length larger than the frame", DropReason.Ipv4Malformed, s => s.Syn with { TotalLength = 200 }),
        Ip("57", "Loose source route option", DropReason.Ipv4Options, s => s.Syn with { IpOptions = [131, 7, 4, 10, 77, 0, 9, 0] }),
        Ip("58", "Record route option", DropReason.Ipv4Options, s => s.Syn with { IpOptions = [7, 7, 4, 0, 0, 0, 0, 0] }),
        Ip("59", "Router alert option", DropReason.Ipv4Options, s => s.Syn with { IpOptions = [148, 4, 0, 0] }),
        Ip("60", "Reserved (evil) flag bit", DropReason.Ipv4ReservedFlag, s => s.Syn with { FragmentField = 0xC000 }),
    ];

    public static Case[] MoreIpv4 { get; } =
    [
        Ip("51b", "TTL 3, the highest that is refused", DropReason.Ipv4TtlTooLow, s => s.Syn with { Ttl = 3 }),
        Allow("IPv4", "51c", "TTL 4 leaves as 64", s => s.Syn with { Ttl = 4 }) with { Passes = s => s.AtVictim.Any(x => x.Frame[22] == 64) },
        Ip("55b", "IHL past the total length, inside the frame", DropReason.Ipv4Malformed, s => s.Syn with { Options = [], HeaderWords = 15, Trailer = new byte[40] }),
        Ip("48b", "Destination 0.0.0.0", DropReason.DestinationAddressIllegal, s => s.Syn with { To = 0 }),
        Ip("48c", "Destination 127.0.0.1", DropReason.DestinationAddressIllegal, s => s.Syn with { To = 0x7F00_0001 }),
        Ip("48d", "Destination address granted to nobody", DropReason.NoGrant, s => s.Syn with { To = 0x0A4D_0041 }),
    ];

    /// <summary>Each fragment, read as a whole packet, is in-window data with an allowed request: nothing but being a fragment is wrong.</summary>
    public static Case[] Fragments { get; } =
    [
        Fragment("61", "Tiny first fragment (8 bytes of TCP)", s => [s.Data with { FragmentField = 0x2000 }]),
        Fragment("62", "Overlapping fragments, different data", s => [s.Data with { FragmentField = 0x2000 }, s.DataOf(Scene.Request(0xBEEF, 1)) with { FragmentField = 0x0001 }]),
        Fragment("63", "Fragment overwriting the TCP port", s => [s.Data with { FragmentField = 0x2000 }, s.Data with { FragmentField = 0x2000, ToPort = 23 }]),
        Fragment("64", "Non-first fragment alone", s => [s.Data with { FragmentField = 0x0010 }]),
        Fragment("65", "Ping-of-death offset 8189", s => [s.Data with { FragmentField = 0x1FFD }]),
        Fragment("66", "Fragment flood: 300 first fragments, never finished", s => Enumerable.Repeat(s.Data with { FragmentField = 0x2000 }, 300)),
    ];

    /// <summary>What stands inside is the legal opening: nothing but the protocol number is wrong.</summary>
    public static Case[] Tunnels { get; } =
    [
        Tunnel("67", "GRE (47)", 47),
        Tunnel("68", "IPIP (4)", 4),
        Tunnel("69", "6in4 (41)", 41),
        Tunnel("70", "ESP (50)", 50),
        Tunnel("71", "AH (51)", 51),
        Tunnel("72", "SCTP (132)", 132),
        Tunnel("73", "UDP-Lite (136)", 136),
        Drop("tunnel", "74", "VXLAN in UDP 4789", DropReason.NoGrant, s => s.Base.Udp(4_789, [8, 0, 0, 0, 0, 0, 1, 0, .. Scene.Marker])),
        Drop("tunnel", "75", "DNS tunnel UDP 53", DropReason.NoGrant, s => s.Base.Udp(53, Scene.Marker)),
        Drop("tunnel", "76", "UDP to port 502", DropReason.NoGrant, s => s.Base.Udp(502, Scene.Marker)),
    ];

    public static Case[] Icmp { get; } =
    [
        Message("77", "Echo request with payload (ICMP tunnel)", s => [Icmps(s, 8, 0, [0, 1, 0, 1, .. Scene.Marker])]),
        Message("78", "Redirect host", s => [Icmps(s, 5, 1, [10, 77, 0, 9, .. s.Syn.Packet()[..28]])]),
        Message("79", "Forged frag-needed MTU 68", s => [Icmps(s, 3, 4, [0, 0, 0, 68, .. s.Data.Packet()[..28]])]) with { Established = true },
        Message("80", "Timestamp / router advertisement (9)", s => [Icmps(s, 13, 0, new byte[16]), Icmps(s, 9, 0, [1, 2, 7, 8, 10, 77, 0, 1, 0, 0, 0, 0])]),
    ];

    public static Case[] MoreIcmp { get; } =
    [
        Message("77b", "Echo to the gateway with a wrong checksum", s =>
        {
            var echo = Icmps(s, 8, 0, [0, 1, 0, 1, .. Scene.Marker]) with { To = EvasionSite.GatewayAddress };
            echo.Datagram![2] ^= 0x55;
            return [echo];
        }) with { Leaks = s => s.AtVictim.Count > 0 || s.AtAttacker.Exists(x => x.IsIpv4) },
        Message("77c", "Timestamp request to the gateway", s => [Icmps(s, 13, 0, new byte[16]) with { To = EvasionSite.GatewayAddress }])
            with { Leaks = s => s.AtVictim.Count > 0 || s.AtAttacker.Exists(x => x.IsIpv4) },
        Message("77d", "Echo to the gateway with code 1", s => [Icmps(s, 8, 1, new byte[8]) with { To = EvasionSite.GatewayAddress }])
            with { Leaks = s => s.AtVictim.Count > 0 || s.AtAttacker.Exists(x => x.IsIpv4) },
        Message("77g", "Four bytes of echo to the gateway", s => [s.Base with { Protocol = 1, Datagram = [8, 0, 0xF7, 0xFF], To = EvasionSite.GatewayAddress }])
            with { Leaks = s => s.AtVictim.Count > 0 || s.AtAttacker.Exists(x => x.IsIpv4) },
        Message("77e", "Eleven echoes at once: ten answers a second", s => Enumerable.Repeat(Icmps(s, 8, 0, [0, 1, 0, 1]) with { To = EvasionSite.GatewayAddress }, 11))
            with { Leaks = s => s.AtVictim.Count > 0 || s.AtAttacker.Count(x => x.IsIpv4) > 10, InProcessOnly = "a slow machine lets time pass between them" },
        Allow("ICMP", "77f", "Echo to the gateway is answered by the gateway", s => Icmps(s, 8, 0, [0, 1, 0, 1]) with { To = EvasionSite.GatewayAddress })
            with { Passes = s => s.AtVictim.Count == 0 && s.AtAttacker.Exists(x => x.IsIpv4) },
    ];

    private static Case Ip(string number, string name, DropReason reason, Func<Scene, Crafted> frame, string note = "") =>
        Drop("IPv4", number, name, reason, frame, note);

    private static Case Claim(string number, string name, DropReason reason, Func<Scene, Crafted> frame) =>
        Drop("ARP", number, name, reason, frame) with { Leaks = s => s.Resolves() };

    private static Case Fragment(string number, string name, Func<Scene, IEnumerable<Crafted>> frames) =>
        Drop("IPv4-frag", number, name, DropReason.Ipv4Fragment, frames) with { Established = true };

    private static Case Tunnel(string number, string name, byte protocol) =>
        Drop("tunnel", number, name, DropReason.ProtocolNotGranted, s => s.Syn with { Protocol = protocol });

    private static Case Message(string number, string name, Func<Scene, IEnumerable<Crafted>> frames) =>
        Drop("ICMP", number, name, DropReason.IcmpNotAllowed, frames);

    private static Crafted Padded(Scene scene, Crafted arp)
    {
        Scene.Marker.CopyTo(arp.Body!, 28);
        return arp;
    }

    private static Crafted Icmps(Scene scene, byte type, byte code, byte[] rest)
    {
        byte[] message = [type, code, 0, 0, .. rest];
        var sum = Crafted.Checksum(message);
        (message[2], message[3]) = ((byte)(sum >> 8), (byte)sum);
        return scene.Base with { Protocol = 1, Datagram = message };
    }

    private static Crafted ShortHeader(Scene scene)
    {
        var segment = (scene.Syn with { FromPort = 0x0A4D, ToPort = 0x01F6, Options = [] }).Segment();
        byte[] packet = [0x44, 0, 0, (byte)(16 + segment.Length), 0, 1, 0x40, 0, 64, 6, 0, 0, 10, 77, 0, 1, .. segment];
        var sum = Crafted.Checksum(packet.AsSpan(0, 16));
        (packet[10], packet[11]) = ((byte)(sum >> 8), (byte)sum);
        return scene.Base with { Body = [.. packet, .. new byte[46 - packet.Length]] };
    }
}
