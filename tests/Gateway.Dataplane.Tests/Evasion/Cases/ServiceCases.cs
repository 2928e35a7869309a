using Gateway.Core.Policy;
using static Gateway.Dataplane.Tests.Evasion.Row;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>107 to 125: IPv6, services of the network, and the application.</summary>
internal static class ServiceCases
{
    private const ulong AllRouters = 0x3333_0000_0002;
    private const ulong AllNodes = 0x3333_0000_0001;

    public static Case[] Ipv6 { get; } =
    [
        V6("107", "Plain IPv6 TCP 502", s => Packet6(s, 6, s.Syn.Segment())),
        V6("108", "Hop-by-hop + TCP", s => Packet6(s, 0, [6, 0, 1, 4, 0, 0, 0, 0, .. s.Syn.Segment()])),
        V6("109", "Routing header type 0", s => Packet6(s, 43, [6, 2, 0, 1, 0, 0, 0, 0, .. new byte[16], .. s.Syn.Segment()])),
        V6("110", "Destination-options chain x8", s => Packet6(s, 60, [.. Chain(60, 7), .. Chain(6, 1), .. s.Syn.Segment()])),
        V6("111", "Atomic fragment", s => Packet6(s, 44, [6, 0, 0, 0, 0, 0, 0, 1, .. s.Syn.Segment()])),
        V6("112", "Fragmented RA (RA-guard bypass)", s => Packet6(s, 44, [58, 0, 0, 1, 0, 0, 0, 1, 134, 0, 0, 0, 64, 0, 7, 8, .. new byte[8]])),
        V6("113", "Rogue router advertisement", s => Packet6(s, 58, [134, 0, 0, 0, 64, 0, 7, 8, .. new byte[8]]) with { MacTo = AllNodes }),
        V6("114", "Spoofed neighbour advertisement", s => Packet6(s, 58, [136, 0, 0, 0, 0x20, 0, 0, 0, .. new byte[16]])),
        V6("115", "MLD report", s => Packet6(s, 58, [143, 0, 0, 0, 0, 0, 0, 1, .. new byte[20]]) with { MacTo = AllRouters }),
        V6("116", "IPv6 no-next-header with payload", s => Packet6(s, 59, Scene.Marker)),
    ];

    public static Case[] Services { get; } =
    [
        Service("117", "DHCP DISCOVER to the plant", null, s => [Discover(s, s.Base.MacFrom)]) with { Note = "The gateway answers it itself." },
        Service("118", "DHCP starvation: 200 chaddr", DropReason.DhcpRefused, s => Enumerable.Range(0, 200).Select(i => Discover(s, 0x0212_0000_0000ul + (uint)i))),
        Service("119", "Rogue DHCP OFFER from the device", DropReason.BroadcastNotRelayed,
            s => [(s.Base with { MacTo = Everyone, To = 0xFFFF_FFFF, FromPort = 67 }).Udp(68, [2, 1, 6, 0, .. new byte[236]])]),
        Service("120", "mDNS / SSDP / LLMNR multicast", DropReason.BroadcastNotRelayed, s =>
        [
            (s.Base with { MacTo = 0x0100_5E00_00FB, To = 0xE000_00FB }).Udp(5_353, Scene.Marker),
            (s.Base with { MacTo = 0x0100_5E7F_FFFA, To = 0xEFFF_FFFA }).Udp(1_900, Scene.Marker),
            (s.Base with { MacTo = 0x0100_5E00_00FC, To = 0xE000_00FC }).Udp(5_355, Scene.Marker),
        ]),
        Service("121", "NetBIOS broadcast 137", DropReason.BroadcastNotRelayed, s => [(s.Base with { MacTo = Everyone, To = 0x0A4D_FFFF }).Udp(137, Scene.Marker)]),
        Service("122", "IGMP join", DropReason.BroadcastNotRelayed,
            s => [s.Base with { MacTo = 0x0100_5E00_0016, To = 0xE000_0016, Protocol = 2, Datagram = [0x22, 0, 0xDD, 0xFD, 0, 0, 0, 0] }]),
    ];

    public static Case[] Application { get; } =
    [
        Modbus("123", "Modbus write (FC 16) when the grant is read-only", DropReason.OperationNotGranted,
            s => s.DataOf([0xBE, 0xEF, 0, 0, 0, 9, 1, 16, 0xCA, 0xFE, 0, 1, 2, 0, 7]), "The attacker gets a Modbus exception."),
        Modbus("124", "Modbus length field larger than the PDU", null, s => s.DataOf([0xBE, 0xEF, 0, 0, 0, 60, .. Scene.Marker[6..]]),
            "Held until the rest comes; a half request never passes."),
        Modbus("125", "Non-Modbus bytes (SSH banner) on 502", DropReason.ProtocolMalformed, s => s.DataOf("SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray())),
    ];

    public static Case[] More { get; } =
    [
        Service("117b", "DHCP DISCOVER to another hardware address", DropReason.DestinationMacNotOurs, s => [Discover(s, s.Base.MacFrom) with { MacTo = 0x0200_0000_00EE }]),
        Service("117c", "DHCP DISCOVER with bytes behind its length", DropReason.UdpMalformed, s => [Discover(s, s.Base.MacFrom, lengthError: -3)]),
        Service("117d", "DHCP DISCOVER with a wrong checksum", DropReason.UdpChecksum, s => [Discover(s, s.Base.MacFrom, checksumError: 0x0101)]),
        Service("117e", "DHCP DISCOVER without the cookie", DropReason.DhcpRefused, s => [Discover(s, s.Base.MacFrom, change: m => m[236] = 0)]),
        Service("117f", "DHCP message of a server to a server", DropReason.DhcpRefused, s => [Discover(s, s.Base.MacFrom, change: m => m[0] = 2)]),
        Service("117g", "DHCP DISCOVER through a relay", DropReason.DhcpRefused, s => [Discover(s, s.Base.MacFrom, change: m => m[24] = 10)]),
        Service("117h", "DHCP message of no known type", DropReason.DhcpRefused, s => [Discover(s, s.Base.MacFrom, change: m => m[242] = 99)]),
        Service("118b", "DHCP DISCOVER in another's name", DropReason.DhcpRefused, s => [Discover(s, 0x0212_0000_0000)]),
        Service("118c", "DHCP DISCOVER 200 times", DropReason.DhcpRefused, s => Enumerable.Range(0, 200).Select(_ => Discover(s, s.Base.MacFrom)))
            with { Note = "The first few a second are answered." },
        Modbus("123b", "Modbus write of one coil (FC 5)", DropReason.OperationNotGranted, s => s.DataOf([0xBE, 0xEF, 0, 0, 0, 6, 1, 5, 0xCA, 0xFE, 0xFF, 0])),
        Modbus("124b", "Modbus length field above 254", DropReason.ProtocolMalformed, s => s.DataOf([0xBE, 0xEF, 0, 0, 1, 6, .. Scene.Marker[6..]])),
        Modbus("124c", "Modbus read with bytes too many for its function", DropReason.ProtocolMalformed, s => s.DataOf([0xBE, 0xEF, 0, 0, 0, 7, .. Scene.Marker[6..], 0])),
        Modbus("124d", "Modbus exception as a request", DropReason.ProtocolMalformed, s => s.DataOf([0xBE, 0xEF, 0, 0, 0, 6, 1, 0x83, 0, 0, 0, 1])),
        Modbus("124e", "Modbus read of 126 registers", DropReason.ProtocolMalformed, s => s.DataOf([.. Scene.Marker[..11], 126])),
        Modbus("124f", "Modbus length field below 2", DropReason.ProtocolMalformed, s => s.DataOf([0xBE, 0xEF, 0, 0, 0, 1, .. Scene.Marker[6..]])),
        Modbus("124g", "Five bytes of Modbus", null, s => s.DataOf(Scene.Marker[..5]), "Held until the rest comes."),
        Modbus("125b", "A legal read with protocol number 1", DropReason.ProtocolMalformed, s => s.DataOf([0xBE, 0xEF, 0, 1, .. Scene.Marker[4..]])),
        Modbus("123c", "A write behind a legal read in one segment", DropReason.OperationNotGranted,
            s => s.DataOf([.. Scene.Request(7, 7), 0xBE, 0xEF, 0, 0, 0, 6, 1, 6, 0xCA, 0xFE, 0, 1]), "The read passes, the write does not.")
            with { Leaks = s => s.Carries([0xBE, 0xEF]) },
        Allow("app", "3b", "Two reads in one segment", s => s.DataOf([.. Scene.Request(7, 7), .. Scene.Marker]))
            with { Ways = [Way.Inspected], Established = true, Passes = s => s.Carries(Scene.Marker) },
    ];

    private static Case V6(string number, string name, Func<Scene, Crafted> frame) => Drop("IPv6", number, name, DropReason.Ipv6NotEnrolled, frame);

    private static Case Service(string number, string name, DropReason? reason, Func<Scene, IEnumerable<Crafted>> frames) =>
        Drop("service", number, name, reason, frames);

    private static Case Modbus(string number, string name, DropReason? reason, Func<Scene, Crafted> frame, string note = "") =>
        Drop("app", number, name, reason, frame, note) with
        {
            // The reset by which the gateway ends such a flow is its own; bytes would be the attacker's.
            Established = true, Ways = [Way.Inspected], Leaks = s => s.AtVictim.Any(x => x.Payload.Length > 0),
        };

    private static Crafted Packet6(Scene scene, byte next, byte[] payload)
    {
        byte[] from = [0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0A];
        byte[] to = [0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0B];
        byte[] head = [0x60, 0, 0, 0, (byte)(payload.Length >> 8), (byte)payload.Length, next, 255, .. from, .. to];
        return scene.Base with { Ethertype = 0x86DD, Body = [.. head, .. payload] };
    }

    private static byte[] Chain(byte last, int count) =>
        [.. Enumerable.Range(0, count).SelectMany(i => new byte[] { i == count - 1 ? last : (byte)60, 0, 1, 4, 0, 0, 0, 0 })];

    private static Crafted Discover(Scene scene, ulong hardware, int lengthError = 0, ushort checksumError = 0, Action<byte[]>? change = null)
    {
        var message = new byte[244];
        (message[0], message[1], message[2]) = (1, 1, 6);
        Crafted.WriteMac(message.AsSpan(28), hardware);
        byte[] cookie = [0x63, 0x82, 0x53, 0x63, 53, 1, 1, 255];
        cookie.CopyTo(message, 236);
        change?.Invoke(message);
        return (scene.Base with { MacTo = Everyone, From = 0, To = 0xFFFF_FFFF, FromPort = 68 }).Udp(67, message, lengthError, checksumError);
    }
}
