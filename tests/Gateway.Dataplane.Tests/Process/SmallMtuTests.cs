using Gateway.Plant;

namespace Gateway.Dataplane.Tests.Process;

/// <summary>A device on a full Ethernet link, and an uplink that carries less, as behind a tunnel: transfers of the kernel's own TCP go
/// through whole, both ways.</summary>
[Trait("Category", "Slow")]
public sealed class SmallMtuTests : IDisposable
{
    private readonly ProcessBench _bench = new("mt", Wiring.Hostile);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_transfer_over_a_link_that_carries_less_is_whole()
    {
        // Neither end knows: the narrow place is the box's own interface.
        _bench.Box.Ip("link set up0 mtu 1280");
        Transfer.AsOnAWire(_bench.Hostile!, _bench.Peer);
        File.WriteAllText(_bench.SiteFile, File.ReadAllText(_bench.SiteFile).Replace("port: udp/9000", "port: tcp/9000", StringComparison.Ordinal));
        _bench.StartDataplane();
        Transfer.Serve(_bench, _bench.Peer);
        Transfer.AssertWhole(_bench.Hostile!, "192.168.10.9");
    }
}
