using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.Wire;

public sealed class IcmpTests
{
    /// <summary>OISF/suricata-verify, tests/decode-arp-2/arp.pcap, frame 3, from byte 34.</summary>
    internal static readonly byte[] Echo = Hex.Bytes("""
        0800 9d7b 2093 0001 88f79e501da50a0008090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637
        """);

    /// <summary>The same capture, frame 4: the answer to it.</summary>
    internal static readonly byte[] EchoReply = Hex.Bytes("""
        0000 a57b 2093 0001 88f79e501da50a0008090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637
        """);

    /// <summary>ITI/ICS-Security-Tools, Sample_File_MMS_and_GOOSE.pcap, frame 48, from byte 34: port unreachable, quoting UDP 929 to 111.</summary>
    internal static readonly byte[] Unreachable = Hex.Bytes(
        "0303 15b4 00000000 450000541d7100008011c428ac100065ac10007a 03a1006f0040e2f8");

    [Fact]
    public void An_echo_reads()
    {
        Assert.True(IcmpView.TryParse(Echo, out var icmp, out _));
        Assert.Equal((IcmpType.Echo, 0, 0x2093, 1), (icmp.Type, icmp.Code, icmp.Identifier, icmp.Sequence));
        Assert.Equal(56, icmp.Data.Length);
        Assert.False(icmp.IsError);
        Assert.False(icmp.TryGetQuote(out _));
    }

    [Fact]
    public void The_answer_to_an_echo_is_what_the_other_host_sent()
    {
        Assert.True(IcmpView.TryParse(Echo, out var icmp, out _));
        var reply = new byte[Echo.Length + 4];
        Assert.Equal(Echo.Length, IcmpView.EmitEchoReply(reply, icmp));
        Assert.Equal(EchoReply, reply[..Echo.Length]);
    }

    [Fact]
    public void The_answer_may_be_written_over_the_request()
    {
        var bytes = Echo.ToArray();
        Assert.True(IcmpView.TryParse(bytes, out var icmp, out _));
        IcmpView.EmitEchoReply(bytes, icmp);
        Assert.Equal(EchoReply, bytes);
    }

    [Fact]
    public void An_error_quotes_the_packet_it_is_about()
    {
        Assert.True(IcmpView.TryParse(Unreachable, out var icmp, out _));
        Assert.True(icmp.IsError);
        Assert.False(icmp.IsFragmentationNeeded);
        Assert.True(icmp.TryGetQuote(out var quote));
        Assert.Equal(("172.16.0.101", "172.16.0.122"), (quote.Source.ToString(), quote.Destination.ToString()));
        Assert.Equal((IpProtocol.Udp, 929, 111), (quote.Protocol, quote.SourcePort, quote.DestinationPort));
        Assert.False(quote.IsLaterFragment);
    }

    [Fact]
    public void Fragmentation_needed_tells_the_mtu_and_the_tcp_sequence()
    {
        var bytes = Mend(Hex.Bytes("0304 0000 0000 0578 4500 05dc 0001 4000 4006 0000 0a000001 0a000002 9c41 01f6 00003039 aabb"));
        Assert.True(IcmpView.TryParse(bytes, out var icmp, out _));
        Assert.True(icmp.IsFragmentationNeeded);
        Assert.Equal(1400, icmp.NextHopMtuBytes);
        Assert.True(icmp.TryGetQuote(out var quote));
        Assert.Equal((40001, 502, 12345u), (quote.SourcePort, quote.DestinationPort, quote.TcpSequence));
        Assert.Equal(10, quote.Payload.Length);
    }

    [Fact]
    public void Time_exceeded_quotes_too()
    {
        var bytes = Unreachable.ToArray();
        (bytes[0], bytes[1]) = (IcmpType.TimeExceeded, 0);
        Assert.True(IcmpView.TryParse(Mend(bytes), out var icmp, out _));
        Assert.True(icmp.TryGetQuote(out var quote));
        Assert.Equal(111, quote.DestinationPort);
    }

    [Fact]
    public void A_quote_of_a_later_fragment_has_no_ports_and_says_so()
    {
        var bytes = Unreachable.ToArray();
        bytes[15] = 0x10;
        Assert.True(IcmpView.TryParse(Mend(bytes), out var icmp, out _));
        Assert.True(icmp.TryGetQuote(out var quote));
        Assert.True(quote.IsLaterFragment);
    }

    [Fact]
    public void Seven_bytes_are_too_short() => Refused(Echo[..7], IcmpError.TooShort);

    [Fact]
    public void A_wrong_checksum_is_refused() => Refused([.. Echo[..^1], 0x38], IcmpError.Checksum);

    [Theory]
    [InlineData(35)] // seven bytes behind the quoted header
    [InlineData(27)] // a cut header
    [InlineData(8)] // nothing
    public void A_short_quote_is_no_quote(int length)
    {
        Assert.True(IcmpView.TryParse(Mend(Unreachable[..length]), out var icmp, out _));
        Assert.False(icmp.TryGetQuote(out _));
    }

    [Theory]
    [InlineData(0x65)] // version 6
    [InlineData(0x44)] // four words
    [InlineData(0x4F)] // fifteen words, of which nine are there
    public void A_quote_with_an_impossible_header_is_no_quote(byte first)
    {
        var bytes = Unreachable.ToArray();
        bytes[8] = first;
        Assert.True(IcmpView.TryParse(Mend(bytes), out var icmp, out _));
        Assert.False(icmp.TryGetQuote(out _));
    }

    private static void Refused(byte[] bytes, IcmpError expected)
    {
        Assert.False(IcmpView.TryParse(bytes, out _, out var error));
        Assert.Equal(expected, error);
    }

    private static byte[] Mend(byte[] message)
    {
        (message[2], message[3]) = (0, 0);
        var checksum = InternetChecksum.Of(message);
        (message[2], message[3]) = ((byte)(checksum >> 8), (byte)checksum);
        return message;
    }
}
