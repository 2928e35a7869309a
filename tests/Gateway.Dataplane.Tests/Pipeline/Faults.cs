using System.Buffers.Binary;
using Gateway.Core.Net;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.Pipeline;

/// <summary>A legal frame with exactly one fault; checksums are made right again, so that nothing else is wrong.</summary>
internal static class Faults
{
    private const int Ip = 14;
    private const int Tcp = 34;

    public static byte[] Make(string fault, Func<byte[]> dial, Func<Ipv4Address, byte[]> echo)
    {
        var plc = TestBox.Plc;
        var frame = dial();
        switch (fault)
        {
            case "tagged" or "cut by the ring":
                return frame;
            case "other port":
                return TestBox.Tcp(plc, TestBox.Historian, 45_000, 23, 1_000, 0, TcpFlags.Syn);
            case "other address":
                return TestBox.Tcp(plc, Ipv4Address.Parse("10.20.0.31"), 45_000, 8_086, 1_000, 0, TcpFlags.Syn);
            case "udp instead of tcp":
                return TestBox.Udp(plc, TestBox.Historian, 45_000, 8_086, "x"u8);
            case "source IP of another":
                return TestBox.Tcp(plc with { Address = TestBox.Sorter.Address }, TestBox.Historian, 45_000, 8_086, 1_000, 0, TcpFlags.Syn);
            case "source IP equals destination":
                return TestBox.Tcp(plc with { Address = TestBox.Historian }, TestBox.Historian, 45_000, 8_086, 1_000, 0, TcpFlags.Syn);
            case "source IP loopback":
                return TestBox.Tcp(plc with { Address = Ipv4Address.Parse("127.0.0.1") }, TestBox.Historian, 45_000, 8_086, 1_000, 0, TcpFlags.Syn);
            case "source IP multicast":
                return TestBox.Tcp(plc with { Address = Ipv4Address.Parse("224.0.0.1") }, TestBox.Historian, 45_000, 8_086, 1_000, 0, TcpFlags.Syn);
            case "SYN with data":
                return TestBox.Tcp(plc, TestBox.Historian, 45_000, 8_086, 1_000, 0, TcpFlags.Syn, "x"u8);
            case "SYN and FIN":
                return WithFlags(TcpFlags.Syn | TcpFlags.Fin);
            case "SYN and RST":
                return WithFlags(TcpFlags.Syn | TcpFlags.Rst);
            case "no flags":
                return WithFlags(TcpFlags.None);
            case "FIN alone":
                return WithFlags(TcpFlags.Fin);
            case "urgent":
                return WithFlags(TcpFlags.Urg | TcpFlags.Ack);
            case "ACK without a flow":
                return WithFlags(TcpFlags.Ack);
            case "RST without a flow":
                return WithFlags(TcpFlags.Rst);
            case "SYN-ACK without a flow":
                return WithFlags(TcpFlags.Syn | TcpFlags.Ack);
            case "echo to another":
                return echo(TestBox.Historian);
            case "runt":
                return frame[..13];
            default:
                Damage(fault, frame);
                return frame;
        }
    }

    private static byte[] WithFlags(TcpFlags flags) => TestBox.Tcp(TestBox.Plc, TestBox.Historian, 45_000, 8_086, 1_000, 1, flags);

    private static void Damage(string fault, byte[] frame)
    {
        switch (fault)
        {
            case "source MAC of another": MacAddress.Parse("28:63:36:aa:10:30").Write(frame.AsSpan(6)); break;
            case "source MAC multicast": MacAddress.Parse("29:63:36:aa:10:2f").Write(frame.AsSpan(6)); break;
            case "source MAC zero": MacAddress.Zero.Write(frame.AsSpan(6)); break;
            case "source MAC ours": TestBox.BoxMac.Write(frame.AsSpan(6)); break;
            case "destination MAC broadcast": MacAddress.Broadcast.Write(frame); break;
            case "destination MAC of another device": TestBox.Sorter.Mac.Write(frame); break;
            case "TTL 1": frame[Ip + 8] = 1; FixIp(frame); break;
            case "TTL 0": frame[Ip + 8] = 0; FixIp(frame); break;
            case "header checksum": frame[Ip + 10] ^= 0x55; break;
            case "reserved flag": frame[Ip + 6] |= 0x80; FixIp(frame); break;
            case "more fragments": frame[Ip + 6] = 0x20; FixIp(frame); break;
            case "fragment offset": frame[Ip + 7] = 1; FixIp(frame); break;
            case "record route option": AddRecordRoute(frame); break;
            case "version 6": frame[Ip] = 0x65; FixIp(frame); break;
            case "total length past the frame": BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Ip + 2), 500); FixIp(frame); break;
            case "LLC": BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 44); break;
            case "IPv6": BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x86DD); break;
            case "PROFINET": BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x8892); break;
            case "GRE": frame[Ip + 9] = 47; FixIp(frame); break;
            case "TCP checksum": frame[Tcp + 16] ^= 0x55; break;
            case "TCP data offset 4": frame[Tcp + 12] = 0x40; FixTcp(frame); break;
            case "TCP reserved bits": frame[Tcp + 12] |= 0x02; FixTcp(frame); break;
            // The MSS option becomes kind 34 (fast open), same length.
            case "unknown TCP option": frame[Tcp + 20] = 34; FixTcp(frame); break;
            default: throw new ArgumentException(fault, nameof(fault));
        }
    }

    private static void AddRecordRoute(byte[] frame)
    {
        // IHL 6: four option bytes (record route, no slots) before the segment, which moves back.
        var segment = frame[Tcp..(Tcp + 22)];
        frame[Ip] = 0x46;
        byte[] option = [7, 3, 4, 0];
        option.CopyTo(frame, Tcp);
        segment.CopyTo(frame, Tcp + 4);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Ip + 2), 24 + 22);
        frame.AsSpan(Ip + 10, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Ip + 10), InternetChecksum.Of(frame.AsSpan(Ip, 24)));
    }

    private static void FixIp(byte[] frame)
    {
        frame.AsSpan(Ip + 10, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Ip + 10), InternetChecksum.Of(frame.AsSpan(Ip, 20)));
    }

    private static void FixTcp(byte[] frame)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(Ip + 2)) - 20;
        var segment = frame.AsSpan(Tcp, length);
        segment.Slice(16, 2).Clear();
        var seed = InternetChecksum.PseudoHeader(TestBox.Plc.Address, TestBox.Historian, IpProtocol.Tcp, length);
        BinaryPrimitives.WriteUInt16BigEndian(segment[16..], InternetChecksum.Of(segment, seed));
    }
}
