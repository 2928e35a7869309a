using System.Globalization;
using Gateway.Core.Policy;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>A million generated frames, half of them attacks around legal traffic in both directions, judged one by one by an oracle that
/// shares nothing with the gateway. GATEWAY_GENERATED_FRAMES sets another number, for a night; GATEWAY_GENERATED_SEED begins with the run that
/// a failure has named.</summary>
[Trait("Category", "Slow")]
public sealed class GeneratedAttackTests(ITestOutputHelper output)
{
    private const int Seed = 20_261_124;
    private const int FramesPerRun = 50_000;

    [Fact]
    public void Nothing_leaks_and_nothing_legal_is_blocked()
    {
        var frames = int.Parse(Environment.GetEnvironmentVariable("GATEWAY_GENERATED_FRAMES") ?? "1000000", CultureInfo.InvariantCulture);
        var fates = new Dictionary<Fate, int>();
        var first = int.Parse(Environment.GetEnvironmentVariable("GATEWAY_GENERATED_SEED") ?? $"{Seed}", CultureInfo.InvariantCulture);
        for (var run = 0; run * FramesPerRun < frames; run++)
        {
            using var gate = new PipelineGate(EvasionSite.Policy, EvasionSite.BoxMac);
            var bench = new GeneratedRun(gate, first + run);
            var fault = bench.Run(FramesPerRun);
            Assert.True(fault is null, fault);
            foreach (var (fate, count) in bench.Oracle.Fates)
                fates[fate] = fates.GetValueOrDefault(fate) + count;
            Assert.True(bench.Oracle.Streams.Delivered > FramesPerRun / 100, "too few requests reached a server");
        }
        output.WriteLine(string.Join(", ", fates.Select(f => $"{f.Key} {f.Value}")));
        Assert.True(fates[Fate.MustPass] > frames / 4 && fates[Fate.MustNotPass] > frames / 4, "the traffic is lopsided");
        Assert.True(fates.GetValueOrDefault(Fate.MayPass) < frames / 50, "the oracle shrugs too often");
        Assert.True(fates[Fate.MustPassEmpty] > 100);
    }

    [Fact]
    public void The_oracle_sees_a_gate_that_passes_everything_and_one_that_passes_nothing()
    {
        Assert.Contains("LEAK", new GeneratedRun(new OpenGate(), Seed).Run(1_000)!, StringComparison.Ordinal);
        Assert.Contains("WRONGLY BLOCKED", new GeneratedRun(new ClosedGate(), Seed).Run(1_000)!, StringComparison.Ordinal);
    }

    [Fact]
    public void The_oracle_sees_rules_that_are_off()
    {
        var build = new MutantBuild();
        string[] wanted =
        [
            "TaggedFrame", "SourceMacNotBound", "Ipv4Fragment", "Ipv4TtlTooLow", "Ipv4Options", "TcpChecksum", "TcpReservedBits", "TcpUrgent",
            "TcpOverlapDiffers", "TcpResetSequence", "DestinationMacNotOurs", "UdpMalformed", "padding is zero", "only declared bytes",
        ];
        foreach (var reason in wanted)
        {
            var seen = build.Mutants.Where(m => m.Reason == reason).Any(mutant =>
            {
                using var gate = build.Gate(mutant.Number, EvasionSite.Policy);
                try
                {
                    return new GeneratedRun(gate, Seed).Run(20_000) is not null;
                }
                catch (Exception e) when (e is IndexOutOfRangeException or ArgumentOutOfRangeException)
                {
                    return true;
                }
            });
            Assert.True(seen, $"with {reason} off the oracle saw nothing");
        }
    }
}

/// <summary>One run of the generator at a gate.</summary>
internal sealed class GeneratedRun(Gate gate, int seed)
{
    private readonly Traffic _traffic = new(seed);
    private readonly HashSet<GeneratedFlow> _ended = [];
    private readonly List<(int Link, byte[] Frame, long AtMs)> _history = [];

    public Oracle Oracle { get; } = new();

    /// <returns>The first fault, with all that is needed to see it again; null when there is none.</returns>
    public string? Run(int frames)
    {
        Play.Settle(gate);
        for (var index = 0; index < frames; index++)
        {
            var (link, frame, flow) = _traffic.Next(out var attack);
            if (index % 10 == 0)
            {
                Oracle.NowMs++;
                gate.Pass(1);
                if (Settle() is { } timed)
                    return Describe(index, link, frame, timed);
            }
            if (Unanswered(flow) is { } missing)
                return Describe(index, link, frame, missing);
            if (Send(link, frame, flow, attack) is { } fault)
                return Describe(index, link, frame, $"{(attack ? "attack" : "legal")}: {fault}");
        }
        return null;
    }

    /// <summary>Before a client of an inspected flow ends it, all that it asked must have reached the server.</summary>
    private string? Unanswered(GeneratedFlow? flow)
    {
        if (flow is not { IsInspected: true, IsEnding: true, IsDone: false } || !_ended.Add(flow))
            return null;
        var last = Oracle.Streams.LastTransaction(EvasionSite.Uplink, flow.PortAtServer);
        return last == flow.LastRequest ? null : $"WRONGLY BLOCKED: the server was told up to request {last} of {flow.LastRequest}";
    }

    private string? Send(int link, byte[] frame, GeneratedFlow? flow, bool attack)
    {
        gate.Receive(link, frame);
        _history.Add((link, frame, Oracle.NowMs));
        var sent = All();
        var fault = Oracle.Judge(link, frame, sent);
        Deliver(link, frame, sent, flow, attack);
        return fault;
    }

    /// <summary>What the gateway sends of its own accord when time passes.</summary>
    private string? Settle()
    {
        foreach (var (link, frame) in All())
        {
            var seen = new Seen(frame);
            if (seen.IsTcp && (seen.ToPort == EvasionSite.Inspected || seen.FromPort == EvasionSite.Inspected) && Oracle.Streams.Judge(link, seen) is { } fault)
                return fault;
            Hand(link, frame);
        }
        return null;
    }

    private void Deliver(int link, byte[] frame, List<(int Link, byte[] Frame)> sent, GeneratedFlow? flow, bool attack)
    {
        var isSound = frame.Length >= 54 && frame[23] == 6 && new Heard(link, frame) is { Fault: null, IsArp: false };
        if (flow is not null && isSound && !(attack && flow.IsInspected))
        {
            if (Oracle.LastFate == Fate.MustNotPass && !attack)
                flow.Stumble();
            else if (Oracle.LastFate != Fate.MustNotPass && Sent(frame) is var said && flow.IsOurs(said))
                flow.Said(said);
        }
        foreach (var (to, bytes) in sent)
            Hand(to, bytes);
    }

    private void Hand(int link, byte[] frame)
    {
        var seen = new Seen(frame);
        if (Traffic.Reflex(link, frame) is { } reflex)
            gate.Receive(reflex.Link, reflex.Frame);
        else if (_traffic.OwnerOf(link, seen) is { } owner)
            owner.Reached(link, seen);
    }

    private static Crafted Sent(byte[] frame)
    {
        var seen = new Seen(frame);
        return new Crafted
        {
            MacTo = seen.MacTo, MacFrom = seen.MacFrom, From = seen.From, To = seen.To, FromPort = seen.FromPort, ToPort = seen.ToPort,
            Sequence = seen.Sequence, Acknowledged = seen.Acknowledged, Flags = seen.Flags, Payload = seen.Payload,
        };
    }

    private List<(int Link, byte[] Frame)> All() => gate is PipelineGate pipeline
        ? pipeline.TakeAll()
        : [.. Enumerable.Range(0, EvasionSite.Links).SelectMany(l => gate.Take(l).Select(f => (l, f)))];

    private string Describe(int index, int link, byte[] frame, string fault)
    {
        var before = _history.Where(h => IsOfSameFlow(h.Frame, frame)).TakeLast(24).Select(h => $"  {h.AtMs} ms link {h.Link}: {Convert.ToHexString(h.Frame)}");
        return $"seed {seed}, frame {index}, link {link}: {fault}\nframe: {Convert.ToHexString(frame)}\nthe flow before:\n{string.Join('\n', before)}";
    }

    private static bool IsOfSameFlow(byte[] one, byte[] other) => one.Length >= 38 && other.Length >= 38
        && (one.AsSpan(34, 4).SequenceEqual(other.AsSpan(34, 4)) || (one.AsSpan(34, 2).SequenceEqual(other.AsSpan(36, 2)) && one.AsSpan(36, 2).SequenceEqual(other.AsSpan(34, 2))));
}
