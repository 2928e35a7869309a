using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Gateway.Core.Control;
using Gateway.Dataplane.FastPath;
using Gateway.Dataplane.Interop;
using Gateway.Dataplane.Links;
using Gateway.Dataplane.Tests.Links;
using Gateway.Dataplane.Wire;
using Gateway.Plant;
using Tmds.Linux;

namespace Gateway.Dataplane.Tests.FastPath;

/// <summary>The forwarding program alone: it trusts a verdict for the packet in hand only, and leaves the host its own uplink.</summary>
[Trait("Category", "Slow")]
public sealed class ForwardingTests : IDisposable
{
    private const string Name = "gwt-forw";
    private readonly NetworkNamespace _inside = FastPathBench.Namespace(Name);

    public void Dispose() => Gateway.Plant.Plant.Clear(Name);

    [Fact]
    public void A_verdict_serves_once_and_for_a_packet_of_its_own_flow_only() => NamespaceThread.Run(_inside, () =>
    {
        using var fastPath = new KernelFastPath(FastPathTier.Tcx);
        // A socket that hears nothing: its filter never decides, so the verdicts are those of the test.
        var deaf = LibC.socket(LibC.AF_PACKET, LibC.SOCK_RAW, 0);
        using var hook = fastPath.Attach(FastPathBench.InLink, (int)NativeCalls.InterfaceIndex("in"), deaf, sharedWithHost: false);
        using var left = new RawSender("left");
        using var right = ReceiveRing.Open("right", 4);
        FastPathBench.Add(fastPath, IpProtocol.Tcp);
        var own = FastPathBench.FromPanel("of the flow"u8);
        byte[] other = [.. FastPathBench.FromPanel("of another"u8)];
        other[35]++;
        foreach (var (frame, verdict) in new[] { (own, false), (other, true), (own, true), (own, false) })
        {
            if (verdict)
                Decide(fastPath, (uint)frame.Length);
            left.Send(frame);
        }
        Assert.True(FastPathBench.Holds(FastPathBench.Until(right, _ => true, "the right").Single(), "of the flow"));
        Thread.Sleep(50);
        Assert.False(right.TryNext(out _), "more than the one frame that was decided on came out");
        _ = LibC.close(deaf);
    });

    [Theory]
    [InlineData(FastPathTier.Tcx, true, true)]
    [InlineData(FastPathTier.Tcx, false, false)]
    [InlineData(FastPathTier.Clsact, true, true)]
    [InlineData(FastPathTier.Clsact, false, false)]
    public void What_is_not_forwarded_reaches_the_host_on_its_uplink_alone(FastPathTier tier, bool shared, bool reaches)
    {
        var wire = NetworkNamespace.Create($"{Name}-w");
        _inside.Ip($"link set left netns {Name}-w");
        wire.Ip("addr add 10.9.0.1/24 dev left");
        wire.Ip("link set left up");
        _inside.Ip("addr add 10.9.0.2/24 dev in");
        NamespaceThread.Run(_inside, () =>
        {
            using var fastPath = new KernelFastPath(tier);
            using var link = AttachedLink.Open("in", shared: true);
            using var hook = fastPath.Attach(FastPathBench.InLink, (int)NativeCalls.InterfaceIndex("in"), link.Ring.Socket, shared);
            using var host = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            host.Bind(new IPEndPoint(IPAddress.Parse("10.9.0.2"), 9_000));
            using var panel = FastPathProcessBench.Open(wire, "10.9.0.1", 0);
            panel.SendTo("hello"u8, new IPEndPoint(IPAddress.Parse("10.9.0.2"), 9_000));
            Assert.Equal(reaches, host.Poll(reaches ? 3_000_000 : 300_000, SelectMode.SelectRead));
        });
    }

    [Fact]
    public void A_program_that_a_killed_process_left_on_a_link_is_replaced_not_joined() => NamespaceThread.Run(_inside, () =>
    {
        Need.Command("tc", "iproute2");
        using var killed = new KernelFastPath(FastPathTier.Clsact);
        var deaf = LibC.socket(LibC.AF_PACKET, LibC.SOCK_RAW, 0);
        killed.Attach(FastPathBench.InLink, (int)NativeCalls.InterfaceIndex("in"), deaf, sharedWithHost: false);
        using (var bench = new FastPathBench(FastPathTier.Clsact))
        {
            bench.Add(IpProtocol.Tcp);
            bench.SendLeft(FastPathBench.FromPanel("by the new one"u8));
            bench.RightUntil(f => FastPathBench.Holds(f, "by the new one"));
            Assert.Equal(1, Programs());
        }
        Assert.Equal(0, Programs());
        _ = LibC.close(deaf);
    });

    private int Programs() => _inside.Run("tc", "filter", "show", "dev", "in", "ingress").Require("tc").Output.Split(" handle ").Length - 1;

    private static void Decide(KernelFastPath fastPath, uint frameBytes)
    {
        // One element for each processor; the kernel takes as many as there are.
        var verdicts = default(Verdicts);
        ((Span<Handover>)verdicts).Fill(new Handover { Direction = (2 * FastPathBench.Flow) + 1, FrameBytes = frameBytes });
        Assert.True(fastPath.Maps.Handover.TrySet(0u, verdicts));
    }

    [InlineArray(1_024)]
    private struct Verdicts
    {
        private Handover _first;
    }
}
