using System.Buffers.Binary;
using Gateway.Core.Control;
using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Dataplane.Links;
using Gateway.Dataplane.Tests.Links;
using Gateway.Dataplane.Wire;
using Gateway.Plant;

namespace Gateway.Dataplane.Tests.Process;

/// <summary>Two devices behind a managed switch, each in a VLAN of one trunk: a segment of one each, and no way from one into the other.</summary>
[Trait("Category", "Slow")]
public sealed class TrunkTests : IDisposable
{
    private const ushort PlcVlan = 20;
    private const ushort CloneVlan = 30;

    private readonly ProcessBench _bench = new("tr", Wiring.Trunk);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Two_machines_with_the_same_address_are_read_over_one_cable_each_as_itself()
    {
        _bench.StartDataplane();
        ProcessBench.Eventually(() => _bench.PeerReads(), "the peer reads the PLC");
        ProcessBench.Eventually(() => _bench.PeerReads(ProcessBench.CloneSeen), "the peer reads its clone");
        // Only the one whose cable is out falls silent.
        _bench.Switch!.Ip("link set p30 down");
        Assert.False(_bench.PeerReads(ProcessBench.CloneSeen));
        Assert.True(_bench.PeerReads());
    }

    [Fact]
    public async Task A_frame_is_heard_only_in_its_own_vlan_and_hopping_goes_nowhere()
    {
        _bench.StartDataplane();
        ProcessBench.Eventually(() => _bench.PeerReads() && _bench.PeerReads(ProcessBench.CloneSeen), "both answer");
        var ask = new byte[60];
        ArpView.EmitRequest(ask, MacAddress.Parse(ProcessBench.PlcMac), Ipv4Address.Parse("192.168.10.21"), Ipv4Address.Parse("192.168.10.1"));
        NamespaceThread.Run(_bench.Switch!, () =>
        {
            using var trunk = new RawSender("trunk");
            using var ring = ReceiveRing.Open("trunk", 4);
            trunk.Send(ask);
            trunk.Send(Tagged(ask, 0));
            trunk.Send(Tagged(ask, 40));
            trunk.Send(Tagged(ask, PlcVlan, protocol: 0x88A8));
            trunk.Send(Tagged(Tagged(ask, CloneVlan), PlcVlan));
            trunk.Send(Tagged(Tagged(ask, PlcVlan), 40));
            Assert.Empty(Answers(ring));
            // Control: the same question with the PLC's own tag is answered, and in its VLAN alone.
            trunk.Send(Tagged(ask, PlcVlan));
            Assert.Equal([PlcVlan], Answers(ring));
        });
        await using var client = await _bench.ConnectAsync();
        await client.SendAsync(new Hello(ControlProtocol.Version));
        var status = await client.NextAsync<StatusMessage>(s => Drops(s, DropReason.VlanNotOnLink) >= 5);
        Assert.True(Drops(status, DropReason.EthertypeNotAllowed) >= 1);
        Assert.All(status.Devices, d => Assert.Equal(BindingState.Verified, d.Binding));
        Assert.True(_bench.PeerReads() && _bench.PeerReads(ProcessBench.CloneSeen));
    }

    [Fact]
    public async Task The_kernel_forwards_an_uninspected_flow_of_a_vlan_with_its_tag()
    {
        File.WriteAllText(_bench.SiteFile, File.ReadAllText(_bench.SiteFile) + """

              - name: clone-sends
                from: { device: clone }
                to: { peer: master, as: 192.168.10.9 }
                allow: [ { port: tcp/9000 } ]
            """);
        Transfer.AsOnAWire(_bench.Clone!, _bench.Peer);
        _bench.StartDataplane();
        Transfer.Serve(_bench, _bench.Peer);
        Transfer.AssertWhole(_bench.Clone!, "192.168.10.9");
        Assert.Equal(0, _bench.Start("hold", _bench.Clone!, "import socket, time; s = socket.create_connection(('192.168.10.9', 9000)); time.sleep(60)").Restarts);
        await using var client = await _bench.ConnectAsync();
        await client.SendAsync(new Hello(ControlProtocol.Version));
        await client.NextAsync<StatusMessage>(s => s.FastPath != FastPathTier.Off && s.OffloadedFlows == 1);
    }

    private static ulong Drops(StatusMessage status, DropReason reason) =>
        status.Links.Single(l => l.Name == "socket-1").Drops.Where(d => d.Reason == reason).Select(d => d.Count).FirstOrDefault();

    /// <summary>VLANs in which the gateway answered ARP within a moment.</summary>
    private static List<int> Answers(ReceiveRing ring)
    {
        List<int> vlans = [];
        for (var waited = 0; waited < 50; waited++)
        {
            while (ring.TryNext(out var frame))
            {
                if (EthernetView.TryParse(frame.Bytes, out var ethernet) && ethernet.Type == Ethertype.Arp
                    && ethernet.Payload[7] == 2 && ethernet.Destination == MacAddress.Parse(ProcessBench.PlcMac))
                    vlans.Add(frame.Vlan);
                ring.Release();
            }
            Thread.Sleep(10);
        }
        return vlans;
    }

    private static byte[] Tagged(ReadOnlySpan<byte> frame, ushort vlan, ushort protocol = VlanTag.Protocol)
    {
        var tagged = new byte[frame.Length + VlanTag.LengthBytes];
        frame[..12].CopyTo(tagged);
        BinaryPrimitives.WriteUInt16BigEndian(tagged.AsSpan(12), protocol);
        BinaryPrimitives.WriteUInt16BigEndian(tagged.AsSpan(14), vlan);
        frame[12..].CopyTo(tagged.AsSpan(16));
        return tagged;
    }
}
