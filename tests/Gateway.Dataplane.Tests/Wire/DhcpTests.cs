using System.Text;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.Wire;

public sealed class DhcpTests
{
    /// <summary>zeek/zeek, testing/btest/Traces/dhcp/dhcp.pcap, frame 1, from byte 42: a discover.</summary>
    internal static readonly byte[] Discover = Hex.Bytes("""
        01010600000007c0000000000000000000000000000000000000000090b11c994929000000000000000000000000000000000000000000000000000000000000
        00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
        00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
        0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000638253633501013204c0a8d3c20c0d6274657374
        2e69732e636f6f6cff
        """);

    /// <summary>The same capture, frame 2: the offer.</summary>
    internal static readonly byte[] Offer = Hex.Bytes("""
        02010600000007c0000000000000000080020661ac13e6070000000090b11c994929000000000000000000000000000000000000000000000000000000000000
        00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
        00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
        00000000000000000000000000000000000000000000000000000000000000000000000000000000000000006382536335010236048002069833040000038401
        04ffffff0003048002060106088002010b8002010a04088002011480020115430d6e6574776f726b2d636f6e66671c04800206ff2a0c80020114800201158002
        01162b0b3137322e31382e362e33373c07417275626141502c088002681d8002681e2e01020f07636d752e656475ff
        """);

    [Fact]
    public void A_discover_reads()
    {
        Assert.True(DhcpView.TryParse(Discover, out var dhcp, out _));
        Assert.True(dhcp.IsRequest);
        Assert.False(dhcp.WantsBroadcast);
        Assert.Equal((DhcpMessageType.Discover, 1984u), (dhcp.MessageType, dhcp.Transaction));
        Assert.Equal("90:b1:1c:99:49:29", dhcp.ClientMac.ToString());
        Assert.Equal("192.168.211.194", dhcp.RequestedAddress.ToString());
        Assert.Equal("btest.is.cool", Encoding.ASCII.GetString(dhcp.HostName));
        Assert.True(dhcp.ClientAddress.IsAny && dhcp.YourAddress.IsAny && dhcp.RelayAddress.IsAny);
        Assert.True(dhcp.VendorClass.IsEmpty && dhcp.ParameterList.IsEmpty && dhcp.ClientId.IsEmpty);
    }

    [Fact]
    public void An_offer_reads()
    {
        Assert.True(DhcpView.TryParse(Offer, out var dhcp, out _));
        Assert.False(dhcp.IsRequest);
        Assert.Equal(DhcpMessageType.Offer, dhcp.MessageType);
        Assert.Equal("128.2.6.97", dhcp.YourAddress.ToString());
        Assert.Equal("ArubaAP", Encoding.ASCII.GetString(dhcp.VendorClass));
    }

    [Fact]
    public void The_other_options_of_a_client_read()
    {
        Assert.True(DhcpView.TryParse(With("3d07 01 90b11c994929  3707 0103060c0f1c2a  3c06 756468637020 ff"), out var dhcp, out _));
        Assert.Equal(Hex.Bytes("01 90b11c994929"), dhcp.ClientId.ToArray());
        Assert.Equal([1, 3, 6, 12, 15, 28, 42], dhcp.ParameterList.ToArray());
        Assert.Equal("udhcp ", Encoding.ASCII.GetString(dhcp.VendorClass));
        Assert.Equal(DhcpMessageType.None, dhcp.MessageType);
    }

    [Fact]
    public void The_first_of_equal_options_counts()
    {
        Assert.True(DhcpView.TryParse(With("350101 350103 0c0161 0c0162 ff"), out var dhcp, out _));
        Assert.Equal((DhcpMessageType.Discover, "a"), (dhcp.MessageType, Encoding.ASCII.GetString(dhcp.HostName)));
    }

    [Fact]
    public void Options_behind_the_end_do_not_count()
    {
        Assert.True(DhcpView.TryParse(With("350101 ff 0c0161"), out var dhcp, out _));
        Assert.True(dhcp.HostName.IsEmpty);
    }

    [Fact]
    public void Padding_and_a_missing_end_are_accepted() => Assert.True(DhcpView.TryParse(With("00 00 350101 00"), out _, out _));

    [Theory]
    [InlineData("340101 ff", "file", "")]
    [InlineData("340102 ff", "", "sname")]
    [InlineData("340103 ff", "file", "sname")]
    [InlineData("ff", "", "")]
    public void Overloaded_fields_are_read_only_where_option_52_says_so(string options, string host, string vendor)
    {
        var bytes = With(options);
        Hex.Bytes("0c04 66696c65 ff").CopyTo(bytes, 108);
        Hex.Bytes("3c05 736e616d65 ff").CopyTo(bytes, 44);
        Assert.True(DhcpView.TryParse(bytes, out var dhcp, out _));
        Assert.Equal((host, vendor), (Encoding.ASCII.GetString(dhcp.HostName), Encoding.ASCII.GetString(dhcp.VendorClass)));
    }

    [Fact]
    public void An_overload_option_inside_an_overloaded_field_is_ignored()
    {
        var bytes = With("340101 ff");
        Hex.Bytes("340103 ff").CopyTo(bytes, 108);
        Hex.Bytes("3c05 736e616d65 ff").CopyTo(bytes, 44);
        Assert.True(DhcpView.TryParse(bytes, out var dhcp, out _));
        Assert.True(dhcp.VendorClass.IsEmpty);
    }

    [Fact]
    public void An_option_in_an_overloaded_field_cannot_leave_it()
    {
        var bytes = With("340102 ff");
        bytes[44 + 62] = 60;
        bytes[44 + 63] = 1;
        bytes[108 + 1] = 255;
        Refused(bytes, DhcpError.OptionOverrun);
    }

    [Fact]
    public void Without_the_whole_fixed_part_it_is_too_short() => Refused(Discover[..239], DhcpError.TooShort);

    [Theory]
    [InlineData(0, 3, DhcpError.Operation)]
    [InlineData(0, 0, DhcpError.Operation)]
    [InlineData(1, 6, DhcpError.HardwareShape)]
    [InlineData(1, 0, DhcpError.HardwareShape)]
    [InlineData(2, 16, DhcpError.HardwareShape)]
    [InlineData(236, 0, DhcpError.Cookie)]
    public void A_wrong_fixed_part_is_refused(int at, byte value, DhcpError expected)
    {
        var bytes = Discover.ToArray();
        bytes[at] = value;
        Refused(bytes, expected);
    }

    [Theory]
    [InlineData("35")] // no length
    [InlineData("3501")] // no value
    [InlineData("0c05 6162")]
    [InlineData("c8ff 00")] // an unknown option is bounded too
    public void An_option_beyond_its_area_is_refused(string options) => Refused(With(options), DhcpError.OptionOverrun);

    [Theory]
    [InlineData("3500")]
    [InlineData("35020101")]
    [InlineData("3203 0a0000")]
    [InlineData("3205 0a00000100")]
    [InlineData("34020101")]
    [InlineData("0c00")]
    [InlineData("3700")]
    [InlineData("3c00")]
    [InlineData("3d0101")]
    public void A_known_option_of_impossible_length_is_refused(string options) => Refused(With(options + "ff"), DhcpError.OptionLength);

    private static void Refused(byte[] bytes, DhcpError expected)
    {
        Assert.False(DhcpView.TryParse(bytes, out _, out var error));
        Assert.Equal(expected, error);
    }

    private static byte[] With(string options) => [.. Discover[..240], .. Hex.Bytes(options)];
}
