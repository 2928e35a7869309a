using System.Buffers.Binary;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>One case played out at a gate: stations A and B with a conversation between them, and what reached whom. The conversation is
/// kept by hand, so it runs the same through a gateway that ends TCP, one that tracks it, and one that passes everything.</summary>
internal sealed class Scene
{
    private readonly Gate _gate;
    private readonly Station _asker;
    private readonly Station _asked;
    private readonly List<Seen> _atAsked = [];

    /// <param name="gate">Where.</param>
    /// <param name="port">Port of the flow: inspected or tracked.</param>
    /// <param name="ownPort">Source port; every case has another.</param>
    /// <param name="fromPeer">B is the attacker instead of A.</param>
    public Scene(Gate gate, ushort port, ushort ownPort, bool fromPeer = false)
    {
        _gate = gate;
        (_asker, _asked) = fromPeer ? (EvasionSite.B, EvasionSite.A) : (EvasionSite.A, EvasionSite.B);
        Next = 0x4D4B_0000u + ownPort;
        Base = new Crafted
        {
            MacTo = EvasionSite.BoxMac, MacFrom = _asker.Mac, From = _asker.Address, To = fromPeer ? EvasionSite.SeenA : EvasionSite.B.Address,
            FromPort = ownPort, ToPort = port,
        };
    }

    /// <summary>Bytes that no legal frame of the list has: transaction and address of an allowed read.</summary>
    public static byte[] Marker { get; } = Request(0xBEEF, 0xCAFE);

    /// <summary>A frame of the attacker with addresses and ports of the flow and nothing else.</summary>
    public Crafted Base { get; }

    public bool IsInspected => Base.ToPort == EvasionSite.Inspected;

    public Gate Gate => _gate;

    public Station Attacker => _asker;

    public Station Victim => _asked;

    /// <summary>Next sequence number of the attacker, and what it has taken of the other.</summary>
    public uint Next { get; private set; }

    public uint Taken { get; private set; }

    /// <summary>The victim's next sequence number and what it has taken, as the victim's side of the gate has them.</summary>
    public uint VictimNext { get; private set; } = 0x7000_0000;

    public uint VictimTaken { get; private set; }

    /// <summary>The victim's last frame of the flow, whose addresses answers go to.</summary>
    public Seen? Last { get; private set; }

    /// <summary>What has reached the victim since <see cref="Forget"/>.</summary>
    public IReadOnlyList<Seen> AtVictim => _atAsked;

    /// <summary>What has come back to the attacker.</summary>
    public List<Seen> AtAttacker { get; } = [];

    /// <summary>What came out where neither of the two is.</summary>
    public List<Seen> Elsewhere { get; } = [];

    /// <summary>A read of one holding register.</summary>
    public static byte[] Request(ushort transaction, ushort address, byte function = 3) =>
        [(byte)(transaction >> 8), (byte)transaction, 0, 0, 0, 6, 1, function, (byte)(address >> 8), (byte)address, 0, 1];

    /// <summary>The legal opening, with the options a Linux host sends.</summary>
    public Crafted Syn => Base with
    {
        Sequence = Next, Flags = Crafted.Syn, Options = [2, 4, 0x05, 0xB4, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 0],
    };

    public Crafted Ack => Base with { Sequence = Next, Acknowledged = Taken, Flags = Crafted.Ack };

    /// <summary>The legal next data of the flow, marked.</summary>
    public Crafted Data => DataOf(Marker);

    public Crafted DataOf(byte[] bytes) => Ack with { Flags = Crafted.Ack | Crafted.Psh, Payload = bytes };

    public Crafted Reset => Base with { Sequence = Next, Flags = Crafted.Rst };

    /// <summary>ARP of the attacker.</summary>
    public Crafted Arp(ushort operation, uint sender, uint target, ulong? senderMac = null, byte hardwareBytes = 6, ulong to = 0xFFFF_FFFF_FFFF)
    {
        var body = new byte[46];
        byte[] head = [0, 1, 8, 0, hardwareBytes, 4, (byte)(operation >> 8), (byte)operation];
        head.CopyTo(body, 0);
        Crafted.WriteMac(body.AsSpan(8), senderMac ?? _asker.Mac);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(14), sender);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(24), target);
        return Base with { MacTo = to, Ethertype = 0x0806, Body = body };
    }

    public void Send(Crafted frame) => _gate.Receive(_asker.Link, frame.Bytes());

    public void SendFrom(Station station, Crafted frame) => _gate.Receive(station.Link, frame.Bytes());

    /// <summary>The victim answers in its flow.</summary>
    public void Answer(byte flags, byte[]? bytes = null, uint ahead = 0)
    {
        var last = Last ?? throw new InvalidOperationException("nothing has reached the victim that it could answer");
        SendFrom(_asked, AnswerTo(last) with { Sequence = VictimNext + ahead, Acknowledged = VictimTaken, Flags = flags, Payload = bytes ?? [] });
    }

    /// <summary>A frame of the victim in the flow it sees.</summary>
    public Crafted AnswerTo(Seen last) => new()
    {
        MacTo = last.MacFrom, MacFrom = _asked.Mac, From = last.To, To = last.From, FromPort = last.ToPort, ToPort = last.FromPort,
    };

    /// <summary>Takes what has come out on every link.</summary>
    public void Look()
    {
        foreach (var seen in _gate.Take(_asked.Link).Select(f => new Seen(f)))
            TakeAtVictim(seen);
        AtAttacker.AddRange(_gate.Take(_asker.Link).Select(f => new Seen(f)));
        for (var link = 0; link < EvasionSite.Links; link++)
        {
            if (link != _asked.Link && link != _asker.Link)
                Elsewhere.AddRange(_gate.Take(link).Select(f => new Seen(f)).Where(s => !IsQuestion(s)));
        }
    }

    /// <summary>What came so far is no longer looked at.</summary>
    public void Forget()
    {
        Look();
        _atAsked.Clear();
        AtAttacker.Clear();
        Elsewhere.Clear();
    }

    /// <summary>The whole handshake; fails where a legal one does not pass.</summary>
    public void Establish()
    {
        Send(Syn);
        Look();
        Next++;
        VictimAcknowledges();
        var answer = AtAttacker.Find(s => s.Has(Crafted.Syn | Crafted.Ack) && s.ToPort == Base.FromPort)
            ?? throw new BlockedException("the handshake was not answered");
        Taken = answer.Sequence + 1;
        Send(Ack);
        Forget();
    }

    /// <summary>The victim acknowledges what it has, as its SYN-ACK or as a plain acknowledgement.</summary>
    public void VictimAcknowledges()
    {
        if (Last is null)
            throw new BlockedException("a legal frame did not reach the victim");
        var opening = Last.Has(Crafted.Syn);
        Answer(opening ? (byte)(Crafted.Syn | Crafted.Ack) : Crafted.Ack);
        VictimNext += opening ? 1u : 0;
        Look();
    }

    /// <summary>Sends data that must arrive, and moves the flow on behind it.</summary>
    /// <returns>The frame that went.</returns>
    public Crafted Delivered(byte[] bytes, bool acknowledged = false)
    {
        var frame = DataOf(bytes);
        Send(frame);
        Look();
        if (!_atAsked.Any(s => s.Payload.AsSpan().IndexOf(bytes) >= 0))
            throw new BlockedException("legal data did not reach the victim");
        Next += (uint)bytes.Length;
        if (acknowledged)
            VictimAcknowledges();
        Forget();
        return frame;
    }

    /// <summary>Gateways ask for hardware addresses on their own; everything in such a question is theirs.</summary>
    public static bool IsQuestion(Seen seen) =>
        seen.IsArp && seen.ArpOperation == 1 && seen.ArpSenderMac == EvasionSite.BoxMac && seen.MacFrom == EvasionSite.BoxMac && !seen.HasUndeclared
        && seen.ArpSender is EvasionSite.UplinkAddress or EvasionSite.GatewayAddress or 0;

    private void TakeAtVictim(Seen seen)
    {
        if (IsQuestion(seen))
            return;
        _atAsked.Add(seen);
        if (!seen.IsTcp || seen.ToPort != Base.ToPort)
            return;
        Last = seen;
        var end = seen.Sequence + seen.Length;
        if (seen.Has(Crafted.Syn) || (seen.Sequence == VictimTaken && !seen.Has(Crafted.Rst)))
            VictimTaken = end;
    }
}

/// <summary>Legal traffic did not pass: the gate is no gateway.</summary>
internal sealed class BlockedException : Exception
{
    public BlockedException()
    {
    }

    public BlockedException(string message)
        : base(message)
    {
    }

    public BlockedException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
