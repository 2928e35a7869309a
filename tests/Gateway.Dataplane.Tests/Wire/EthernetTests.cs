using Gateway.Core.Net;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.Wire;

public sealed class EthernetTests
{
    /// <summary>OISF/suricata-verify, tests/decode-arp-2/arp.pcap, frame 2, header only.</summary>
    internal static readonly byte[] Header = Hex.Bytes("001a6b6c0ccc 001d09f092ab 0806");

    [Fact]
    public void A_header_reads_as_addresses_type_and_payload()
    {
        Assert.True(EthernetView.TryParse([.. Header, 1, 2, 3], out var frame));
        Assert.Equal("00:1a:6b:6c:0c:cc", frame.Destination.ToString());
        Assert.Equal("00:1d:09:f0:92:ab", frame.Source.ToString());
        Assert.Equal(Ethertype.Arp, frame.Type);
        Assert.False(frame.IsLength);
        Assert.Equal([1, 2, 3], frame.Payload.ToArray());
    }

    [Fact]
    public void A_frame_of_thirteen_bytes_is_too_short() => Assert.False(EthernetView.TryParse(Header.AsSpan(0, 13), out _));

    [Fact]
    public void A_frame_of_fourteen_bytes_has_an_empty_payload()
    {
        Assert.True(EthernetView.TryParse(Header, out var frame));
        Assert.True(frame.Payload.IsEmpty);
    }

    [Theory]
    [InlineData(0x0000, true)]
    [InlineData(0x002E, true)]
    [InlineData(0x05DC, true)]
    [InlineData(0x05FF, true)]
    [InlineData(0x0600, false)]
    [InlineData(0x0800, false)]
    public void A_type_field_below_0600_is_a_length(ushort type, bool isLength)
    {
        var header = new byte[EthernetView.HeaderBytes];
        EthernetView.Emit(header, MacAddress.Broadcast, MacAddress.Parse("02:47:57:00:00:21"), type);
        Assert.True(EthernetView.TryParse(header, out var frame));
        Assert.Equal(isLength, frame.IsLength);
    }

    [Theory]
    [InlineData(Ethertype.VlanTag, true)]
    [InlineData(Ethertype.ServiceTag, true)]
    [InlineData(Ethertype.LegacyServiceTag, true)]
    [InlineData(Ethertype.Ipv4, false)]
    public void Tag_types_are_known(ushort type, bool isTag) => Assert.Equal(isTag, Ethertype.IsTag(type));

    [Fact]
    public void What_is_written_reads_back_equal()
    {
        var header = new byte[20];
        Assert.Equal(14, EthernetView.Emit(header, MacAddress.Parse("00:1a:6b:6c:0c:cc"), MacAddress.Parse("00:1d:09:f0:92:ab"), Ethertype.Arp));
        Assert.Equal(Header, header[..14]);
    }
}
