using Gateway.Core.Net;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.Wire;

public sealed class TcpTests
{
    /// <summary>ITI/ICS-Security-Tools, pcaps/ModbusTCP/modbus_test_data_part1.pcap, frame 5, from byte 34; 10.0.0.57 to 10.0.0.3.</summary>
    internal static readonly byte[] Syn = Hex.Bytes("0a12 01f6 6197f182 00000000 7002 faf0 14d1 0000 020405b4 01010402");

    private static readonly Ipv4Address Client = Ipv4Address.Parse("10.0.0.57");
    private static readonly Ipv4Address Server = Ipv4Address.Parse("10.0.0.3");

    [Fact]
    public void A_syn_reads()
    {
        Assert.True(TcpView.TryParse(Syn, out var tcp, out _));
        Assert.Equal((2578, 502, 0x6197F182u, 0u), (tcp.SourcePort, tcp.DestinationPort, tcp.Sequence, tcp.Acknowledgment));
        Assert.Equal((28, 0, TcpFlags.Syn), (tcp.HeaderLengthBytes, tcp.ReservedBits, tcp.Flags));
        Assert.Equal((64240, 0x14D1, 0), (tcp.Window, tcp.Checksum, tcp.UrgentPointer));
        Assert.Equal(Syn[20..], tcp.Options.ToArray());
        Assert.True(tcp.Payload.IsEmpty);
        Assert.Equal(1u, tcp.SequenceLength);
        Assert.True(tcp.ChecksumIsValid(Client, Server));
    }

    [Fact]
    public void The_checksum_covers_payload_and_addresses()
    {
        Assert.True(TcpView.TryParse([.. Syn, 1], out var changed, out _));
        Assert.False(changed.ChecksumIsValid(Client, Server));
        Assert.True(TcpView.TryParse(Syn, out var tcp, out _));
        Assert.False(tcp.ChecksumIsValid(Client, Client));
    }

    [Fact]
    public void Reserved_bits_are_seen()
    {
        Assert.True(TcpView.TryParse([.. Syn[..12], 0x75, .. Syn[13..]], out var tcp, out _));
        Assert.Equal((5, 28), (tcp.ReservedBits, tcp.HeaderLengthBytes));
    }

    [Fact]
    public void Every_flag_has_its_bit()
    {
        Assert.True(TcpView.TryParse([.. Syn[..13], 0xFF, .. Syn[14..]], out var tcp, out _));
        Assert.Equal(
            TcpFlags.Fin | TcpFlags.Syn | TcpFlags.Rst | TcpFlags.Psh | TcpFlags.Ack | TcpFlags.Urg | TcpFlags.Ece | TcpFlags.Cwr, tcp.Flags);
        Assert.Equal(2u, tcp.SequenceLength);
    }

    [Fact]
    public void Nineteen_bytes_are_too_short() => Refused(Syn[..19], TcpError.TooShort);

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x40)]
    public void A_data_offset_below_five_words_is_refused(byte offset) => Refused([.. Syn[..12], offset, .. Syn[13..]], TcpError.DataOffset);

    [Theory]
    [InlineData(0x80)]
    [InlineData(0xF0)]
    public void A_data_offset_beyond_the_bytes_is_refused(byte offset) => Refused([.. Syn[..12], offset, .. Syn[13..]], TcpError.DataOffset);

    [Fact]
    public void A_segment_with_payload_is_written_and_reads_back()
    {
        byte[] pdu = [0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 2, 9];
        var header = new TcpHeader
        {
            SourcePort = 502,
            DestinationPort = 2578,
            Sequence = 0xFFFFFFF0,
            Acknowledgment = 0x6197F183,
            Flags = TcpFlags.Psh | TcpFlags.Ack,
            Window = 8192,
        };
        var segment = new byte[20 + pdu.Length];
        Array.Fill(segment, (byte)0xEE);
        pdu.CopyTo(segment, header.LengthBytes);
        Assert.Equal(20, TcpView.Emit(segment, Server, Client, header));
        Assert.True(TcpView.TryParse(segment, out var tcp, out _));
        Assert.True(tcp.ChecksumIsValid(Server, Client));
        Assert.Equal((502, 2578, 0xFFFFFFF0u, 0x6197F183u), (tcp.SourcePort, tcp.DestinationPort, tcp.Sequence, tcp.Acknowledgment));
        Assert.Equal((TcpFlags.Psh | TcpFlags.Ack, 8192, 0, 0), (tcp.Flags, tcp.Window, tcp.ReservedBits, tcp.UrgentPointer));
        Assert.Equal(pdu, tcp.Payload.ToArray());
        Assert.Equal((uint)pdu.Length, tcp.SequenceLength);
    }

    [Fact]
    public void A_syn_with_a_maximum_segment_size_is_written_and_reads_back()
    {
        var header = new TcpHeader { SourcePort = 1, DestinationPort = 2, Flags = TcpFlags.Syn, MaxSegmentBytes = 1460 };
        Assert.Equal(24, header.LengthBytes);
        var segment = new byte[24];
        Assert.Equal(24, TcpView.Emit(segment, Client, Server, header));
        Assert.True(TcpView.TryParse(segment, out var tcp, out _));
        Assert.True(TcpOptions.TryParse(tcp.Options, out var options, out _));
        Assert.True(options.HasMaxSegment);
        Assert.Equal(1460, options.MaxSegmentBytes);
        Assert.False(options.HasWindowScale || options.SackPermitted || options.HasTimestamps);
    }

    private static void Refused(byte[] bytes, TcpError expected)
    {
        Assert.False(TcpView.TryParse(bytes, out _, out var error));
        Assert.Equal(expected, error);
    }
}
