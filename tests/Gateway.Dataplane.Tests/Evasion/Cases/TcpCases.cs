using Gateway.Core.Policy;
using static Gateway.Dataplane.Tests.Evasion.Row;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>81 to 106: TCP segments, and TCP as a conversation.</summary>
internal static class TcpCases
{
    private static readonly byte[] First = Scene.Request(0x0101, 5);
    private static readonly byte[] MssOption = [2, 4, 5, 0xB4];

    public static Case[] Rows { get; } =
    [
        Tcp("81", "Port not granted (23)", DropReason.NoGrant, s => s.Syn with { ToPort = 23 }),
        Tcp("82", "Port 0", DropReason.TcpMalformed, s => s.Syn with { ToPort = 0 }),
        Tcp("83", "SYN carrying data", DropReason.TcpSynWithData, s => s.Syn with { Payload = Scene.Marker }),
        Tcp("84", "SYN with TFO cookie option (34)", DropReason.TcpOptionNotAllowed, s => s.Syn with { Options = [.. MssOption, 34, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1] }),
        Tcp("85", "SYN+FIN", DropReason.TcpFlagsIllegal, s => s.Syn with { Flags = Crafted.Syn | Crafted.Fin }),
        Tcp("86", "SYN+RST", DropReason.TcpFlagsIllegal, s => s.Syn with { Flags = Crafted.Syn | Crafted.Rst }),
        Tcp("87", "NULL flags", DropReason.TcpFlagsIllegal, s => s.Data with { Flags = 0 }) with { Established = true },
        Tcp("88", "XMAS (FIN PSH URG)", DropReason.TcpUrgent, s => s.Data with { Flags = Crafted.Fin | Crafted.Psh | Crafted.Urg }) with { Established = true },
        Tcp("89", "ACK without a flow", DropReason.TcpNoFlow, s => s.Data),
        Tcp("90", "SYN-ACK unsolicited", DropReason.TcpNoFlow, s => s.Syn with { Flags = Crafted.Syn | Crafted.Ack }),
        Tcp("91", "RST without a flow", DropReason.TcpNoFlow, s => s.Reset),
        Tcp("92", "Bad TCP checksum", DropReason.TcpChecksum, s => s.Data with { TcpChecksumError = 0x5A5A }) with { Established = true },
        Tcp("93", "Data offset 4", DropReason.TcpMalformed, s => s.Data with { OffsetWords = 4 }) with { Established = true },
        Tcp("94", "Data offset past the end", DropReason.TcpMalformed, s => s.Data with { OffsetWords = 15 }) with { Established = true },
        Tcp("95", "Reserved bits set", DropReason.TcpReservedBits, s => s.Data with { Reserved = 4 }) with { Established = true },
        Tcp("96", "TCP MD5 option (19)", DropReason.TcpOptionNotAllowed, s => s.Data with { Options = [19, 18, .. new byte[16], 1, 1] }) with { Established = true },
        Tcp("97", "Option length 0 (loop)", DropReason.TcpOptionNotAllowed, s => s.Syn with { Options = [2, 0, 5, 0xB4] }),
    ];

    public static Case[] More { get; } =
    [
        Tcp("82b", "Source port 0", DropReason.TcpMalformed, s => s.Syn with { FromPort = 0 }),
        Tcp("87b", "NULL flags without a flow", DropReason.TcpFlagsIllegal, s => s.Data with { Flags = 0 }),
        Tcp("88d", "FIN alone without a flow", DropReason.TcpFlagsIllegal, s => s.Data with { Flags = Crafted.Fin }),
        Tcp("88b", "FIN without ACK", DropReason.TcpFlagsIllegal, s => s.Data with { Flags = Crafted.Fin | Crafted.Psh }) with { Established = true },
        Tcp("88c", "FIN+RST", DropReason.TcpFlagsIllegal, s => s.Ack with { Flags = Crafted.Fin | Crafted.Rst | Crafted.Ack }) with { Established = true },
        Tcp("94b", "12 bytes of TCP", DropReason.TcpMalformed, s => s.Syn with { Datagram = s.Syn.Segment()[..12] }),
        Tcp("97b", "Option without its length", DropReason.TcpOptionNotAllowed, s => s.Syn with { Options = [1, 1, 1, 2] }),
        Tcp("97c", "Option longer than the options", DropReason.TcpOptionNotAllowed, s => s.Syn with { Options = [1, 1, 8, 10] }),
        Tcp("97d", "MSS of length 6", DropReason.TcpOptionNotAllowed, s => s.Syn with { Options = [2, 6, 5, 0xB4, 1, 2, 1, 1] }),
        Tcp("97e", "MSS twice", DropReason.TcpOptionNotAllowed, s => s.Syn with { Options = [.. MssOption, .. MssOption] }),
        Tcp("97f", "Bytes behind the end of the options", DropReason.TcpOptionNotAllowed, s => s.Syn with { Options = [0, 1, 2, 3] }),
        Tcp("105d", "A SYN-ACK from the opener", DropReason.TcpSecondSyn, s => s.Syn with { Flags = Crafted.Syn | Crafted.Ack, Sequence = s.Next + 9 })
            with { Established = true },
    ];

    /// <summary>In an inspected flow the gateway ends TCP: the victim sees segments made of judged bytes, never the attacker's. In a tracked
    /// flow nobody reads the bytes, and what the two ends agree on must stay what passed first.</summary>
    public static Case[] State { get; } =
    [
        Conversation("98", "Retransmission with different data", null, s => s.Delivered(First) with { Payload = Scene.Marker },
            "Inspected: first bytes win, the copy is acknowledged and thrown away.")
            with { ReasonWhenTracked = DropReason.TcpOverlapDiffers, Leaks = s => s.Carries(Scene.Marker) },
        Conversation("99", "Overlapping segment (partial overlap, new bytes differ)", null, Overlap,
            "Inspected: only the bytes behind the overlap are taken.") with { ReasonWhenTracked = DropReason.TcpOverlapDiffers, Leaks = s => s.Carries(Scene.Marker[..6]) },
        Conversation("100", "Out-of-window sequence", DropReason.TcpOutOfWindow, s => s.Data with { Sequence = s.Next + 100_000 }),
        Conversation("101", "Out-of-order gap (hole never filled)", DropReason.TcpOutOfWindow, s => s.Data with { Sequence = s.Next + 100 },
            "Tracked: passes; nobody reads it, and what fills the hole later cannot differ from it.")
            with { WhenTracked = Verdict.Allow, ReasonWhenTracked = null },
        Conversation("102", "Urgent pointer with data", DropReason.TcpUrgent, s => s.Data with { Flags = Crafted.Ack | Crafted.Psh | Crafted.Urg, Urgent = 1 }),
        Conversation("103", "In-window RST with wrong sequence (RFC 5961)", DropReason.TcpResetSequence, s => s.Reset with { Sequence = s.Next + 10 }),
        Conversation("104", "ACK beyond what the peer sent", DropReason.TcpAckInvalid, s => s.Data with { Acknowledged = s.Taken + 5_000 }),
        Conversation("105", "Second SYN on an open flow", DropReason.TcpSecondSyn, s => s.Syn with { Sequence = s.Next + 1_000 }),
        Drop("TCP-state", "106", "SYN flood: 500 half-open", DropReason.DeviceFlowLimit,
            s => Enumerable.Range(0, 500).Select(i => s.Syn with { FromPort = (ushort)(20_000 + i) }))
            with { Leaks = s => s.AtVictim.Count(x => x.Has(Crafted.Syn)) > 256, Note = "256 flows per device; the 257th opening and all behind it are refused." },
    ];

    private static Crafted Overlap(Scene scene)
    {
        var before = scene.Delivered(First);
        return before with { Sequence = before.Sequence + 6, Payload = Scene.Marker };
    }

    private static Case Tcp(string number, string name, DropReason reason, Func<Scene, Crafted> frame) => Drop("TCP", number, name, reason, frame);

    private static Case Conversation(string number, string name, DropReason? reason, Func<Scene, Crafted> frame, string note = "") =>
        Drop("TCP-state", number, name, reason, frame, note) with { Established = true };
}
