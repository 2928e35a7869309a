namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>One flow of the generator: two hosts that keep a legal conversation, each by what has really reached it.</summary>
internal sealed class GeneratedFlow
{
    private readonly Station _client;
    private readonly Station _server;
    private readonly ushort _clientPort;
    private readonly ushort _serverPort;
    private readonly uint _seenServer;
    private readonly End _a = new();
    private readonly End _b = new();
    private readonly int _life;
    private int _steps;
    private int _stumbles;
    private ushort _transaction;
    private Crafted? _lastOfClient;
    private Crafted? _lastOfServer;

    public GeneratedFlow(Station client, Station server, ushort clientPort, ushort serverPort, uint seenServer, Random random)
    {
        (_client, _server, _clientPort, _serverPort, _seenServer) = (client, server, clientPort, serverPort, seenServer);
        (_a.Next, _b.Next) = ((uint)random.NextInt64(), (uint)random.NextInt64());
        _life = random.Next(200, 600);
    }

    public bool IsInspected => _serverPort == EvasionSite.Inspected;

    /// <summary>Over, or of no more use.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The client has said all it will, and now only ends the flow.</summary>
    public bool IsEnding => _steps > _life;

    /// <summary>Requests that the client has sent, in order; the last one's number.</summary>
    public int LastRequest => _transaction - 1;

    public ushort PortAtServer { get; private set; }

    private bool IsUdp => _serverPort == EvasionSite.Datagrams;

    private Crafted FromClient => new()
    {
        MacTo = EvasionSite.BoxMac, MacFrom = _client.Mac, From = _client.Address, To = _seenServer, FromPort = _clientPort, ToPort = _serverPort,
        Sequence = _a.Next, Acknowledged = _a.Taken, Flags = Crafted.Ack,
    };

    private Crafted FromServer => new()
    {
        MacTo = EvasionSite.BoxMac, MacFrom = _server.Mac, From = _server.Address, To = _server == EvasionSite.B ? EvasionSite.SeenA : EvasionSite.GatewayAddress,
        FromPort = _serverPort, ToPort = PortAtServer, Sequence = _b.Next, Acknowledged = _b.Taken, Flags = Crafted.Ack,
    };

    /// <summary>The next legal frame of the conversation.</summary>
    /// <param name="random">Chance.</param>
    /// <param name="peek">It will be changed before it goes, so nobody has said it.</param>
    public (Station, Crafted) Legal(Random random, bool peek)
    {
        _steps += peek ? 0 : 1;
        if (IsUdp)
        {
            IsDone |= IsEnding;
            var toServer = PortAtServer == 0 || random.Next(2) == 0;
            return toServer ? (_client, FromClient.Udp(_serverPort, Mutations.Bytes(random, random.Next(60))))
                : (_server, FromServer.Udp(PortAtServer, Mutations.Bytes(random, random.Next(60))));
        }
        if (PortAtServer == 0)
            return (_client, FromClient with { Flags = Crafted.Syn, Acknowledged = 0, Options = [2, 4, 5, 0xB4, 1, 3, 3, 0] });
        if (!_a.IsOpen)
            return (_server, FromServer with { Flags = Crafted.Syn | Crafted.Ack, Sequence = _b.IsOpen ? _b.Next - 1 : _b.Next, Options = [2, 4, 5, 0xB4, 1, 3, 3, 0] });
        if (!_a.HasSpoken)
            return (_client, FromClient);
        if (IsEnding)
            return (_client, FromClient with { Flags = Crafted.Rst });
        return IsInspected ? Inspected(random, peek) : Conversation(random);
    }

    /// <summary>Attacks on an inspected flow that a host could send without meaning to say anything by them.</summary>
    public byte[] AttackInspected(Crafted legal, Random random)
    {
        var evil = Scene.Request((ushort)(InspectedStreams.FirstEvil + random.Next(0x0FFF)), 1);
        var data = legal with { Flags = Crafted.Ack | Crafted.Psh, Payload = evil };
        if (legal.Flags == Crafted.Syn || !_a.HasSpoken || legal.MacFrom != _client.Mac)
            return (legal with { TcpChecksumError = 0x1111 }).Bytes();
        var frame = random.Next(10) switch
        {
            0 => _lastOfClient is { Payload.Length: > 0 } last ? last with { Payload = evil } : data with { Ttl = 1 },
            1 => data with { Sequence = legal.Sequence + (uint)random.Next(1, 4_000) },
            2 => data with { Sequence = legal.Sequence + 100_000 },
            3 => data with { Acknowledged = legal.Acknowledged + 50_000 },
            4 => data with { TcpChecksumError = 0x0101 },
            5 => data with { FragmentField = 0x2000 },
            6 => data with { Flags = Crafted.Ack | Crafted.Urg, Urgent = 3 },
            7 => legal with { Flags = Crafted.Rst, Payload = [], Sequence = legal.Sequence + (uint)random.Next(1, 3_000) },
            8 => legal with { Flags = Crafted.Syn, Payload = [], Sequence = legal.Sequence + (uint)random.Next(1, 3_000) },
            _ => data with { Tags = [0x81, 0, 0, 1] },
        };
        return frame.Bytes();
    }

    /// <summary>A frame of this flow passed or was taken as it was sent.</summary>
    public void Said(Crafted frame)
    {
        var fromClient = frame.MacFrom == _client.Mac;
        var end = fromClient ? _a : _b;
        end.HasSpoken |= end.IsOpen;
        IsDone |= (frame.Flags & Crafted.Rst) != 0;
        end.Say(frame.Sequence + (uint)frame.Payload.Length + ((frame.Flags & (Crafted.Syn | Crafted.Fin)) != 0 ? 1u : 0));
        if (fromClient)
            _lastOfClient = frame;
        else
            _lastOfServer = frame;
    }

    /// <summary>A legal frame was rightly refused: an attack said something in this flow's name. After a few of them it is given up.</summary>
    public void Stumble() => IsDone |= ++_stumbles > 3;

    /// <summary>Whether a frame is one of this flow's hosts, to the other.</summary>
    public bool IsOurs(Crafted frame) => frame.MacFrom == _client.Mac ? frame.FromPort == _clientPort && frame.ToPort == _serverPort
        : frame.MacFrom == _server.Mac && frame.FromPort == _serverPort && frame.ToPort == PortAtServer;

    /// <summary>A frame came out at one of the two hosts.</summary>
    public void Reached(int link, Seen seen)
    {
        var atServer = link == _server.Link && seen.ToPort == _serverPort;
        if (atServer && (seen.Has(Crafted.Syn) || IsUdp))
            PortAtServer = seen.FromPort;
        if (!seen.IsTcp)
            return;
        var end = atServer ? _b : _a;
        if (seen.Has(Crafted.Rst))
            IsDone = true;
        else
            end.Hear(seen);
    }

    public bool Owns(int link, Seen seen) => (seen.IsTcp || seen.IsUdp)
        && ((link == _server.Link && seen.ToPort == _serverPort && (PortAtServer == 0 ? seen.FromPort == _clientPort : seen.FromPort == PortAtServer))
            || (link == _client.Link && seen.FromPort == _serverPort && seen.ToPort == _clientPort));

    private (Station, Crafted) Conversation(Random random)
    {
        var client = random.Next(2) == 0;
        var (station, frame, last) = client ? (_client, FromClient, _lastOfClient) : (_server, FromServer, _lastOfServer);
        return random.Next(12) switch
        {
            0 or 1 => (station, frame),
            2 when last is { Payload.Length: > 0 } => (station, last with { Acknowledged = frame.Acknowledged }),
            3 when (client ? _a : _b).IsQuiet => (station, frame with { Sequence = frame.Sequence - 1, Payload = random.Next(2) == 0 ? [] : [0] }),
            4 when random.Next(40) == 0 => (station, frame with { Flags = Crafted.Fin | Crafted.Ack }),
            _ => (station, frame with { Flags = Crafted.Ack | Crafted.Psh, Payload = Mutations.Bytes(random, random.Next(1, 150)) }),
        };
    }

    private (Station, Crafted) Inspected(Random random, bool peek)
    {
        if (random.Next(3) == 0)
            return (_server, FromServer);
        var request = Scene.Request(_transaction, (ushort)random.Next(65_535), (byte)random.Next(1, 5));
        if (!peek)
            _transaction++;
        return (_client, FromClient with { Flags = Crafted.Ack | Crafted.Psh, Payload = request });
    }

    private sealed class End
    {
        public uint Next { get; set; }

        public uint Taken { get; private set; }

        public bool IsOpen { get; private set; }

        public bool HasSpoken { get; set; }

        /// <summary>The other has acknowledged everything.</summary>
        public bool IsQuiet { get; private set; }

        public void Say(uint end)
        {
            if (unchecked((int)(end - Next)) <= 0)
                return;
            Next = end;
            IsQuiet = false;
        }

        public void Hear(Seen seen)
        {
            if (seen.Has(Crafted.Syn))
            {
                IsOpen = true;
                Taken = seen.Sequence + 1;
                return;
            }
            if (seen.Sequence == Taken)
                Taken += seen.Length;
            IsQuiet |= seen.Acknowledged == Next;
        }
    }
}
