using Gateway.Core.Policy;
using static Gateway.Dataplane.Tests.Evasion.Row;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>A has opened a legal flow, and B, which was called, misbehaves. What comes out at A is the leak.</summary>
internal static class ServerCases
{
    public static Case[] Rows { get; } =
    [
        Server("220", "Data of the server before the third step of the handshake", s => HalfOpen(s) with { Flags = Crafted.Ack | Crafted.Psh, Payload = Scene.Marker })
            with { Ways = [Way.Tracked], Reason = DropReason.TcpSynWithData },
        Server("221", "SYN-ACK that acknowledges another number", s => Called(s) with { Flags = Crafted.Syn | Crafted.Ack, Acknowledged = s.VictimTaken + 5 })
            with { Reason = DropReason.TcpAckInvalid },
        Server("222", "SYN without ACK as the answer", s => Called(s) with { Flags = Crafted.Syn })
            with { Reason = DropReason.TcpAckInvalid, ReasonWhenTracked = DropReason.TcpFlagsIllegal },
        Server("223", "A second SYN-ACK with another number", s => HalfOpen(s) with { Flags = Crafted.Syn | Crafted.Ack, Sequence = s.VictimNext + 1_000 })
            with { Reason = DropReason.TcpSecondSyn },
        Server("224", "A SYN-ACK on the open flow", s => Open(s) with { Flags = Crafted.Syn | Crafted.Ack, Sequence = s.VictimNext + 1_000 })
            with { Established = true, Reason = DropReason.TcpSecondSyn },
        Server("225", "RST as the answer, acknowledging another number", s => Called(s) with { Flags = Crafted.Rst | Crafted.Ack, Acknowledged = s.VictimTaken + 5 })
            with { Reason = DropReason.TcpAckInvalid, ReasonWhenTracked = DropReason.TcpResetSequence },
        Server("226", "ACK without SYN as the answer", s => Called(s) with { Flags = Crafted.Ack })
            with { Reason = DropReason.TcpFlagsIllegal, ReasonWhenTracked = DropReason.TcpAckInvalid },
        Server("227", "RST of the server with another number", s => Open(s) with { Flags = Crafted.Rst, Sequence = s.VictimNext + 10 })
            with { Established = true, Reason = DropReason.TcpResetSequence },
        Server("228", "Data of the server outside the window", s => Open(s) with { Flags = Crafted.Ack | Crafted.Psh, Sequence = s.VictimNext + 200_000, Payload = Scene.Marker })
            with { Established = true, Reason = DropReason.TcpOutOfWindow },
        Allow("server", "230", "A SYN-ACK repeated because the third step of the handshake was lost behind the gateway",
            s => Open(s) with { Flags = Crafted.Syn | Crafted.Ack, Sequence = s.VictimNext - 1 }, "The gateway acknowledges it.")
            with { Established = true, Sender = EvasionSite.B, Passes = s => s.AtVictim.Any(x => x.IsTcp && x.Has(Crafted.Ack) && x.Acknowledged == s.VictimNext) },
        Drop("peer", "229", "An opening to a device whose binding is broken", DropReason.BindingBroken, s =>
        {
            s.SendFrom(EvasionSite.A, s.Syn with { MacFrom = Stranger });
            s.Gate.Pass(1_000);
            s.Forget();
            return s.Syn;
        }) with { FromPeer = true, Ways = [Way.Tracked], InProcessOnly = "takes a second, and breaks the binding for the rows behind it" },
    ];

    private static Crafted Called(Scene scene)
    {
        scene.Send(scene.Syn);
        scene.Forget();
        return Open(scene);
    }

    private static Crafted HalfOpen(Scene scene)
    {
        scene.Send(scene.Syn);
        scene.Look();
        scene.VictimAcknowledges();
        scene.Forget();
        return Open(scene);
    }

    /// <summary>The legal next segment of the server.</summary>
    private static Crafted Open(Scene scene) =>
        scene.AnswerTo(scene.Last ?? throw new BlockedException("the opening did not reach the server")) with { Sequence = scene.VictimNext, Acknowledged = scene.VictimTaken };

    private static Case Server(string number, string name, Func<Scene, Crafted> frame) => Drop("server", number, name, null, frame) with
    {
        Sender = EvasionSite.B,
        Leaks = s => s.AtAttacker.Any(x => x.IsTcp),
    };
}
