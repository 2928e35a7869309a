namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>Legal flows between the stations, and attacks made out of them, one frame after the other. One seed is one run.</summary>
internal sealed class Traffic
{
    private const int Flows = 24;

    private readonly Random _random;
    private readonly GeneratedFlow?[] _flows = new GeneratedFlow?[Flows];
    private int _nextPort = 10_000;

    public Traffic(int seed) => _random = new Random(seed);

    /// <summary>The next frame: its link, its bytes, and the flow it speaks in.</summary>
    /// <param name="attack">Whether it was changed.</param>
    public (int Link, byte[] Frame, GeneratedFlow? Flow) Next(out bool attack)
    {
        attack = _random.Next(2) == 0;
        var place = _random.Next(Flows);
        var flow = _flows[place];
        if (flow is null || flow.IsDone)
        {
            flow = _flows[place] = Open();
            attack = attack && _random.Next(4) == 0;
        }
        if (attack && _random.Next(12) == 0)
            return Noise();
        var (station, frame) = flow.Legal(_random, peek: attack);
        if (!attack)
            return (station.Link, frame.Bytes(), flow);
        if (flow.IsInspected)
            return (station.Link, flow.AttackInspected(frame, _random), flow);
        var bytes = Mutations.Apply(frame, _random);
        int[] links = [EvasionSite.SocketA, EvasionSite.SocketC, EvasionSite.Uplink];
        return (_random.Next(25) == 0 ? links[_random.Next(3)] : station.Link, bytes, flow);
    }

    /// <summary>The flow that a frame which came out belongs to.</summary>
    public GeneratedFlow? OwnerOf(int link, Seen seen) => Array.Find(_flows, f => f is not null && f.Owns(link, seen));

    /// <summary>What the stacks of the stations do on their own: they answer ARP.</summary>
    public static (int Link, byte[] Frame)? Reflex(int link, byte[] frame)
    {
        var seen = new Seen(frame);
        var station = link == EvasionSite.SocketA ? EvasionSite.A : link == EvasionSite.SocketC ? EvasionSite.C : link == EvasionSite.Uplink ? EvasionSite.B : null;
        if (station is null || !seen.IsArp || seen.ArpOperation != 1 || seen.ArpTarget != station.Address)
            return null;
        return (link, Arp(station, 2, station.Address, seen.ArpSender, EvasionSite.BoxMac));
    }

    private GeneratedFlow Open()
    {
        var port = (ushort)_nextPort;
        _nextPort = _nextPort == 40_000 ? 10_000 : _nextPort + 1;
        return _random.Next(7) switch
        {
            0 => new GeneratedFlow(EvasionSite.B, EvasionSite.A, port, EvasionSite.Tracked, EvasionSite.SeenA, _random),
            1 => new GeneratedFlow(EvasionSite.A, EvasionSite.B, port, EvasionSite.Datagrams, EvasionSite.B.Address, _random),
            2 => new GeneratedFlow(EvasionSite.B, EvasionSite.A, port, EvasionSite.Datagrams, EvasionSite.SeenA, _random),
            3 => new GeneratedFlow(EvasionSite.A, EvasionSite.B, port, EvasionSite.Inspected, EvasionSite.B.Address, _random),
            4 => new GeneratedFlow(EvasionSite.C, EvasionSite.B, port, EvasionSite.Tracked, EvasionSite.B.Address, _random),
            _ => new GeneratedFlow(EvasionSite.A, EvasionSite.B, port, EvasionSite.Tracked, EvasionSite.B.Address, _random),
        };
    }

    /// <summary>Frames of no flow: ARP of every kind, other protocols, and bytes without sense.</summary>
    private (int, byte[], GeneratedFlow?) Noise()
    {
        Station[] stations = [EvasionSite.A, EvasionSite.C, EvasionSite.B];
        var station = stations[_random.Next(3)];
        if (_random.Next(3) == 0)
            return (station.Link, Mutations.Bytes(_random, _random.Next(200)), null);
        uint[] addresses = [station.Address, EvasionSite.GatewayAddress, EvasionSite.UplinkAddress, EvasionSite.B.Address, EvasionSite.SeenA, EvasionSite.C.Address, 0, 0x0A4D_0031];
        var frame = Arp(station, (ushort)_random.Next(4), addresses[_random.Next(8)], addresses[_random.Next(8)], _random.Next(2) == 0 ? EvasionSite.BoxMac : 0xFFFF_FFFF_FFFF);
        if (_random.Next(3) == 0)
            frame[_random.Next(frame.Length)] ^= (byte)(1 << _random.Next(8));
        return (station.Link, frame, null);
    }

    private static byte[] Arp(Station station, ushort operation, uint sender, uint target, ulong to)
    {
        var scene = new Crafted { MacTo = to, MacFrom = station.Mac, Ethertype = 0x0806, Body = new byte[46] };
        byte[] head = [0, 1, 8, 0, 6, 4, (byte)(operation >> 8), (byte)operation];
        head.CopyTo(scene.Body, 0);
        Crafted.WriteMac(scene.Body.AsSpan(8), station.Mac);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(scene.Body.AsSpan(14), sender);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(scene.Body.AsSpan(24), target);
        return scene.Bytes();
    }
}
