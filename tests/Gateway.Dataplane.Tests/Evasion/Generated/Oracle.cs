using System.Buffers.Binary;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>Says of every frame what may come out of the gateway because of it. Its own reading of bytes, its own small policy, its own
/// memory of connections; it knows nothing of the gateway's code.</summary>
internal sealed class Oracle
{
    private const ushort Inspected = EvasionSite.Inspected;

    /// <summary>Open flows of one device from where on the gateway may refuse another: well below its bound of 256.</summary>
    private const int ManyFlows = 150;

    private readonly Dictionary<(int Link, uint From, ushort FromPort, uint To, ushort ToPort, byte Protocol), (KnownFlow Flow, bool FromClient)> _flows = [];
    private readonly Queue<(long AtMs, int Link)> _opened = new();

    public Dictionary<Fate, int> Fates { get; } = [];

    public InspectedStreams Streams { get; } = new();

    public long NowMs { get; set; }

    /// <summary>Fate of the last frame; null when it was sent into an inspected flow.</summary>
    public Fate? LastFate { get; private set; }

    /// <summary>Flow of the last frame.</summary>
    public KnownFlow? LastFlow { get; private set; }

    /// <summary>Compares what came out with what had to.</summary>
    /// <returns>What is wrong; null when it is right.</returns>
    public string? Judge(int link, byte[] frame, List<(int Link, byte[] Frame)> sent)
    {
        var heard = new Heard(link, frame);
        var crossing = new List<(int Link, byte[] Frame)>();
        foreach (var output in sent)
        {
            var seen = new Seen(output.Frame);
            if (seen.IsArp)
            {
                if (ArpFault(output.Link, seen, heard) is { } arp)
                    return arp;
            }
            else if (seen.HasUndeclared || seen.MacFrom != EvasionSite.BoxMac)
                return "LEAK: a frame with undeclared bytes or a foreign sender came out";
            else if (seen.IsTcp && (seen.ToPort == Inspected || seen.FromPort == Inspected))
            {
                if (heard.Fault is not null)
                    return $"an inspected flow moved by a frame that is no frame: {heard.Fault}";
                if (Streams.Judge(output.Link, seen) is { } stream)
                    return stream;
            }
            else if (output.Link != link)
                crossing.Add(output);
            else if (!(heard.Fault is null && !heard.IsArp && heard.Protocol == 6 && seen.IsTcp && seen.Payload.Length == 0 && !seen.Has(Crafted.Syn)))
                return "something other than an acknowledgement came back";
        }
        return Decide(heard, crossing);
    }

    private string? Decide(Heard heard, List<(int Link, byte[] Frame)> crossing)
    {
        LastFlow = null;
        var fate = heard.Fault is not null || heard.IsArp ? Fate.MustNotPass : FateOf(heard);
        LastFate = fate;
        if (fate is null)
            return crossing.Count == 0 ? null : "a frame of an inspected flow came out as it was";
        Fates[fate.Value] = Fates.GetValueOrDefault(fate.Value) + 1;
        if (fate == Fate.MustNotPass)
            return crossing.Count == 0 ? null : $"LEAK: {heard.Fault ?? LastFlow?.Conversation?.Why ?? "no flow and no grant"}; out came {Convert.ToHexString(crossing[0].Frame)}";
        if (crossing.Count == 0 && fate == Fate.MayPass)
        {
            if (LastFlow!.MayBeGone || LastFlow.IsNew)
                Remove(LastFlow);
            return null;
        }
        if (crossing.Count != 1)
            return crossing.Count == 0 ? "WRONGLY BLOCKED" : "more than one frame came out";
        if (LastFlow!.IsNew)
            Learn(heard, LastFlow, new Seen(crossing[0].Frame).FromPort);
        var fault = Compare(heard, crossing[0], fate == Fate.MustPassEmpty);
        if (fault is not null && fate == Fate.MayPass && heard.Protocol == 6)
            fault = Compare(heard, crossing[0], empty: true);
        if (LastFlow.Conversation is { IsDead: true })
            Remove(LastFlow);
        return fault;
    }

    private Fate? FateOf(Heard heard)
    {
        var key = (heard.Link, heard.From, heard.FromPort, heard.To, heard.ToPort, heard.Protocol);
        if (heard.Protocol == 6 && (heard.ToPort == Inspected || heard.FromPort == Inspected))
            return null;
        var opens = heard.Protocol == 17 || (heard.Has(Crafted.Syn) && !heard.Has(Crafted.Ack));
        if (_flows.TryGetValue(key, out var known) && !(opens && known.FromClient && known.Flow.Conversation is { IsOver: true }))
        {
            LastFlow = known.Flow;
            var idle = NowMs - known.Flow.SeenAtMs > 4_000;
            known.Flow.SeenAtMs = NowMs;
            if (known.Flow.Conversation is not { } conversation)
            {
                LastFlow.MayBeGone = idle;
                return idle ? Fate.MayPass : Fate.MustPass;
            }
            var fate = conversation.Judge(heard, known.FromClient);
            LastFlow.MayBeGone = idle || conversation.IsOver;
            return conversation.IsUnsure || (fate != Fate.MustNotPass && LastFlow.MayBeGone) ? Fate.MayPass : fate;
        }
        if (!opens || !IsGranted(heard))
            return Fate.MustNotPass;
        if (known.Flow is { } over)
            Remove(over);
        while (_opened.TryPeek(out var old) && NowMs - old.AtMs > 40_000)
            _opened.Dequeue();
        _opened.Enqueue((NowMs, heard.Link));
        LastFlow = new KnownFlow { SeenAtMs = NowMs, Conversation = heard.Protocol == 6 ? new Conversation() : null };
        LastFlow.Conversation?.Judge(heard, fromClient: true);
        return _opened.Count > ManyFlows ? Fate.MayPass : Fate.MustPass;
    }

    private static bool IsGranted(Heard heard) => heard.Link switch
    {
        EvasionSite.SocketA => heard.To == EvasionSite.B.Address && heard.ToPort == (heard.Protocol == 6 ? EvasionSite.Tracked : EvasionSite.Datagrams),
        EvasionSite.SocketC => heard.To == EvasionSite.B.Address && heard is { Protocol: 6, ToPort: EvasionSite.Tracked },
        _ => heard.To == EvasionSite.SeenA && heard.ToPort == (heard.Protocol == 6 ? EvasionSite.Tracked : EvasionSite.Datagrams),
    };

    private void Learn(Heard opener, KnownFlow flow, ushort portAtTarget)
    {
        flow.Client = StationOf(opener.Link);
        flow.Server = flow.Client == EvasionSite.B ? EvasionSite.A : EvasionSite.B;
        (flow.ClientPort, flow.PortAtServer, flow.ServerPort) = (opener.FromPort, portAtTarget, opener.ToPort);
        flow.ShownClient = flow.Client == EvasionSite.B ? EvasionSite.GatewayAddress : EvasionSite.SeenA;
        flow.ShownServer = opener.To;
        flow.Keys =
        [
            (opener.Link, opener.From, opener.FromPort, opener.To, opener.ToPort, opener.Protocol),
            (flow.Server.Link, flow.Server.Address, opener.ToPort, flow.ShownClient, portAtTarget, opener.Protocol),
        ];
        _flows[flow.Keys[0]] = (flow, true);
        _flows[flow.Keys[1]] = (flow, false);
    }

    private void Remove(KnownFlow flow)
    {
        foreach (var key in flow.Keys)
            _flows.Remove(key);
    }

    private static Station StationOf(int link) => link == EvasionSite.SocketA ? EvasionSite.A : link == EvasionSite.SocketC ? EvasionSite.C : EvasionSite.B;

    /// <summary>The frame that must come out, byte for byte, but for the two ways to write a sum of zero.</summary>
    private string? Compare(Heard heard, (int Link, byte[] Frame) output, bool empty)
    {
        var flow = LastFlow!;
        var fromClient = heard.Link == flow.Client!.Link;
        var to = fromClient ? flow.Server! : flow.Client;
        var transport = (empty ? heard.Transport[..heard.TcpHeaderBytes] : heard.Transport).ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(transport, fromClient ? flow.PortAtServer : flow.ServerPort);
        BinaryPrimitives.WriteUInt16BigEndian(transport.AsSpan(2), fromClient ? flow.ServerPort : flow.ClientPort);
        var sumAt = heard.Protocol == 6 ? 16 : 6;
        var unsummed = heard.Protocol == 17 && transport[6] == 0 && transport[7] == 0;
        if (heard.Protocol == 6)
            transport[18] = transport[19] = 0;
        if (empty)
            transport[13] &= 0xFF ^ (Crafted.Psh | Crafted.Fin);
        transport[sumAt] = transport[sumAt + 1] = 0;
        var (from, address) = (fromClient ? flow.ShownClient : flow.ShownServer, to.Address);
        var expected = new Crafted
        {
            MacTo = to.Mac, MacFrom = EvasionSite.BoxMac, From = from, To = address, Protocol = heard.Protocol, Datagram = transport,
        }.Bytes();
        var got = (byte[])output.Frame.Clone();
        if (output.Link != to.Link || got.Length != expected.Length)
            return $"came out on another link or in another length: {Convert.ToHexString(got)}";
        var sum = Crafted.TransportChecksum(got.AsSpan(34, transport.Length), from, address, heard.Protocol);
        if (unsummed ? got[34 + sumAt] != 0 || got[35 + sumAt] != 0 : sum != 0)
            return "the checksum that came out is wrong";
        // The gateway writes no identification; the frames of the tests have one.
        foreach (var at in (int[])[18, 19, 24, 25, 34 + sumAt, 35 + sumAt])
            got[at] = expected[at] = 0;
        return got.AsSpan().SequenceEqual(expected) ? null : $"came out changed: {Convert.ToHexString(got)} instead of {Convert.ToHexString(expected)}";
    }

    private static string? ArpFault(int link, Seen seen, Heard heard)
    {
        if (Scene.IsQuestion(seen))
            return null;
        uint[] mayAnswer = link switch
        {
            EvasionSite.SocketA => [EvasionSite.GatewayAddress, EvasionSite.B.Address, EvasionSite.SilentPeer],
            EvasionSite.SocketC => [EvasionSite.GatewayAddress, EvasionSite.B.Address],
            EvasionSite.Uplink => [EvasionSite.UplinkAddress, EvasionSite.SeenA, EvasionSite.SeenAway],
            _ => [],
        };
        var right = link == heard.Link && heard.Fault is null && heard.IsArp && seen.ArpOperation == 2 && !seen.HasUndeclared
            && seen.ArpSenderMac == EvasionSite.BoxMac && mayAnswer.Contains(seen.ArpSender);
        return right ? null : $"LEAK: an ARP message that may not be: {Convert.ToHexString(seen.Frame)}";
    }
}

/// <summary>A flow that the oracle has seen open.</summary>
internal sealed class KnownFlow
{
    public Conversation? Conversation { get; init; }

    public Station? Client { get; set; }

    public Station? Server { get; set; }

    public ushort ClientPort { get; set; }

    public ushort PortAtServer { get; set; }

    public ushort ServerPort { get; set; }

    public uint ShownClient { get; set; }

    public uint ShownServer { get; set; }

    public long SeenAtMs { get; set; }

    /// <summary>The gateway may have forgotten it by now.</summary>
    public bool MayBeGone { get; set; }

    public (int Link, uint From, ushort FromPort, uint To, ushort ToPort, byte Protocol)[] Keys { get; set; } = [];

    public bool IsNew => Client is null;
}
