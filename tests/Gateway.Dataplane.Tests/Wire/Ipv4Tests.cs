using Gateway.Core.Net;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.Wire;

public sealed class Ipv4Tests
{
    /// <summary>OISF/suricata-verify, tests/decode-arp-2/arp.pcap, frame 3, header only: an echo request, do not fragment.</summary>
    internal static readonly byte[] Header = Hex.Bytes("4500 0054 0000 4000 40 01 1293 0a0a0a02 0a0a0a01");
    internal static readonly byte[] Packet = [.. Header, .. new byte[64]];

    [Fact]
    public void A_packet_reads()
    {
        Assert.True(Ipv4View.TryParse(Packet, out var ip, out _));
        Assert.Equal((20, 84, 64), (ip.HeaderLengthBytes, ip.TotalLengthBytes, ip.Payload.Length));
        Assert.Equal((0, 0x1293), (ip.Identification, ip.HeaderChecksum));
        Assert.True(ip.DontFragment);
        Assert.False(ip.MoreFragments || ip.ReservedFlag || ip.IsFragment || ip.HasOptions);
        Assert.Equal((64, IpProtocol.Icmp), (ip.TimeToLive, ip.Protocol));
        Assert.Equal(("10.10.10.2", "10.10.10.1"), (ip.Source.ToString(), ip.Destination.ToString()));
    }

    [Fact]
    public void Bytes_behind_the_total_length_are_left_out()
    {
        Assert.True(Ipv4View.TryParse([.. Packet, 0xAA, 0xBB], out var ip, out _));
        Assert.Equal(84, ip.Packet.Length);
        Assert.Equal(64, ip.Payload.Length);
    }

    [Fact]
    public void Nineteen_bytes_are_too_short() => Refused(Packet[..19], Ipv4Error.TooShort);

    [Fact]
    public void Version_6_is_refused() => Refused(With(0, 0x65), Ipv4Error.Version);

    [Fact]
    public void A_header_of_four_words_is_refused() => Refused(With(0, 0x44), Ipv4Error.HeaderLength);

    [Fact]
    public void A_header_beyond_the_bytes_is_refused() => Refused([0x4F, .. Packet[1..59]], Ipv4Error.HeaderLength);

    [Fact]
    public void A_total_length_below_the_header_length_is_refused() => Refused(With(3, 19), Ipv4Error.TotalLength);

    [Fact]
    public void A_total_length_beyond_the_bytes_is_refused() => Refused(Packet[..83], Ipv4Error.Cut);

    [Fact]
    public void A_wrong_header_checksum_is_refused() => Refused(With(10, 0x13), Ipv4Error.Checksum);

    [Fact]
    public void A_changed_address_makes_the_checksum_wrong() => Refused(With(19, 3), Ipv4Error.Checksum);

    [Theory]
    [InlineData(0x8000, true, false, false, 0, false)]
    [InlineData(0x4000, false, true, false, 0, false)]
    [InlineData(0x2000, false, false, true, 0, true)]
    [InlineData(0x0001, false, false, false, 8, true)]
    [InlineData(0x3FFF, false, false, true, 65528, true)]
    public void Flags_and_offset_read(int field, bool reserved, bool dontFragment, bool more, int offset, bool fragment)
    {
        var packet = Mend(With((6, (byte)(field >> 8)), (7, (byte)field)));
        Assert.True(Ipv4View.TryParse(packet, out var ip, out _));
        Assert.Equal((reserved, dontFragment, more), (ip.ReservedFlag, ip.DontFragment, ip.MoreFragments));
        Assert.Equal((offset, fragment), (ip.FragmentOffsetBytes, ip.IsFragment));
    }

    [Fact]
    public void Options_are_shown_apart_from_the_payload()
    {
        // RFC 791, section 3.1: router alert (RFC 2113), 94 04 00 00.
        byte[] packet = Mend([0x46, 0, 0, 26, 0, 0, 0, 0, 1, 2, 0, 0, 10, 0, 0, 1, 224, 0, 0, 22, 0x94, 4, 0, 0, 0xAA, 0xBB]);
        Assert.True(Ipv4View.TryParse(packet, out var ip, out _));
        Assert.True(ip.HasOptions);
        Assert.Equal([0x94, 4, 0, 0], ip.Options.ToArray());
        Assert.Equal([0xAA, 0xBB], ip.Payload.ToArray());
    }

    [Fact]
    public void What_is_written_reads_back_equal()
    {
        var header = new Ipv4Header(Ipv4Address.Parse("10.10.10.2"), Ipv4Address.Parse("10.10.10.1"), IpProtocol.Icmp, 64);
        var packet = new byte[84];
        Array.Fill(packet, (byte)0xEE);
        Assert.Equal(20, Ipv4View.Emit(packet, header));
        Assert.Equal(Header, packet[..20]);
        Assert.All(packet[20..], value => Assert.Equal(0xEE, value));
    }

    [Fact]
    public void Every_field_that_can_be_set_is_written()
    {
        var header = new Ipv4Header(Ipv4Address.Parse("10.0.0.1"), Ipv4Address.Parse("10.0.0.2"), IpProtocol.Udp, 8)
        {
            TimeToLive = 7,
            TypeOfService = 0xB8,
            Identification = 0xBEEF,
        };
        var packet = new byte[28];
        Ipv4View.Emit(packet, header);
        Assert.True(Ipv4View.TryParse(packet, out var ip, out _));
        Assert.Equal((7, 0xB8, 0xBEEF), (ip.TimeToLive, ip.TypeOfService, ip.Identification));
        Assert.Equal((28, IpProtocol.Udp, true), (ip.TotalLengthBytes, ip.Protocol, ip.DontFragment));
    }

    private static void Refused(byte[] bytes, Ipv4Error expected)
    {
        Assert.False(Ipv4View.TryParse(bytes, out _, out var error));
        Assert.Equal(expected, error);
    }

    private static byte[] With(int at, byte value) => With((at, value));

    private static byte[] With(params (int At, byte Value)[] changes)
    {
        var packet = Packet.ToArray();
        foreach (var (at, value) in changes)
            packet[at] = value;
        return packet;
    }

    /// <summary>Writes the checksum by the plainest reading of RFC 1071, not by the code under test.</summary>
    private static byte[] Mend(byte[] packet)
    {
        (packet[10], packet[11]) = (0, 0);
        var sum = Enumerable.Range(0, (packet[0] & 15) * 2).Sum(i => (packet[i * 2] << 8) | packet[(i * 2) + 1]);
        while (sum > 0xFFFF)
            sum = (sum & 0xFFFF) + (sum >> 16);
        (packet[10], packet[11]) = ((byte)(~sum >> 8), (byte)~sum);
        return packet;
    }
}
