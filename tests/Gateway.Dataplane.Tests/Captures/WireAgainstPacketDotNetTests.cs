using System.Globalization;
using Gateway.Dataplane.Wire;
using PacketDotNet;

namespace Gateway.Dataplane.Tests.Captures;

/// <summary>Every Ethernet frame of the corpus, read by our parsers and by PacketDotNet, which shares no code with them. Where we read
/// a layer, both must agree on every field. Where we refuse one, the reason is checked on its own and counted.</summary>
[Trait("Category", "Slow")]
public sealed class WireAgainstPacketDotNetTests(ITestOutputHelper output)
{
    /// <summary>All refusals, by reason. Most bad header checksums are zeros: captured on the sender, before its network card filled
    /// them in. The rest is in captures of broken stacks and of fuzzers.</summary>
    private static readonly SortedDictionary<string, int> Refusals = new(StringComparer.Ordinal)
    {
        ["ARP refused: Operation"] = 2,
        ["ARP refused: Shape"] = 11,
        ["Ethernet refused: too short"] = 1,
        ["IPv4 refused: Checksum"] = 26_758,
        ["IPv4 refused: Cut"] = 161,
        ["IPv4 refused: HeaderLength"] = 1,
        ["IPv4 refused: Version"] = 43,
        ["TCP refused: DataOffset"] = 1,
        ["UDP refused: Cut"] = 14,
    };

    private readonly SortedDictionary<string, int> _read = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _refused = new(StringComparer.Ordinal);
    private readonly List<string> _differences = [];
    private string _where = "";

    [Fact]
    public void Both_agree_on_every_frame()
    {
        foreach (var capture in Corpus.All())
        {
            foreach (var frame in CaptureFile.Read(capture.Path).Where(frame => frame.LinkType == CapturedFrame.Ethernet))
            {
                _where = $"{capture.Name} frame {frame.Number}";
                CompareFrame(frame.Bytes);
            }
        }
        foreach (var (what, count) in _read.Concat(_refused))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,8} {what}"));
        Assert.Empty(_differences);
        Assert.Equal(Refusals, _refused);
        Assert.True(_read["TCP"] > 80_000 && _read["UDP"] > 20_000 && _read["ARP"] > 1_000, "the corpus was read");
    }

    private void CompareFrame(byte[] bytes)
    {
        if (!EthernetView.TryParse(bytes, out var ours))
        {
            Count(_refused, "Ethernet refused: too short", bytes.Length < EthernetView.HeaderBytes);
            return;
        }
        Count(_read, "Ethernet", true);
        var theirs = new EthernetPacket(new PacketDotNet.Utils.ByteArraySegment(bytes));
        Same("source", Convert.ToHexString(theirs.SourceHardwareAddress.GetAddressBytes()), ours.Source.Value.ToString("X12", CultureInfo.InvariantCulture));
        Same("destination", Convert.ToHexString(theirs.DestinationHardwareAddress.GetAddressBytes()), ours.Destination.Value.ToString("X12", CultureInfo.InvariantCulture));
        // PacketDotNet shows no type where the field is a length.
        Same("type", ours.IsLength ? 0 : (int)theirs.Type, ours.IsLength ? 0 : ours.Type);
        if (ours.Type == Ethertype.Arp)
            CompareArp(ours.Payload, theirs);
        else if (ours.Type == Ethertype.Ipv4)
            CompareIpv4(ours.Payload, theirs);
    }

    private void CompareArp(ReadOnlySpan<byte> payload, EthernetPacket frame)
    {
        if (!ArpView.TryParse(payload, out var ours, out var error))
        {
            var justified = error switch
            {
                ArpError.TooShort => payload.Length < 28,
                ArpError.Shape => !payload[..6].SequenceEqual(Hex.Bytes("000108000604")),
                _ => payload[6] != 0 || payload[7] is not (1 or 2),
            };
            Count(_refused, $"ARP refused: {error}", justified);
            return;
        }
        Count(_read, "ARP", true);
        var theirs = frame.Extract<ArpPacket>();
        Same("ARP operation", (int)theirs.Operation, (int)ours.Operation);
        Same("ARP sender", theirs.SenderProtocolAddress.ToString(), ours.SenderAddress.ToString());
        Same("ARP target", theirs.TargetProtocolAddress.ToString(), ours.TargetAddress.ToString());
        Same("ARP sender MAC", Convert.ToHexString(theirs.SenderHardwareAddress.GetAddressBytes()), ours.SenderMac.Value.ToString("X12", CultureInfo.InvariantCulture));
        Same("ARP target MAC", Convert.ToHexString(theirs.TargetHardwareAddress.GetAddressBytes()), ours.TargetMac.Value.ToString("X12", CultureInfo.InvariantCulture));
    }

    private void CompareIpv4(ReadOnlySpan<byte> payload, EthernetPacket frame)
    {
        if (!Ipv4View.TryParse(payload, out var ours, out var error))
        {
            Count(_refused, $"IPv4 refused: {error}", IsJustified(error, payload, frame));
            return;
        }
        Count(_read, "IPv4", true);
        var theirs = frame.Extract<IPv4Packet>();
        Same("source", theirs.SourceAddress.ToString(), ours.Source.ToString());
        Same("destination", theirs.DestinationAddress.ToString(), ours.Destination.ToString());
        Same("header length", theirs.HeaderLength * 4, ours.HeaderLengthBytes);
        Same("total length", theirs.TotalLength, ours.TotalLengthBytes);
        Same("identification", theirs.Id, ours.Identification);
        Same("flags", theirs.FragmentFlags, (ours.ReservedFlag ? 4 : 0) | (ours.DontFragment ? 2 : 0) | (ours.MoreFragments ? 1 : 0));
        Same("fragment offset", theirs.FragmentOffset * 8, ours.FragmentOffsetBytes);
        Same("time to live", theirs.TimeToLive, ours.TimeToLive);
        Same("protocol", (int)theirs.Protocol, ours.Protocol);
        Same("header checksum", theirs.ValidIPChecksum, true);
        if (!ours.IsFragment)
            CompareTransport(ours, theirs);
    }

    private static bool IsJustified(Ipv4Error error, ReadOnlySpan<byte> payload, EthernetPacket frame) => error switch
    {
        Ipv4Error.TooShort => payload.Length < 20,
        Ipv4Error.Version => payload[0] >> 4 != 4,
        Ipv4Error.HeaderLength => (payload[0] & 15) < 5 || (payload[0] & 15) * 4 > payload.Length,
        Ipv4Error.TotalLength => ((payload[2] << 8) | payload[3]) < (payload[0] & 15) * 4,
        Ipv4Error.Cut => ((payload[2] << 8) | payload[3]) > payload.Length,
        Ipv4Error.Checksum => !frame.Extract<IPv4Packet>().ValidIPChecksum,
        _ => false,
    };

    private void CompareTransport(Ipv4View ip, IPv4Packet theirs)
    {
        switch (ip.Protocol)
        {
            case IpProtocol.Tcp: CompareTcp(ip, theirs.Extract<TcpPacket>()); break;
            case IpProtocol.Udp: CompareUdp(ip, theirs.Extract<UdpPacket>()); break;
            case IpProtocol.Icmp: CompareIcmp(ip, theirs.Extract<IcmpV4Packet>()); break;
            default: break;
        }
    }

    private void CompareTcp(Ipv4View ip, TcpPacket? theirs)
    {
        if (!TcpView.TryParse(ip.Payload, out var ours, out var error))
        {
            var justified = error == TcpError.TooShort
                ? ip.Payload.Length < 20
                : ip.Payload[12] >> 4 < 5 || (ip.Payload[12] >> 4) * 4 > ip.Payload.Length;
            Count(_refused, $"TCP refused: {error}", justified);
            return;
        }
        Count(_read, "TCP", true);
        Same("source port", theirs!.SourcePort, ours.SourcePort);
        Same("destination port", theirs.DestinationPort, ours.DestinationPort);
        Same("sequence", theirs.SequenceNumber, ours.Sequence);
        Same("acknowledgment", theirs.AcknowledgmentNumber, ours.Acknowledgment);
        Same("data offset", theirs.DataOffset * 4, ours.HeaderLengthBytes);
        Same("TCP flags", theirs.Flags & 0xFF, (int)ours.Flags);
        Same("window", theirs.WindowSize, ours.Window);
        // PacketDotNet shows it as a signed number, which it is not (RFC 9293, section 3.1).
        Same("urgent pointer", unchecked((ushort)theirs.UrgentPointer), ours.UrgentPointer);
        Same("TCP payload", theirs.PayloadData?.Length ?? 0, ours.Payload.Length);
        var good = ours.ChecksumIsValid(ip.Source, ip.Destination);
        Same("TCP checksum", theirs.ValidTcpChecksum, good);
        Count(_read, good ? "TCP with a good checksum" : "TCP with a bad or partial checksum", true);
        var options = TcpOptions.TryParse(ours.Options, out _, out var optionError);
        Count(_read, options ? "TCP options good" : $"TCP options refused: {optionError}", true);
    }

    private void CompareUdp(Ipv4View ip, UdpPacket? theirs)
    {
        if (!UdpView.TryParse(ip.Payload, out var ours, out var error))
        {
            var length = ip.Payload.Length < 8 ? 0 : (ip.Payload[4] << 8) | ip.Payload[5];
            Count(_refused, $"UDP refused: {error}", ip.Payload.Length < 8 || length < 8 || length > ip.Payload.Length);
            return;
        }
        Count(_read, "UDP", true);
        Same("source port", theirs!.SourcePort, ours.SourcePort);
        Same("destination port", theirs.DestinationPort, ours.DestinationPort);
        Same("UDP length", theirs.Length, ours.LengthBytes);
        Same("UDP checksum field", theirs.Checksum, ours.Checksum);
        if (ours.HasChecksum && ours.SurplusBytes == 0)
            Same("UDP checksum", theirs.ValidUdpChecksum, ours.ChecksumIsValid(ip.Source, ip.Destination));
        if (ours.SurplusBytes > 0)
            Count(_read, "UDP with surplus bytes", true);
    }

    private void CompareIcmp(Ipv4View ip, IcmpV4Packet? theirs)
    {
        if (!IcmpView.TryParse(ip.Payload, out var ours, out var error))
        {
            var justified = error == IcmpError.TooShort ? ip.Payload.Length < 8 : theirs is null || !theirs.ValidIcmpChecksum;
            Count(_refused, $"ICMP refused: {error}", justified);
            return;
        }
        Count(_read, "ICMP", true);
        Same("ICMP type and code", (int)theirs!.TypeCode, (ours.Type << 8) | ours.Code);
        Same("ICMP identifier", theirs.Id, ours.Identifier);
        Same("ICMP sequence", theirs.Sequence, ours.Sequence);
    }

    private void Same<T>(string what, T theirs, T ours)
    {
        if (!EqualityComparer<T>.Default.Equals(theirs, ours))
            _differences.Add($"{_where}: {what}: {ours}, PacketDotNet {theirs}");
    }

    private void Count(SortedDictionary<string, int> counts, string what, bool justified)
    {
        counts[what] = counts.GetValueOrDefault(what) + 1;
        if (!justified)
            _differences.Add($"{_where}: {what}, without cause");
    }
}
