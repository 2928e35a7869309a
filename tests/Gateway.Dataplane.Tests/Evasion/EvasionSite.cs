using Gateway.Core.Policy;

namespace Gateway.Dataplane.Tests.Evasion;

/// <param name="Link">Link it is plugged into.</param>
/// <param name="Mac">Hardware address, 48 bits.</param>
/// <param name="Address">IPv4 address.</param>
internal sealed record Station(int Link, ulong Mac, uint Address);

/// <summary>The policy under attack: device A may open TCP to B, port 502 (Modbus, read only) and port 503 (not inspected), and UDP port
/// 4070; B may do the same to A. Device C may reach B at 503. Nothing else.</summary>
internal static class EvasionSite
{
    // Links by their names in order, as the compiler numbers them.
    public const int SocketA = 1;
    public const int SocketC = 2;
    public const int Host = 0;
    public const int Uplink = 7;
    public const int Links = 8;

    /// <summary>A socket with a device that nobody has approved.</summary>
    public const int SocketNew = 3;

    /// <summary>The socket of a device that was approved and is away.</summary>
    public const int SocketAway = 4;

    /// <summary>The socket of a device that a person has cut off.</summary>
    public const int SocketCutOff = 5;

    /// <summary>The socket of a device that waits for approval.</summary>
    public const int SocketWaiting = 6;

    public const ulong BoxMac = 0x0200_0000_FF01;

    public static readonly Station A = new(SocketA, 0x0200_0000_000A, 0x0A4D_0001);
    public static readonly Station C = new(SocketC, 0x0200_0000_000C, 0x0A4D_0003);
    public static readonly Station HostStack = new(Host, 0x0200_0000_0064, 0x6440_0001);

    /// <summary>The lower half of its address is 502: a packet whose header claims four words is then read as a segment to that port.</summary>
    public static readonly Station B = new(Uplink, 0x0200_0000_000B, 0x0A4D_01F6);

    public static readonly Station Newcomer = new(SocketNew, 0x0200_0000_000D, 0x0A4D_0004);

    public static readonly Station CutOff = new(SocketCutOff, 0x0200_0000_000E, 0x0A4D_0006);

    public static readonly Station Waiting = new(SocketWaiting, 0x0200_0000_0010, 0x0A4D_0007);

    /// <summary>Where B would reach the device that is away, and where A would reach a peer that does not answer.</summary>
    public const uint SeenAway = 0x0A4D_0066;
    public const uint SilentPeer = 0x0A4D_0009;

    /// <summary>The gateway as A sees it.</summary>
    public const uint GatewayAddress = 0x0A4D_00FE;
    public const uint UplinkAddress = 0x0A4D_00FD;

    /// <summary>A as B sees it, and as B reaches it.</summary>
    public const uint SeenA = 0x0A4D_0065;

    public const ushort Inspected = 502;
    public const ushort Tracked = 503;
    public const ushort Datagrams = 4_070;

    public const string Yaml =
        """
        version: 1
        site: evasion
        links:
          - { name: socket-1, role: downlink, interface: s1, socket: 1 }
          - { name: socket-2, role: downlink, interface: s2, socket: 2 }
          - { name: host, role: host, interface: host1, address: 100.64.0.1/16 }
          - { name: uplink, role: uplink, interface: up0, address: 10.77.0.253/16 }
          - { name: socket-3, role: downlink, interface: s3, socket: 3 }
          - { name: socket-4, role: downlink, interface: s4, socket: 4 }
          - { name: socket-5, role: downlink, interface: s5, socket: 5 }
          - { name: socket-6, role: downlink, interface: s6, socket: 6 }
        devices:
          - { name: device-a, link: socket-1, mac: "02:00:00:00:00:0a", address: 10.77.0.1/16, gateway: 10.77.0.254, segment: 100.64.0.7 }
          - { name: device-c, link: socket-2, mac: "02:00:00:00:00:0c", address: 10.77.0.3/16, gateway: 10.77.0.254, segment: 100.64.0.8, max-flows: 4096 }
          - { name: away, link: socket-4, mac: "02:00:00:00:00:0f", address: 10.77.0.5/16, gateway: 10.77.0.254, segment: 100.64.0.9 }
          - { name: cut-off, link: socket-5, mac: "02:00:00:00:00:0e", address: 10.77.0.6/16, gateway: 10.77.0.254, segment: 100.64.0.10, enforcement: cut-off }
          - { name: waiting, link: socket-6, mac: "02:00:00:00:00:10", address: 10.77.0.7/16, gateway: 10.77.0.254, segment: 100.64.0.11, enforcement: quarantine }
        peers:
          - { name: peer-b, link: uplink, address: 10.77.1.246 }
          - { name: silent, link: uplink, address: 10.77.0.9 }
        grants:
          - name: a-to-b
            from: { device: device-a, as: 10.77.0.101 }
            to: { peer: peer-b }
            allow:
              - { port: tcp/502, inspect: modbus, operations: read }
              - { port: tcp/503 }
              - { port: udp/4070 }
          - name: c-to-b
            from: { device: device-c, as: 10.77.0.101 }
            to: { peer: peer-b }
            allow:
              - { port: tcp/502, inspect: modbus, operations: read }
              - { port: tcp/503 }
          - name: cut-off-to-b
            from: { device: cut-off }
            to: { peer: peer-b }
            allow: [ { port: tcp/503 } ]
          - name: a-to-silent
            from: { device: device-a, as: 10.77.0.101 }
            to: { peer: silent }
            allow: [ { port: tcp/503 } ]
          - name: b-to-away
            from: { peer: peer-b }
            to: { device: away, as: 10.77.0.102 }
            allow: [ { port: tcp/503 } ]
          - name: b-to-a
            from: { peer: peer-b }
            to: { device: device-a, as: 10.77.0.101 }
            allow:
              - { port: tcp/502, inspect: modbus, operations: read }
              - { port: tcp/503 }
              - { port: udp/4070 }
        """;

    public static CompiledPolicy Policy { get; } = Compile();

    private static CompiledPolicy Compile()
    {
        var read = SiteReader.Read(Yaml);
        Assert.True(read.Valid, string.Join('\n', read.Errors));
        var compiled = PolicyCompiler.Compile(read.Document);
        return compiled.Policy ?? throw new InvalidOperationException(string.Join('\n', compiled.Errors));
    }
}
