using Gateway.Core.Net;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.Wire;

public sealed class UdpTests
{
    /// <summary>zeek/zeek, testing/btest/Traces/dns/mdns.pcap, frame 4, from byte 34; 10.0.2.7 to 224.0.0.251.</summary>
    internal static readonly byte[] Datagram = [.. Hex.Bytes("14e9 14e9 0121 42a2"), .. DnsTests.Announcement];

    private static readonly Ipv4Address Source = Ipv4Address.Parse("10.0.2.7");
    private static readonly Ipv4Address Destination = Ipv4Address.Parse("224.0.0.251");

    [Fact]
    public void A_datagram_reads()
    {
        Assert.True(UdpView.TryParse(Datagram, out var udp, out _));
        Assert.Equal((5353, 5353, 289, 0x42A2), (udp.SourcePort, udp.DestinationPort, udp.LengthBytes, udp.Checksum));
        Assert.Equal((281, 0), (udp.Payload.Length, udp.SurplusBytes));
        Assert.True(udp.HasChecksum);
        Assert.True(udp.ChecksumIsValid(Source, Destination));
    }

    [Fact]
    public void The_checksum_covers_payload_and_addresses()
    {
        var bytes = Datagram.ToArray();
        bytes[^1] ^= 1;
        Assert.True(UdpView.TryParse(bytes, out var changed, out _));
        Assert.False(changed.ChecksumIsValid(Source, Destination));
        Assert.True(UdpView.TryParse(Datagram, out var udp, out _));
        Assert.False(udp.ChecksumIsValid(Source, Ipv4Address.Parse("224.0.0.252")));
    }

    [Fact]
    public void A_checksum_of_zero_is_none()
    {
        var bytes = Datagram.ToArray();
        (bytes[6], bytes[7]) = (0, 0);
        Assert.True(UdpView.TryParse(bytes, out var udp, out _));
        Assert.False(udp.HasChecksum);
        Assert.True(udp.ChecksumIsValid(Source, Destination));
    }

    [Fact]
    public void Bytes_behind_the_length_are_surplus_and_not_payload()
    {
        Assert.True(UdpView.TryParse([.. Datagram, 1, 2, 3], out var udp, out _));
        Assert.Equal((3, 281), (udp.SurplusBytes, udp.Payload.Length));
        Assert.True(udp.ChecksumIsValid(Source, Destination));
    }

    [Fact]
    public void Seven_bytes_are_too_short() => Refused(Datagram[..7], UdpError.TooShort);

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void A_length_below_the_header_is_refused(byte length) =>
        Refused([.. Datagram[..4], 0, length, .. Datagram[6..]], UdpError.Length);

    [Fact]
    public void A_length_beyond_the_bytes_is_refused() => Refused(Datagram[..^1], UdpError.Cut);

    [Fact]
    public void What_is_written_reads_back_equal()
    {
        var bytes = Datagram.ToArray();
        Array.Fill(bytes, (byte)0xEE, 0, 8);
        Assert.Equal(8, UdpView.Emit(bytes, Source, Destination, 5353, 5353));
        Assert.Equal(Datagram, bytes);
    }

    [Fact]
    public void A_checksum_that_comes_out_as_zero_is_written_as_ffff()
    {
        var bytes = new byte[10];
        UdpView.Emit(bytes, Source, Destination, 5353, 5353);
        // As payload, the checksum of the same datagram with a payload of zero makes the new one zero.
        (bytes[8], bytes[9]) = (bytes[6], bytes[7]);
        UdpView.Emit(bytes, Source, Destination, 5353, 5353);
        Assert.Equal([0xFF, 0xFF], bytes[6..8]);
        Assert.True(UdpView.TryParse(bytes, out var udp, out _));
        Assert.True(udp.HasChecksum && udp.ChecksumIsValid(Source, Destination));
    }

    private static void Refused(byte[] bytes, UdpError expected)
    {
        Assert.False(UdpView.TryParse(bytes, out _, out var error));
        Assert.Equal(expected, error);
    }
}
