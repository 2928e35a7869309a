using Gateway.Core.Control;
using Gateway.Core.Devices;
using Gateway.Core.Net;
using Gateway.Dataplane.Tests.Links;
using Gateway.Dataplane.Wire;
using Gateway.Plant;

namespace Gateway.Dataplane.Tests.Process;

/// <summary>The isolation grade on real wires: a device alone, one that really answers for others, one behind an unmanaged switch.</summary>
[Trait("Category", "Slow")]
public sealed class IsolationWireTests : IDisposable
{
    private readonly ProcessBench _bench = new("is");

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_device_alone_is_A_and_with_a_second_machine_on_its_socket_D()
    {
        _bench.StartDataplane();
        await using var client = await ConnectAsync();
        await GradeAsync(client, IsolationGrade.A);
        NamespaceThread.Run(_bench.Plc, () =>
        {
            var frame = new byte[EthernetView.LeastFrameBytes];
            ArpView.EmitRequest(frame, MacAddress.Parse("00:0c:29:00:00:66"), Ipv4Address.Parse("192.168.10.77"), Ipv4Address.Parse("192.168.10.1"));
            using var stranger = new RawSender("eth0");
            stranger.Send(frame);
        });
        await GradeAsync(client, IsolationGrade.D);
        Assert.True(_bench.PeerReads());
    }

    [Fact]
    public async Task A_device_whose_kernel_answers_for_others_is_C()
    {
        // What it stands for lies behind it: the kernel's own proxy ARP.
        _bench.Plc.Ip("link add behind type veth peer name other");
        _bench.Plc.Ip("link set behind up");
        _bench.Plc.Ip("route add 192.168.10.254/32 dev behind");
        _bench.Plc.Run("sysctl", "-qw", "net.ipv4.conf.eth0.proxy_arp=1", "net.ipv4.ip_forward=1", "net.ipv4.neigh.eth0.proxy_delay=0").Require("sysctl");
        _bench.StartDataplane();
        await using var client = await ConnectAsync();
        await GradeAsync(client, IsolationGrade.C);
        Assert.True(_bench.PeerReads());
    }

    private async Task<ControlClient> ConnectAsync()
    {
        var client = await _bench.ConnectAsync();
        await client.SendAsync(new Hello(ControlProtocol.Version));
        return client;
    }

    private static Task GradeAsync(ControlClient client, IsolationGrade grade) => client.NextAsync<StatusMessage>(
        status => Isolation.Judge(status.Devices[0].Isolation, 0, status.Devices[0].Binding == BindingState.Verified).Grade == grade);
}
