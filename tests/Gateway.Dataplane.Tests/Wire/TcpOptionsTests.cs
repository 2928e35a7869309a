using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.Wire;

public sealed class TcpOptionsTests
{
    /// <summary>ITI/ICS-Security-Tools, pcaps/bro/modbus/modbusSmall.pcap, frame 1, from byte 54: a SYN of Linux with all four.</summary>
    internal static readonly byte[] LinuxSyn = Hex.Bytes("0204ffd7 0402 080a0156c85b00000000 01 030307");

    [Fact]
    public void The_options_of_a_syn_read()
    {
        Assert.True(TcpOptions.TryParse(LinuxSyn, out var options, out _));
        Assert.True(options.HasMaxSegment && options.HasWindowScale && options.SackPermitted && options.HasTimestamps);
        Assert.Equal((65495, 7), (options.MaxSegmentBytes, options.WindowScale));
        Assert.Equal((0x0156C85Bu, 0u), (options.TimestampValue, options.TimestampEcho));
        Assert.Equal(0, options.SackBlockCount);
    }

    [Fact]
    public void No_options_are_good_options()
    {
        Assert.True(TcpOptions.TryParse([], out var options, out _));
        Assert.False(options.HasMaxSegment || options.HasWindowScale || options.SackPermitted || options.HasTimestamps);
    }

    [Fact]
    public void Selective_acknowledgments_read_as_blocks()
    {
        Assert.True(TcpOptions.TryParse(Hex.Bytes("0101 0512 000007d0 00000bb8 00000fa0 00001194"), out var options, out _));
        Assert.Equal(2, options.SackBlockCount);
        Assert.Equal((2000u, 3000u), (options.SackLeft(0), options.SackRight(0)));
        Assert.Equal((4000u, 4500u), (options.SackLeft(1), options.SackRight(1)));
    }

    [Fact]
    public void The_end_of_the_list_may_be_followed_by_zeros() => Assert.True(TcpOptions.TryParse(Hex.Bytes("020405b4 00000000"), out _, out _));

    [Theory]
    [InlineData("0200 ffff", TcpOptionError.LengthTooSmall)] // case 97 of the evasion list: a parser that adds 0 never ends
    [InlineData("0201 ffff", TcpOptionError.LengthTooSmall)]
    [InlineData("0101 01 02", TcpOptionError.Overrun)] // no length byte
    [InlineData("0204 05", TcpOptionError.Overrun)]
    [InlineData("05ff 0000", TcpOptionError.Overrun)]
    [InlineData("0203 05 00", TcpOptionError.LengthWrong)] // MSS of 3
    [InlineData("0206 05b4 0000", TcpOptionError.LengthWrong)]
    [InlineData("0302 0101", TcpOptionError.LengthWrong)] // window scale of 2
    [InlineData("0304 0700", TcpOptionError.LengthWrong)]
    [InlineData("0403 00 00", TcpOptionError.LengthWrong)] // SACK permitted of 3
    [InlineData("0502 0101", TcpOptionError.LengthWrong)] // SACK without a block
    [InlineData("0506 00000000 0000", TcpOptionError.LengthWrong)] // half a block
    [InlineData("0809 000000000000 00 00", TcpOptionError.LengthWrong)] // timestamps of 9
    [InlineData("080b 000000000000000000", TcpOptionError.LengthWrong)]
    [InlineData("1312 00000000000000000000000000000000", TcpOptionError.UnknownKind)] // MD5 signature, case 96
    [InlineData("220a 0102030405060708", TcpOptionError.UnknownKind)] // fast open cookie, case 84
    [InlineData("1e0c 00000000000000000000", TcpOptionError.UnknownKind)] // multipath
    [InlineData("0602 0101", TcpOptionError.UnknownKind)] // obsolete echo
    [InlineData("020405b4 020405b4", TcpOptionError.Repeated)]
    [InlineData("0000 0001", TcpOptionError.PaddingNotZero)]
    public void A_bad_option_is_refused_with_its_reason(string bytes, TcpOptionError expected)
    {
        Assert.False(TcpOptions.TryParse(Hex.Bytes(bytes), out var options, out var error));
        Assert.Equal(expected, error);
        Assert.False(options.HasMaxSegment);
    }

    [Fact]
    public void Five_blocks_are_refused_even_where_the_bytes_are_there() =>
        Assert.False(TcpOptions.TryParse([5, 42, .. new byte[40]], out _, out _));

    [Fact]
    public void The_reader_stops_at_the_first_error_and_stays_there()
    {
        var reader = new TcpOptionReader(Hex.Bytes("0402 1302 020405b4"));
        Assert.True(reader.TryRead(out var kind, out _));
        Assert.Equal(TcpOptionKind.SackPermitted, kind);
        Assert.False(reader.TryRead(out _, out _));
        Assert.False(reader.TryRead(out _, out _));
        Assert.Equal(TcpOptionError.UnknownKind, reader.Error);
    }
}
