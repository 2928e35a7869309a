using System.Text;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.Wire;

public sealed class LldpTests
{
    /// <summary>zeek/zeek, testing/btest/Traces/lldp.pcap, frame 1, from byte 14, with the frame's check sequence behind it.</summary>
    internal static readonly byte[] Unit = Hex.Bytes("""
        02070400222d81db1004020731060200780807506f72742023310a0d534d43475338502d536d6172740c23534d43475338502d536d617274202d20534d434753
        38502d536d6172742076332e32300e0400040004100c0501c0a8020a0200000001000000bb14272c
        """);

    private const string Mandatory = "0204 07 616263 0402 07 70 0602 0078";

    [Fact]
    public void A_data_unit_reads()
    {
        Assert.True(LldpView.TryParse(Unit, out var lldp, out _));
        Assert.Equal((4, "00222d81db10"), (lldp.ChassisIdSubtype, Convert.ToHexStringLower(lldp.ChassisId)));
        Assert.Equal((7, "1"), (lldp.PortIdSubtype, Encoding.UTF8.GetString(lldp.PortId)));
        Assert.Equal(120, lldp.TimeToLiveSeconds);
        Assert.Equal("Port #1", Encoding.UTF8.GetString(lldp.PortDescription));
        Assert.Equal("SMCGS8P-Smart", Encoding.UTF8.GetString(lldp.SystemName));
        Assert.Equal("SMCGS8P-Smart - SMCGS8P-Smart v3.20", Encoding.UTF8.GetString(lldp.SystemDescription));
        Assert.Equal((LldpCapabilities.Bridge, LldpCapabilities.Bridge), (lldp.Capabilities, lldp.EnabledCapabilities));
        Assert.Equal("192.168.2.10", lldp.ManagementAddress.ToString());
    }

    [Fact]
    public void The_mandatory_part_alone_is_enough()
    {
        Assert.True(LldpView.TryParse(Hex.Bytes(Mandatory), out var lldp, out _));
        Assert.Equal("abc", Encoding.UTF8.GetString(lldp.ChassisId));
        Assert.True(lldp.SystemName.IsEmpty && lldp.ManagementAddress.IsAny);
    }

    [Fact]
    public void What_follows_the_end_is_padding() => Assert.True(LldpView.TryParse(Hex.Bytes(Mandatory + "0000 ffffffff"), out _, out _));

    [Fact]
    public void The_first_of_equal_texts_counts()
    {
        Assert.True(LldpView.TryParse(Hex.Bytes(Mandatory + "0a01 61 0a01 62 0000"), out var lldp, out _));
        Assert.Equal("a", Encoding.UTF8.GetString(lldp.SystemName));
    }

    [Fact]
    public void An_unknown_or_private_part_is_passed_over() =>
        Assert.True(LldpView.TryParse(Hex.Bytes(Mandatory + "1202 ffff fe04 00120f01 0000"), out _, out _));

    [Theory]
    [InlineData("1018 11 02 000102030405060708090a0b0c0d0e0f 02 00000001 00")] // IPv6
    [InlineData("100c 05 02 c0a8020a 02 00000001 00")] // five bytes, but of another family
    public void A_management_address_of_another_family_is_no_ipv4_address(string tlv)
    {
        Assert.True(LldpView.TryParse(Hex.Bytes(Mandatory + tlv + "0000"), out var lldp, out _));
        Assert.True(lldp.ManagementAddress.IsAny);
    }

    [Theory]
    [InlineData("02")] // half a header
    [InlineData("0204 07 6162")]
    [InlineData(Mandatory + "0a05 61")]
    [InlineData(Mandatory + "fe")]
    [InlineData(Mandatory + "ffff 00")] // a private part of 511 bytes
    public void A_part_beyond_the_bytes_is_refused(string bytes) => Refused(bytes, LldpError.Overrun);

    [Theory]
    [InlineData("")]
    [InlineData("0000")]
    [InlineData("0402 07 70 0204 07 616263 0602 0078")] // wrong order
    [InlineData("0204 07 616263 0602 0078")] // no port id
    [InlineData("0204 07 616263 0402 07 70")] // no time to live
    [InlineData("0204 07 616263 0a01 61 0402 07 70 0602 0078")] // a name in between
    [InlineData(Mandatory + "0204 07 616263")] // a second chassis id
    [InlineData(Mandatory + "0602 0078")]
    public void Chassis_port_and_time_to_live_come_first_and_once(string bytes) => Refused(bytes, LldpError.Mandatory);

    [Theory]
    [InlineData("0201 07")] // a chassis id without an id
    [InlineData("0200")]
    [InlineData("0204 07 616263 0401 07")]
    [InlineData("0204 07 616263 0402 07 70 0601 78")]
    [InlineData(Mandatory + "0e03 000400")] // capabilities of three bytes
    [InlineData(Mandatory + "0e05 0004000400")]
    [InlineData(Mandatory + "1008 0501c0a8020a0200")] // a management address of eight bytes
    [InlineData(Mandatory + "100c ff01c0a8020a020000000100")] // its address longer than itself
    [InlineData(Mandatory + "100c 0101c0a8020a020000000100")] // an address without a byte
    [InlineData(Mandatory + "0001 00")] // an end with a value
    public void A_known_part_of_impossible_length_is_refused(string bytes) => Refused(bytes, LldpError.Length);

    [Theory]
    [InlineData(0x0200)] // chassis id of 257 bytes
    [InlineData(0x0800)] // port description of 256
    [InlineData(0x0A00)] // system name
    [InlineData(0x0C00)] // system description
    [InlineData(0x1000)] // management address of 256
    public void A_text_longer_than_the_standard_allows_is_refused(int type)
    {
        var length = type == 0x0200 ? 257 : 256;
        var header = type | length;
        byte[] part = [(byte)(header >> 8), (byte)header, 5, 1, .. new byte[length - 2]];
        byte[] bytes = type == 0x0200 ? part : [.. Hex.Bytes(Mandatory), .. part];
        Assert.False(LldpView.TryParse(bytes, out _, out var error));
        Assert.Equal(LldpError.Length, error);
    }

    private static void Refused(string bytes, LldpError expected)
    {
        Assert.False(LldpView.TryParse(Hex.Bytes(bytes), out _, out var error));
        Assert.Equal(expected, error);
    }
}
