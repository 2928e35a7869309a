using Gateway.Core.Control;
using Gateway.Dataplane.FastPath;
using Gateway.Dataplane.Tests.Links;
using Gateway.Dataplane.Tests.Pipeline;
using Gateway.Dataplane.Wire;
using Gateway.Plant;

namespace Gateway.Dataplane.Tests.FastPath;

/// <summary>What the kernel leaves to the packet loop, on an established flow; and that each rule is needed: without it the frame passes.</summary>
[Trait("Category", "Slow")]
public sealed class FastPathRuleTests : IDisposable
{
    private const string Name = "gwt-rule";
    private readonly NetworkNamespace _inside = FastPathBench.Namespace(Name);

    public static TheoryData<string> Attacks => [.. FastPathAttacks.All.Select(a => a.Name)];

    public void Dispose() => Gateway.Plant.Plant.Clear(Name);

    [Theory]
    [MemberData(nameof(Attacks))]
    public void The_kernel_leaves_it_to_the_loop(string name) => NamespaceThread.Run(_inside, () =>
    {
        var attack = FastPathAttacks.All.Single(a => a.Name == name);
        using (var bench = new FastPathBench(FastPathTier.Tcx))
        {
            Assert.False(Passes(bench, attack), "the kernel forwarded it");
            if (!attack.FromSorter)
                bench.LoopUntil(_ => true);
        }
        using var without = new FastPathBench(FastPathTier.Tcx, attack.Rule);
        Assert.True(Passes(without, attack), $"without the rule {attack.Rule} it must pass, else it proves nothing");
    });

    [Theory]
    [MemberData(nameof(Attacks))]
    public void And_the_loop_refuses_it_or_passes_it_clean(string name)
    {
        var attack = FastPathAttacks.All.Single(a => a.Name == name);
        using var box = TranslationTests.Loop();
        var (from, frame) = (attack.FromSorter ? TestBox.Sorter : TestBox.Peer, attack.Frame());
        if (attack.Protocol == IpProtocol.Udp)
            box.Receive(TestBox.Peer, FastPathBench.DatagramFromPanel("a flow for it"u8));
        box.TakeSent();
        var isTagged = frame[12] is 0x81 or 0x88;
        box.Receive(from.Link, isTagged ? [.. frame[..12], .. frame[16..]] : frame, tagged: isTagged);
        var sent = box.TakeSent();
        if (attack.Loop == LoopVerdict.Refused)
        {
            // A suspicious sender makes the loop ask the device who it is, or is answered itself; nothing else leaves.
            Assert.All(sent, s => Assert.True(s.Link == from.Link || ((s.Frame[12] << 8) | s.Frame[13]) == 0x0806));
            return;
        }
        var passed = Assert.Single(sent).Frame;
        Assert.Equal(0, passed[52] | passed[53]);
    }

    [Fact]
    public void Every_rule_has_an_attack_or_a_test_of_its_own() => Assert.Equal(
        Enum.GetValues<FastPathRule>().Except([
            FastPathRule.None, FastPathRule.SuperFrame, FastPathRule.Withdrawn, FastPathRule.Generation, FastPathRule.Lease]).Order(),
        FastPathAttacks.All.Select(a => a.Rule).Distinct().Order());

    [Fact]
    public void Segments_with_usual_options_and_short_padded_ones_pass() => NamespaceThread.Run(_inside, () =>
    {
        using var bench = new FastPathBench(FastPathTier.Tcx);
        bench.Add(IpProtocol.Tcp);
        foreach (var options in new byte[][]
        {
            [.. FastPathAttacks.Timestamps], [.. FastPathAttacks.Selective], [.. FastPathAttacks.Timestamps, .. FastPathAttacks.Selective],
        })
        {
            bench.SendLeft(FastPathAttacks.WithTcpOptions(options));
            Assert.True(FastPathBench.Holds(bench.RightUntil(_ => true).Single(), "what must not pass"));
        }
        bench.SendLeft(FastPathBench.FromPanel(default, flags: TcpFlags.Ack));
        Assert.Equal(54, bench.RightUntil(_ => true).Single().Length);
    });

    [Fact]
    public void A_super_frame_whose_parts_are_larger_than_the_link_takes_is_left_to_the_loop() => NamespaceThread.Run(_inside, () =>
    {
        foreach (var (omitted, segment, passes) in new[]
        {
            (FastPathRule.None, 1_448, true), (FastPathRule.None, 4_000, false), (FastPathRule.SuperFrame, 4_000, true),
        })
        {
            using var bench = new FastPathBench(FastPathTier.Tcx, omitted);
            bench.Add(IpProtocol.Tcp);
            using var sender = new RawSender("left").WithOffloads();
            // struct virtio_net_hdr: checksum to be completed, TCP over IPv4, header length, part length, where the checksum lies.
            byte[] head = [1, 1, 54, 0, (byte)segment, (byte)(segment >> 8), 34, 0, 16, 0];
            sender.Send([.. head, .. FastPathBench.FromPanel(new byte[8_000])]);
            bench.SendLeft(FastPathBench.FromPanel("the control"u8));
            Assert.Equal(passes, bench.RightUntil(f => FastPathBench.Holds(f, "the control")).Count > 1);
        }
    });

    [Fact]
    public void After_withdrawal_not_one_packet_passes() => NamespaceThread.Run(_inside, () =>
    {
        foreach (var (omitted, withdraw, passes) in new (FastPathRule, Action<FastPathBench>, bool)[]
        {
            (FastPathRule.None, bench => bench.Remove(), false),
            (FastPathRule.None, bench => bench.Disable(), false),
            (FastPathRule.Withdrawn, bench => bench.Disable(), true),
            (FastPathRule.None, bench => bench.FastPath.Stop(), false),
            (FastPathRule.Generation, bench => bench.FastPath.Stop(), true),
        })
        {
            using var bench = new FastPathBench(FastPathTier.Tcx, omitted);
            bench.Add(IpProtocol.Tcp);
            bench.SendLeft(FastPathBench.FromPanel("the control"u8));
            bench.RightUntil(f => FastPathBench.Holds(f, "the control"));
            withdraw(bench);
            bench.SendLeft(FastPathBench.FromPanel("after it"u8));
            if (passes)
                bench.RightUntil(f => FastPathBench.Holds(f, "after it"));
            else
                bench.LoopUntil(f => FastPathBench.Holds(f, "after it"));
        }
    });

    [Fact]
    public void A_stopped_flow_that_is_still_right_goes_on() => NamespaceThread.Run(_inside, () =>
    {
        using var bench = new FastPathBench(FastPathTier.Tcx);
        bench.Add(IpProtocol.Tcp);
        bench.FastPath.Stop();
        Assert.True(bench.TryKeep(IpProtocol.Tcp));
        Assert.False(bench.TryKeep(IpProtocol.Udp));
        bench.SendLeft(FastPathBench.FromPanel("goes on"u8));
        bench.RightUntil(f => FastPathBench.Holds(f, "goes on"));
    });

    [Fact]
    public void Without_a_sign_of_life_everything_goes_to_the_loop() => NamespaceThread.Run(_inside, () =>
    {
        foreach (var omitted in new[] { FastPathRule.None, FastPathRule.Lease })
        {
            using var bench = new FastPathBench(FastPathTier.Tcx, omitted);
            bench.Add(IpProtocol.Tcp);
            Thread.Sleep(FastPathLimits.LeaseMs + 100);
            bench.SendLeft(FastPathBench.FromPanel("nobody renewed"u8));
            if (omitted == FastPathRule.Lease)
                bench.RightUntil(f => FastPathBench.Holds(f, "nobody renewed"));
            else
                bench.LoopUntil(f => FastPathBench.Holds(f, "nobody renewed"));
            bench.FastPath.Renew();
            bench.SendLeft(FastPathBench.FromPanel("renewed again"u8));
            bench.RightUntil(f => FastPathBench.Holds(f, "renewed again"));
        }
    });

    /// <summary>Sends the attack and a control after it; true when something came out besides the control.</summary>
    private static bool Passes(FastPathBench bench, FastPathAttack attack)
    {
        bench.Add(attack.Protocol);
        if (attack.FromSorter)
        {
            bench.SendRight(attack.Frame());
            bench.SendRight(FastPathBench.FromSorter("the control"u8));
            return bench.LeftUntil(f => FastPathBench.Holds(f, "the control")).Count > 1;
        }
        bench.SendLeft(attack.Frame());
        bench.SendLeft(attack.Protocol == IpProtocol.Tcp ? FastPathBench.FromPanel("the control"u8) : FastPathBench.DatagramFromPanel("here is the control"u8));
        return bench.RightUntil(f => FastPathBench.Holds(f, "the control")).Count > 1;
    }
}
