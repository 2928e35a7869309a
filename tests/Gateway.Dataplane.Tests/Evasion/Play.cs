using Gateway.Core.Policy;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>Plays cases at a gate and judges by what came out.</summary>
internal static class Play
{
    /// <summary>Lets the stations answer the gateway's first questions, as their stacks would.</summary>
    public static void Settle(Gate gate)
    {
        foreach (var (station, gateway) in new[]
        {
            (EvasionSite.A, EvasionSite.GatewayAddress), (EvasionSite.C, EvasionSite.GatewayAddress),
            (EvasionSite.HostStack, 0u), (EvasionSite.B, EvasionSite.UplinkAddress),
        })
        {
            var scene = new Scene(gate, EvasionSite.Tracked, 1);
            var reply = scene.Arp(2, station.Address, gateway, station.Mac, to: EvasionSite.BoxMac) with { MacFrom = station.Mac };
            gate.Receive(station.Link, reply.Bytes());
        }
        for (var link = 0; link < EvasionSite.Links; link++)
            gate.Take(link);
    }

    public static Outcome Run(Case @case, Way way, Gate gate, ushort ownPort)
    {
        var scene = new Scene(gate, way == Way.Inspected ? EvasionSite.Inspected : EvasionSite.Tracked, ownPort, @case.FromPeer);
        var sender = @case.Sender ?? scene.Attacker;
        try
        {
            if (@case.Established)
                scene.Establish();
            var reason = @case.ReasonOn(way);
            ulong? before = null;
            foreach (var frame in @case.Frames(scene))
            {
                // What a row does before its first frame is not the attack.
                before ??= reason is { } r ? gate.Drops(sender.Link, r) ?? ulong.MaxValue : ulong.MaxValue;
                scene.SendFrom(sender, frame);
            }
            scene.Look();
            return Judge(@case, way, scene, sender, before is null or ulong.MaxValue ? null : before);
        }
        catch (BlockedException blocked)
        {
            return new Outcome(@case, way, blocked.Message, Leaked: false);
        }
    }

    private static Outcome Judge(Case @case, Way way, Scene scene, Station sender, ulong? before)
    {
        Outcome Fault(string what, bool leaked = true) => new(@case, way, what, leaked);
        if (scene.Elsewhere.Count > 0)
            return Fault($"came out on a third link: {Hex(scene.Elsewhere[0])}");
        if (BadArp(scene) is { } arp)
            return Fault($"an ARP message with strange fields came out: {Hex(arp)}");
        var passed = @case.Passes?.Invoke(scene) ?? scene.AtVictim.Count > 0;
        switch (@case.VerdictOn(way))
        {
            case Verdict.Allow:
                return passed ? new Outcome(@case, way, null, false) : Fault("legal traffic was blocked", leaked: false);
            case Verdict.Strip:
                if (scene.AtVictim.FirstOrDefault(s => s.HasUndeclared) is { } extra)
                    return Fault($"undeclared bytes passed: {Hex(extra)}");
                if (@case.Leaks?.Invoke(scene) == true)
                    return Fault("bytes passed that should have been cut off");
                return passed ? new Outcome(@case, way, null, false) : Fault("the frame itself was blocked", leaked: false);
            default:
                if (@case.Leaks?.Invoke(scene) ?? scene.AtVictim.Any(s => IsOfAttack(s, scene, @case)))
                    return Fault($"leaked: {(scene.AtVictim.Count > 0 ? Hex(scene.AtVictim[0]) : "see the row")}");
                return before is { } count && @case.ReasonOn(way) is { } reason && scene.Gate.Drops(sender.Link, reason) == count
                    ? Fault($"was not refused as {reason}", leaked: false)
                    : new Outcome(@case, way, null, false);
        }
    }

    /// <summary>In an inspected flow the gateway speaks for itself, so that a plain acknowledgement at the victim is not the attacker's.</summary>
    private static bool IsOfAttack(Seen seen, Scene scene, Case @case) =>
        !(scene.IsInspected && @case.Established && seen.IsWholeTcp && seen.Payload.Length == 0
            && (seen.Flags & (Crafted.Syn | Crafted.Fin | Crafted.Rst | Crafted.Urg)) == 0);

    /// <summary>Every ARP message that comes out is the gateway's own, and answers for what may be asked.</summary>
    private static Seen? BadArp(Scene scene) => scene.AtVictim.Concat(scene.AtAttacker).FirstOrDefault(s => s.IsArp && !(
        !s.HasUndeclared && s.ArpSenderMac == EvasionSite.BoxMac && s.MacFrom == EvasionSite.BoxMac
        && s.ArpSender is EvasionSite.GatewayAddress or EvasionSite.UplinkAddress or EvasionSite.SeenA or 0x0A4D_01F6));

    private static string Hex(Seen seen) => Convert.ToHexString(seen.Frame);
}
