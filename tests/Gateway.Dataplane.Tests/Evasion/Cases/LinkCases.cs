using Gateway.Core.Policy;
using static Gateway.Dataplane.Tests.Evasion.Row;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>1 to 3, the controls, and 4 to 35, the link layer. Where a row is about a type or a wrapper, what stands inside is the legal
/// opening, so that nothing but the type can be the reason.</summary>
internal static class LinkCases
{
    private const string Layer = "L2";

    private static readonly byte[] Snap = [0xAA, 0xAA, 3, 0, 0, 0, 8, 0];

    public static Case[] Controls { get; } =
    [
        Allow("control", "1", "TCP SYN to the allowed port (MSS, SACK, TS, WS options)", s => s.Syn),
        Allow("control", "2", "ARP request for the allowed peer, correct sender", s => s.Arp(1, s.Base.From, s.Base.To), "The gateway answers itself.")
            with { Passes = s => s.Resolves() },
        Allow("control", "3", "In-window data on an established flow", s => s.Data) with { Established = true, Passes = s => s.Carries(Scene.Marker) },
    ];

    public static Case[] Rows { get; } =
    [
        Drop(Layer, "4", "Spoofed source MAC, right IP", DropReason.SourceMacNotBound, s => s.Syn with { MacFrom = Stranger }),
        Drop(Layer, "5", "Source MAC = peer MAC (reflection)", DropReason.SourceMacNotBound, s => s.Syn with { MacFrom = EvasionSite.B.Mac }),
        Drop(Layer, "6", "Source MAC multicast/group bit set", DropReason.SourceMacIllegal, s => s.Syn with { MacFrom = 0x0300_0000_000A }),
        Drop(Layer, "7", "Source MAC all zero", DropReason.SourceMacIllegal, s => s.Syn with { MacFrom = 0 }),
        Drop(Layer, "8", "Destination MAC broadcast with unicast IP", DropReason.BroadcastNotRelayed, s => s.Syn with { MacTo = Everyone }),
        Drop(Layer, "9", "Destination MAC of another device (lateral)", DropReason.DestinationMacNotOurs, s => s.Syn with { MacTo = EvasionSite.C.Mac }),
        Drop(Layer, "10", "MAC flood: 256 random sources", DropReason.SourceMacNotBound,
            s => Enumerable.Range(0, 256).Select(i => s.Syn with { MacFrom = 0x0212_3400_0000ul + (uint)(i * 257) })),
        Drop(Layer, "11", "802.1Q tag VID 1", DropReason.TaggedFrame, s => s.Syn with { Tags = [0x81, 0, 0, 1] }),
        Drop(Layer, "12", "802.1Q priority tag VID 0", DropReason.TaggedFrame, s => s.Syn with { Tags = [0x81, 0, 0xE0, 0] }),
        Drop(Layer, "13", "QinQ 88a8+8100 double tag", DropReason.TaggedFrame, s => s.Syn with { Tags = [0x88, 0xA8, 0, 1, 0x81, 0, 0, 2] }),
        Drop(Layer, "14", "Double 8100 tag", DropReason.TaggedFrame, s => s.Syn with { Tags = [0x81, 0, 0, 1, 0x81, 0, 0, 2] }),
        Drop(Layer, "15", "Triple tag", DropReason.TaggedFrame, s => s.Syn with { Tags = [0x81, 0, 0, 1, 0x81, 0, 0, 2, 0x81, 0, 0, 3] }),
        Drop(Layer, "16", "Legacy QinQ 0x9100", DropReason.EthertypeNotAllowed, s => s.Syn with { Tags = [0x91, 0, 0, 1] }),
        Drop(Layer, "17", "LLC/SNAP-encapsulated IPv4 (802.3 length)", DropReason.LlcFrame, s => s.Syn with { Ethertype = 68, Wrapper = Snap }),
        Drop(Layer, "18", "VLAN tag + LLC/SNAP + IPv4", DropReason.TaggedFrame, s => s.Syn with { Tags = [0x81, 0, 0, 1], Ethertype = 68, Wrapper = Snap }),
        Drop(Layer, "19", "SNAP with zero-length 802.3 field", DropReason.LlcFrame, s => s.Syn with { Ethertype = 0, Wrapper = Snap }),
        Drop(Layer, "20", "STP BPDU to 01:80:c2:00:00:00", DropReason.LlcFrame,
            s => s.Base with { MacTo = 0x0180_C200_0000, Ethertype = 38, Body = [0x42, 0x42, 3, .. new byte[43]] }),
        Drop(Layer, "21", "LLDP 0x88cc", DropReason.EthertypeNotAllowed, s => s.Syn with { MacTo = 0x0180_C200_000E, Ethertype = 0x88CC }),
        Drop(Layer, "22", "802.3x PAUSE 0x8808", DropReason.EthertypeNotAllowed, s => s.Syn with { MacTo = 0x0180_C200_0001, Ethertype = 0x8808 }),
        Drop(Layer, "23", "EAPOL 0x888e", DropReason.EthertypeNotAllowed, s => s.Syn with { MacTo = 0x0180_C200_0003, Ethertype = 0x888E }),
        Typed("24", "PROFINET RT/DCP 0x8892 without grant", 0x8892),
        Typed("25", "EtherCAT 0x88a4", 0x88A4),
        Typed("26", "PTP over Ethernet 0x88f7", 0x88F7),
        Typed("27", "GOOSE 0x88b8", 0x88B8),
        Typed("28", "MPLS unicast 0x8847 carrying IPv4", 0x8847, 0, 1, 0x01, 64),
        Typed("29", "PPPoE session 0x8864", 0x8864, 0x11, 0, 0, 1, 0, 62, 0, 0x21),
        Typed("30", "MACsec 0x88e5", 0x88E5, 0, 0, 0, 0, 0, 1),
        Typed("31", "Unknown ethertype 0x88b5", 0x88B5),
        Typed("32", "HSR 0x892f / PRP trailer", 0x892F, 0x10, 66, 0, 1, 8, 0),
        Strip(Layer, "33", "Trailing bytes after the IP total length (padding covert channel)", s => s.Syn with { Trailer = Scene.Marker }),
        Drop(Layer, "34", "Runt: 14-byte header only", DropReason.Ipv4Malformed, s => s.Base with { Body = [] }),
        Drop(Layer, "35", "Ethertype says IPv4, payload is ARP", DropReason.Ipv4Malformed,
            s => s.Arp(1, s.Base.From, s.Base.To, to: EvasionSite.BoxMac) with { Ethertype = 0x0800 }),
    ];

    /// <summary>Beyond the 125.</summary>
    public static Case[] More { get; } =
    [
        Strip(Layer, "32b", "PRP trailer behind a legal frame", s => s.Syn with { Trailer = [0, 7, 0xA0, 78, 0x88, 0xFB] },
            "A device on a redundant ring loses its trailer, not its frame."),
        Strip(Layer, "33b", "Bytes in the padding of a short frame", s => s.Syn with { Options = [], Trailer = [1, 2, 3, 4, 5, 6] }),
        Drop(Layer, "34b", "13 bytes, less than a header", DropReason.FrameTooShort, s => s.Syn with { Cut = 13 })
            with { InProcessOnly = "the kernel sends no frame without a whole header" },
        Drop(Layer, "21b", "Link-local destination with a legal packet inside", DropReason.EthertypeNotAllowed, s => s.Syn with { MacTo = 0x0180_C200_0002 }),
        Drop(Layer, "7b", "Source MAC is the gateway's own", DropReason.SourceMacIllegal, s => s.Syn with { MacFrom = EvasionSite.BoxMac }),
        Drop(Layer, "9b", "Destination MAC of B itself", DropReason.DestinationMacNotOurs, s => s.Syn with { MacTo = EvasionSite.B.Mac }),
        Drop(Layer, "126", "Jumbo frame of 2,400 bytes", DropReason.FrameCut, s => s.DataOf(new byte[2_346]))
            with { Established = true, Ways = [Way.Tracked] },
        Drop(Layer, "126b", "Packet of 1,600 bytes for a link of 1,500", DropReason.PacketTooBig, s => s.DataOf(new byte[1_560]))
            with { Established = true, Ways = [Way.Tracked], Note = "The sender is told what would pass.", InProcessOnly = "both links carry the same" },
        Drop(Layer, "127", "Giant frame of 8,000 bytes", DropReason.FrameCut, s => s.DataOf(new byte[7_946]))
            with { Established = true, Ways = [Way.Tracked] },
        Drop(Layer, "128", "A device that nobody approved, legal in everything else", DropReason.UnknownDevice,
            s => s.Syn with { MacFrom = EvasionSite.Newcomer.Mac }) with { Sender = EvasionSite.Newcomer },
        Drop(Layer, "129", "A device that was cut off, legal in everything else", DropReason.DeviceCutOff,
            s => s.Syn with { MacFrom = EvasionSite.CutOff.Mac, From = EvasionSite.CutOff.Address }) with { Sender = EvasionSite.CutOff },
        Drop(Layer, "131", "A device that waits for approval, legal in everything else", DropReason.UnknownDevice,
            s => s.Syn with { MacFrom = EvasionSite.Waiting.Mac, From = EvasionSite.Waiting.Address }) with { Sender = EvasionSite.Waiting },
        Drop(Layer, "130", "The bound device, after another address spoke and it gave no answer", DropReason.BindingBroken, s =>
        {
            s.Send(s.Syn with { MacFrom = Stranger });
            s.Gate.Pass(1_000);
            s.Forget();
            return s.Syn;
        }) with { InProcessOnly = "takes a second, and breaks the binding for the rows behind it" },
    ];

    private static Case Typed(string number, string name, ushort type, params byte[] wrapper) =>
        Drop(Layer, number, name, DropReason.EthertypeNotAllowed, s => s.Syn with { Ethertype = type, Wrapper = wrapper });
}
