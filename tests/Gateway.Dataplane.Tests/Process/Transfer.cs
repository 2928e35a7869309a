using Gateway.Plant;

namespace Gateway.Dataplane.Tests.Process;

/// <summary>A transfer by the kernel's own TCP: so many bytes there, and the same back.</summary>
internal static class Transfer
{
    private const int Bytes = 400_000;

    /// <summary>Frames as on a wire: no network card joins or finishes them on the way.</summary>
    public static void AsOnAWire(params IReadOnlyList<NetworkNamespace> hosts)
    {
        foreach (var host in hosts)
            host.Run("ethtool", "-K", "eth0", "tx", "off", "tso", "off", "gso", "off", "gro", "off").Require("ethtool");
    }

    /// <summary>Answers each connection to port 9000 with what it got.</summary>
    public static void Serve(ProcessBench bench, NetworkNamespace server) => bench.Start("transfer", server, $"""
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

    /// <summary>Sends and compares; waits until there is a connection at all.</summary>
    public static void AssertWhole(NetworkNamespace client, string server)
    {
        var answer = default(ShellResult);
        ProcessBench.Eventually(() => (answer = Run(client, server)).ExitCode == 0, $"a transfer from {client.Name}", 40);
        Assert.Equal("whole", answer!.Output.Trim());
    }

    private static ShellResult Run(NetworkNamespace client, string server) => client.Run("timeout", "10", "python3", "-c", $"""
        import random, socket
        data = random.Random(7).randbytes({Bytes})
        server = socket.create_connection(("{server}", 9000), 3)
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
