using Gateway.Core.Policy;
using static Gateway.Dataplane.Tests.Evasion.Row;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>Beyond the 125: more of TCP as a conversation, UDP, the traffic that must never be stopped, and bounds.</summary>
internal static class FlowCases
{
    private static readonly byte[] First = Scene.Request(0x0101, 5);

    public static Case[] Rows { get; } =
    [
        Conversation("98b", "Different data where the first was acknowledged long ago", s => s.Delivered(First, acknowledged: true) with { Payload = Scene.Marker },
            "Tracked: what the receiver has taken never passes again; the segment goes on without its bytes, so that a lost acknowledgement comes once more.")
            with { Leaks = s => s.Carries(Scene.Marker) },
        Conversation("99b", "A FIN inside what was sent before", s => s.Delivered(First) with { Payload = [], Flags = Crafted.Fin | Crafted.Ack })
            with { ReasonWhenTracked = DropReason.TcpOutOfWindow },
        Conversation("99c", "Data behind a FIN", AfterFin) with { ReasonWhenTracked = DropReason.TcpOutOfWindow },
        Conversation("103b", "RST of the right window, one byte early", s => s.Delivered(First, acknowledged: true) with { Payload = [], Flags = Crafted.Rst })
            with { Reason = DropReason.TcpResetSequence },
        Conversation("103d", "RST at a number that only an empty segment has named", s =>
        {
            s.Send(s.Ack with { Sequence = s.Next + 9 });
            s.Forget();
            return s.Reset with { Sequence = s.Next + 9 };
        }) with { Reason = DropReason.TcpResetSequence },
        Conversation("104b", "Acknowledgement from half the number space away", s => s.Data with { Acknowledged = s.Taken - 0x4000_0000 })
            with { ReasonWhenTracked = DropReason.TcpAckInvalid, Ways = [Way.Tracked] },
        Conversation("100b", "Numbers from far behind", s => s.Data with { Sequence = s.Next - 10_000 })
            with { Reason = DropReason.TcpOutOfWindow },
        Conversation("101b", "A fifth hole", FifthHole, "Four holes are told apart; the fifth waits until one is filled.")
            with { Ways = [Way.Tracked], ReasonWhenTracked = DropReason.TcpOutOfWindow },
        Drop("TCP-state", "103c", "RST of the opener with another number than its SYN's", DropReason.TcpResetSequence, s => Opened(s, s.Reset with { Sequence = s.Next + 7 })),
        Drop("TCP-state", "105e", "A SYN-ACK behind the opener's own SYN", DropReason.TcpOutOfWindow,
            s => Opened(s, s.Syn with { Flags = Crafted.Syn | Crafted.Ack, Sequence = s.Next + 9, Acknowledged = 1 })) with { ReasonWhenTracked = DropReason.TcpSecondSyn },
        Drop("TCP-state", "105b", "Data before the handshake is done", DropReason.TcpOutOfWindow, s =>
        {
            s.Send(s.Syn);
            s.Forget();
            return s.Base with { Sequence = s.Next + 1, Acknowledged = 1, Flags = Crafted.Ack | Crafted.Psh, Payload = Scene.Marker };
        }) with { ReasonWhenTracked = DropReason.TcpAckInvalid },
        Drop("TCP-state", "105c", "Third step of the handshake that acknowledges another number", DropReason.TcpAckInvalid, s =>
        {
            s.Send(s.Syn);
            s.Look();
            s.VictimAcknowledges();
            var taken = s.AtAttacker.Find(x => x.Has(Crafted.Syn))?.Sequence ?? 0;
            s.Forget();
            return s.Base with { Sequence = s.Next + 1, Acknowledged = taken, Flags = Crafted.Ack | Crafted.Psh, Payload = Scene.Marker };
        }),
        Datagram("140", "UDP length beyond the packet", DropReason.UdpMalformed, s => s.Base.Udp(EvasionSite.Datagrams, Scene.Marker, lengthError: 4)),
        Datagram("141", "UDP length short of the packet (hidden bytes)", DropReason.UdpMalformed, s => s.Base.Udp(EvasionSite.Datagrams, Scene.Marker, lengthError: -4)),
        Datagram("142", "UDP length below its header", DropReason.UdpMalformed, s => s.Base.Udp(EvasionSite.Datagrams, Scene.Marker, lengthError: -16)),
        Datagram("143", "UDP with a bad checksum", DropReason.UdpChecksum, s => s.Base.Udp(EvasionSite.Datagrams, Scene.Marker, checksumError: 0x1111)),
        Datagram("144", "UDP from port 0", DropReason.UdpMalformed, s => (s.Base with { FromPort = 0 }).Udp(EvasionSite.Datagrams, Scene.Marker)),
        Datagram("145", "UDP to port 0", DropReason.UdpMalformed, s => s.Base.Udp(0, Scene.Marker)),
        Datagram("145b", "Datagram of 1,600 bytes for a link of 1,500", DropReason.PacketTooBig, s => s.Base.Udp(EvasionSite.Datagrams, [.. Scene.Marker, .. new byte[1_560]]))
            with { Note = "The sender is told what would pass.", InProcessOnly = "both links carry the same" },
        Datagram("146", "Five bytes of UDP", DropReason.UdpMalformed, s => s.Base.Udp(EvasionSite.Datagrams, []) with { Datagram = [0, 9, 0x0F, 0xE6, 0] }),
    ];

    /// <summary>What real stacks send: a row of these that fails is a line that stands still.</summary>
    public static Case[] Controls { get; } =
    [
        Legal("150", "The same SYN again", s => s.Syn, established: false, passes: s => s.AtVictim.Any(x => x.Has(Crafted.Syn)), before: s => s.Send(s.Syn))
            with { Ways = [Way.Tracked], Note = "Inspected: the gateway repeats its own." },
        Legal("151", "The same data again, not yet acknowledged", s => s.Delivered(First)),
        Legal("152", "The same data again, acknowledged but the acknowledgement was lost", s => s.Delivered(First, acknowledged: true)),
        Legal("153", "Old and new data in one segment", s => Joined(s), passes: s => s.Carries(Scene.Marker)),
        Legal("154", "Keep-alive: one before the next number, no data", s => Quiet(s) with { Sequence = s.Next - 1 }),
        Strip("control", "155", "Keep-alive with one byte of garbage", s => Quiet(s) with { Sequence = s.Next - 1, Payload = [0x5A] })
            with { Established = true, Passes = Heard, Leaks = s => s.Carries([0x5A]), Note = "Old stacks send one; the byte stays behind." },
        Legal("156", "A plain acknowledgement", s => s.Ack) with { Ways = [Way.Tracked] },
        Legal("157", "RST at the exact number", s => s.Reset, passes: s => s.AtVictim.Any(x => x.Has(Crafted.Rst))),
        Legal("158", "FIN", s => s.Ack with { Flags = Crafted.Fin | Crafted.Ack }, passes: s => s.AtVictim.Any(x => x.Has(Crafted.Fin))),
        Legal("159", "A repeated FIN", s => Repeated(s, s.Ack with { Flags = Crafted.Fin | Crafted.Ack })),
        Legal("160", "ECN bits", s => s.Data with { Flags = Crafted.Ack | Crafted.Psh | Crafted.Ece }, passes: s => s.Carries(Scene.Marker)),
        Legal("161", "An urgent pointer without its flag", s => s.Data with { Urgent = 7 },
            passes: s => s.AtVictim.Any(x => x.Payload.Length > 0 && x.Frame[52] == 0 && x.Frame[53] == 0)),
        Legal("162", "A segment as large as the path takes (1,500 bytes)", s => s.DataOf(new byte[1_460])) with { Ways = [Way.Tracked] },
        Legal("163", "Bytes out of order, then the missing ones", OutOfOrder, passes: s => s.Carries(Scene.Request(2, 2))) with { Ways = [Way.Tracked] },
        Legal("164", "A new opening from the same port, where the last one was never answered", s => s.Syn with { Sequence = s.Next + 70_000 },
            established: false, passes: s => s.AtVictim.Any(x => x.Sequence == s.Next + 70_000), before: s => s.Send(s.Syn)) with { Ways = [Way.Tracked] },
        Legal("165", "A device that started again is told by an acknowledgement, so that it resets the old connection and gets in", Restarted,
            passes: s => s.AtVictim.Any(x => x.Has(Crafted.Syn))),
        Legal("166", "UDP to the granted port", s => s.Base.Udp(EvasionSite.Datagrams, Scene.Marker), established: false, passes: s => s.Carries(Scene.Marker)),
        Legal("167", "UDP without a checksum", s => Unsummed(s.Base.Udp(EvasionSite.Datagrams, Scene.Marker)), established: false, passes: s => s.Carries(Scene.Marker)),
        Legal("168", "A segment with timestamps and SACK", s => s.Data with { Options = [1, 1, 8, 10, 0, 0, 0, 9, 0, 0, 0, 9, 1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 9] },
            passes: s => s.Carries(Scene.Marker)),
        Legal("170", "Options ended by the end of the list and zeros", s => s.Syn with { Options = [2, 4, 5, 0xB4, 0, 0, 0, 0] }, established: false,
            passes: s => s.AtVictim.Any(x => x.Has(Crafted.Syn))),
        Legal("171", "Both sides close at once", ClosedAtOnce) with { Ways = [Way.Tracked] },
        Legal("172", "A byte that asks whether the shut window has opened", Probe, passes: s => s.AtVictim.Any(x => x.Payload.Length == 1)) with { Ways = [Way.Tracked] },
        Legal("169", "A FIN that both sides have acknowledged comes once more", ClosedTwice) with { Ways = [Way.Tracked] },
    ];

    public static Case[] Bounds { get; } =
    [
        Drop("bound", "180", "More frames at once than a link may bring", DropReason.LinkRateLimit,
            s => Enumerable.Repeat(s.Base.Udp(EvasionSite.Datagrams, [1, 2, 3, 4]), 20_100)) with
        {
            Ways = [Way.Tracked], Leaks = s => s.AtVictim.Count > 20_000, InProcessOnly = "time passes on a real link, and the limit is one of time",
        },
        Drop("bound", "181", "More inspected flows than the box has buffers", DropReason.InspectionPoolFull,
            s => Enumerable.Range(0, 1_030).Select(i => s.Syn with { MacFrom = EvasionSite.C.Mac, From = EvasionSite.C.Address, FromPort = (ushort)(30_000 + i) })) with
        {
            Sender = EvasionSite.C, Ways = [Way.Inspected], Leaks = s => s.AtVictim.Count(x => x.Has(Crafted.Syn)) > 1_024,
            InProcessOnly = "fills the box for the rows behind it",
        },
        Drop("bound", "182", "A port that is taken at the target in every place it could be moved to", DropReason.PortsExhausted, TakenPorts) with
        {
            Sender = EvasionSite.C, Ways = [Way.Tracked], InProcessOnly = "fills the ports for the rows behind it",
        },
        Drop("bound", "183", "A flow whose grant was taken away", DropReason.GrantRemoved, s =>
        {
            s.Gate.Withdraw();
            s.Forget();
            return s.Data;
        }) with { Established = true, InProcessOnly = "takes every grant away", Leaks = s => s.Carries(Scene.Marker) },
        Drop("bound", "184", "A peer that does not answer ARP", DropReason.NeighborUnresolved, s => s.Syn with { To = EvasionSite.SilentPeer }) with { Ways = [Way.Tracked] },
        Drop("bound", "185", "A packet larger than any frame that leaves", DropReason.PacketTooBig, s => s.DataOf(new byte[1_890]))
            with { Established = true, Ways = [Way.Tracked], InProcessOnly = "a link takes less than the ring" },
    ];

    private static Crafted FifthHole(Scene scene)
    {
        for (var hole = 1; hole <= 4; hole++)
            scene.Send(scene.DataOf(First) with { Sequence = scene.Next + (uint)(hole * 100) });
        scene.Forget();
        return scene.Data with { Sequence = scene.Next + 500 };
    }

    private static Crafted Opened(Scene scene, Crafted then)
    {
        scene.Send(scene.Syn);
        scene.Forget();
        return then;
    }

    private static Crafted AfterFin(Scene scene)
    {
        scene.Send(scene.Ack with { Flags = Crafted.Fin | Crafted.Ack });
        scene.Forget();
        return scene.Data with { Sequence = scene.Next + 1 };
    }

    private static Crafted Joined(Scene scene)
    {
        var first = scene.Delivered(First);
        return first with { Payload = [.. First, .. Scene.Marker] };
    }

    private static Crafted Quiet(Scene scene)
    {
        scene.Delivered(First, acknowledged: true);
        return scene.Ack;
    }

    private static Crafted Repeated(Scene scene, Crafted frame)
    {
        scene.Send(frame);
        scene.Look();
        scene.VictimAcknowledges();
        scene.Forget();
        return frame;
    }

    private static Crafted OutOfOrder(Scene scene)
    {
        scene.Send(scene.DataOf(Scene.Request(3, 3)) with { Sequence = scene.Next + 24 });
        scene.Send(scene.DataOf(Scene.Request(1, 1)));
        scene.Forget();
        return scene.DataOf(Scene.Request(2, 2)) with { Sequence = scene.Next + 12 };
    }

    private static Crafted Restarted(Scene scene)
    {
        var again = scene.Syn with { Sequence = scene.Next + 0x1000_0000 };
        scene.Send(again);
        scene.Look();
        var told = scene.AtAttacker.Find(s => s.IsTcp && s.Has(Crafted.Ack) && !s.Has(Crafted.Syn)) ?? throw new BlockedException("nobody told the device");
        scene.Send(scene.Base with { Sequence = told.Acknowledged, Flags = Crafted.Rst });
        scene.Forget();
        return again;
    }

    private static Crafted Unsummed(Crafted datagram)
    {
        (datagram.Datagram![6], datagram.Datagram[7]) = (0, 0);
        return datagram;
    }

    private static Crafted ClosedAtOnce(Scene scene)
    {
        scene.Send(scene.Ack with { Flags = Crafted.Fin | Crafted.Ack });
        scene.Look();
        var last = scene.Last ?? throw new BlockedException("the FIN did not reach the victim");
        scene.SendFrom(scene.Victim, scene.AnswerTo(last) with { Sequence = scene.VictimNext, Acknowledged = scene.VictimTaken - 1, Flags = Crafted.Fin | Crafted.Ack });
        scene.Forget();
        return scene.Ack with { Sequence = scene.Next + 1, Acknowledged = scene.Taken + 1 };
    }

    /// <summary>The victim takes all that it has offered, and shuts its window.</summary>
    private static Crafted Probe(Scene scene)
    {
        for (var sent = 0; sent < 8_000; sent += 1_000)
            scene.Delivered(new byte[1_000]);
        var last = scene.Last ?? throw new BlockedException("no data reached the victim");
        scene.SendFrom(scene.Victim, scene.AnswerTo(last) with { Sequence = scene.VictimNext, Acknowledged = scene.VictimTaken, Flags = Crafted.Ack, Window = 0 });
        scene.Forget();
        return scene.DataOf([0x2A]);
    }

    private static Crafted ClosedTwice(Scene scene)
    {
        var fin = scene.Ack with { Flags = Crafted.Fin | Crafted.Ack };
        scene.Send(fin);
        scene.Look();
        scene.Answer(Crafted.Fin | Crafted.Ack);
        scene.Send(scene.Ack with { Sequence = scene.Next + 1, Acknowledged = scene.Taken + 1 });
        scene.Forget();
        return fin;
    }

    private static IEnumerable<Crafted> TakenPorts(Scene scene)
    {
        const ushort Wanted = 5_000;
        scene.Send(scene.Syn with { FromPort = Wanted });
        for (var attempt = 0; attempt < 31; attempt++)
            scene.Send(scene.Syn with { FromPort = (ushort)(49_152 + (((Wanted * 31) + (attempt * 7_919)) % 16_384)) });
        scene.Forget();
        return [scene.Syn with { MacFrom = EvasionSite.C.Mac, From = EvasionSite.C.Address, FromPort = Wanted }];
    }

    private static Case Conversation(string number, string name, Func<Scene, Crafted> frame, string note = "") =>
        Drop("TCP-state", number, name, null, frame, note) with { Established = true };

    private static Case Datagram(string number, string name, DropReason reason, Func<Scene, Crafted> frame) =>
        Drop("UDP", number, name, reason, frame) with { Ways = [Way.Tracked] };

    private static Case Legal(
        string number, string name, Func<Scene, Crafted> frame, bool established = true, Func<Scene, bool>? passes = null, Action<Scene>? before = null) =>
        Allow("control", number, name, s =>
        {
            before?.Invoke(s);
            s.Forget();
            return frame(s);
        }) with { Established = established, Passes = passes ?? Heard };

    /// <summary>Passed on, or, where the gateway ends TCP, answered by it.</summary>
    private static bool Heard(Scene scene) => scene.AtVictim.Count > 0 || (scene.IsInspected && scene.AtAttacker.Count > 0);
}
