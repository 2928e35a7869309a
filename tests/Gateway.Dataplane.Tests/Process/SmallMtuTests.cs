using Gateway.Plant;

namespace Gateway.Dataplane.Tests.Process;

/// <summary>A device on a full Ethernet link, and an uplink that carries less, as behind a tunnel: transfers of the kernel's own TCP go
/// through whole, both ways.</summary>
[Trait("Category", "Slow")]
public sealed class SmallMtuTests : IDisposable
{
    private const int Bytes = 400_000;

    private readonly ProcessBench _bench = new("mt", Wiring.Hostile);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_transfer_over_a_link_that_carries_less_is_whole()
    {
        // Neither end knows: the narrow place is the box's own interface.
        _bench.Box.Ip("link set up0 mtu 1280");
        // Frames as on a wire: no network card between here and there joins them.
        foreach (var host in (NetworkNamespace[])[_bench.Hostile!, _bench.Peer])
            host.Run("ethtool", "-K", "eth0", "tx", "off", "tso", "off", "gso", "off", "gro", "off").Require("ethtool");
        File.WriteAllText(_bench.SiteFile, File.ReadAllText(_bench.SiteFile).Replace("port: udp/9000", "port: tcp/9000", StringComparison.Ordinal));
        _bench.StartDataplane();
        Need.Command("python3", "python3");
        var server = _bench.Start("server", _bench.Peer, $"""
            import socket
            listener = socket.create_server(("", 9000))
            while True:
                client, _ = listener.accept()
                data = bytearray()
                while len(data) < {Bytes}:
                    data += client.recv(65536)
                client.sendall(data)
                client.close()
            """);
        var answer = default(ShellResult);
        ProcessBench.Eventually(() => (answer = Transfer()).ExitCode == 0, $"the transfer: {answer?.Error}", 40);
        Assert.Equal("whole", answer!.Output.Trim());
        Assert.True(server.Pid > 0);
    }

    private ShellResult Transfer() => _bench.Hostile!.Run("timeout", "10", "python3", "-c", $"""
        import random, socket
        data = random.Random(7).randbytes({Bytes})
        server = socket.create_connection(("192.168.10.9", 9000), 3)
        server.settimeout(5)
        server.sendall(data)
        back = bytearray()
        while len(back) < len(data):
            chunk = server.recv(65536)
            if not chunk:
                break
            back += chunk
        print("whole" if back == data else "torn")
        """);
}
