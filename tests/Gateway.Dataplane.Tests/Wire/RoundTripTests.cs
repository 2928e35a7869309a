using FsCheck;
using FsCheck.Fluent;
using Gateway.Core.Net;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.Wire;

/// <summary>Whatever a builder is given, the parser reads back, with good checksums.</summary>
public sealed class RoundTripTests
{
    /// <summary>What a buffer holds before; a builder that leaves a byte of its own out leaves this.</summary>
    private const byte Before = 0xEE;

    private static readonly Config Quiet = Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true);

    [Fact]
    public void Any_arp_message_reads_back() => Hold<(ulong Mac, uint Address), (ulong Mac, uint Address)>((sender, target) =>
    {
        var (senderMac, senderAddress) = (MacAddress.FromValue(sender.Mac), new Ipv4Address(sender.Address));
        var (targetMac, targetAddress) = (MacAddress.FromValue(target.Mac), new Ipv4Address(target.Address));
        var frame = Filled(EthernetView.LeastFrameBytes);
        ArpView.EmitReply(frame, senderMac, senderAddress, targetMac, targetAddress);
        return EthernetView.TryParse(frame, out var ethernet)
            && ethernet.Source == senderMac && ethernet.Destination == targetMac && ethernet.Type == Ethertype.Arp
            && ArpView.TryParse(ethernet.Payload, out var arp, out _)
            && arp.SenderMac == senderMac && arp.SenderAddress == senderAddress
            && arp.TargetMac == targetMac && arp.TargetAddress == targetAddress;
    });

    [Fact]
    public void Any_datagram_reads_back() => Hold<(uint Source, uint Destination), (ushort Source, ushort Destination), byte[]>((hosts, ports, payload) =>
    {
        var (source, destination) = (new Ipv4Address(hosts.Source), new Ipv4Address(hosts.Destination));
        var packet = Filled(28 + payload.Length);
        payload.CopyTo(packet, 28);
        UdpView.Emit(packet.AsSpan(20), source, destination, ports.Source, ports.Destination);
        Ipv4View.Emit(packet, new Ipv4Header(source, destination, IpProtocol.Udp, packet.Length - 20));
        return Ipv4View.TryParse(packet, out var ip, out _)
            && ip.Source == source && ip.Destination == destination
            && UdpView.TryParse(ip.Payload, out var udp, out _)
            && udp.HasChecksum && udp.ChecksumIsValid(source, destination) && udp.SurplusBytes == 0
            && udp.SourcePort == ports.Source && udp.DestinationPort == ports.Destination
            && udp.Payload.SequenceEqual(payload);
    });

    [Fact]
    public void Any_segment_reads_back() => Hold<(uint Source, uint Destination), (uint Sequence, uint Acknowledgment, byte Flags, ushort Window, ushort Mss), byte[]>(
        (hosts, fields, payload) =>
        {
            var (source, destination) = (new Ipv4Address(hosts.Source), new Ipv4Address(hosts.Destination));
            var header = new TcpHeader
            {
                SourcePort = (ushort)hosts.Source,
                DestinationPort = (ushort)hosts.Destination,
                Sequence = fields.Sequence,
                Acknowledgment = fields.Acknowledgment,
                Flags = (TcpFlags)fields.Flags,
                Window = fields.Window,
                MaxSegmentBytes = fields.Mss,
            };
            var segment = Filled(header.LengthBytes + payload.Length);
            payload.CopyTo(segment, header.LengthBytes);
            TcpView.Emit(segment, source, destination, header);
            return TcpView.TryParse(segment, out var tcp, out _)
                && tcp.ChecksumIsValid(source, destination)
                && TcpOptions.TryParse(tcp.Options, out var options, out _)
                && header == new TcpHeader
                {
                    SourcePort = tcp.SourcePort,
                    DestinationPort = tcp.DestinationPort,
                    Sequence = tcp.Sequence,
                    Acknowledgment = tcp.Acknowledgment,
                    Flags = tcp.Flags,
                    Window = tcp.Window,
                    MaxSegmentBytes = options.MaxSegmentBytes,
                }
                && tcp.Payload.SequenceEqual(payload);
        });

    [Fact]
    public void A_property_that_does_not_hold_is_seen() =>
        Assert.ThrowsAny<Exception>(() => Hold<byte[], byte>((bytes, _) => bytes.Length < 3));

    private static byte[] Filled(int length)
    {
        var bytes = new byte[length];
        Array.Fill(bytes, Before);
        return bytes;
    }

    private static void Hold<TA, TB>(Func<TA, TB, bool> property) => Prop.ForAll(property).Check(Quiet);

    private static void Hold<TA, TB, TC>(Func<TA, TB, TC, bool> property) => Prop.ForAll(property).Check(Quiet);
}
