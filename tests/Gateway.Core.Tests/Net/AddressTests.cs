using Gateway.Core.Net;

namespace Gateway.Core.Tests.Net;

public sealed class AddressTests
{
    [Theory]
    [InlineData("28:63:36:aa:10:2f", 0x286336AA102FUL)]
    [InlineData("28-63-36-AA-10-2F", 0x286336AA102FUL)]
    [InlineData("ff:ff:ff:ff:ff:ff", 0xFFFFFFFFFFFFUL)]
    public void A_hardware_address_reads_and_writes_back(string text, ulong value)
    {
        Assert.True(MacAddress.TryParse(text, out var mac));
        Assert.Equal(value, mac.Value);
        Span<byte> wire = stackalloc byte[6];
        mac.Write(wire);
        Assert.Equal(mac, MacAddress.Read(wire));
        Assert.Equal(mac, MacAddress.Parse(mac.ToString()));
    }

    [Theory]
    [InlineData("28:63:36:aa:10")]
    [InlineData("28:63:36:aa:10:2g")]
    [InlineData("28:63:36:aa:10:2f:00")]
    [InlineData("286336aa102f")]
    [InlineData("28.63.36.aa.10.2f")]
    [InlineData(null)]
    public void A_text_that_is_no_hardware_address_is_refused(string? text) => Assert.False(MacAddress.TryParse(text, out _));

    [Theory]
    [InlineData("0.0.0.0", 0u)]
    [InlineData("192.168.10.21", 0xC0A80A15u)]
    [InlineData("255.255.255.255", 0xFFFFFFFFu)]
    public void An_ipv4_address_reads_and_writes_back(string text, uint value)
    {
        Assert.Equal(value, Ipv4Address.Parse(text).Value);
        Assert.Equal(text, new Ipv4Address(value).ToString());
    }

    [Theory]
    [InlineData("192.168.10")]
    [InlineData("192.168.10.256")]
    [InlineData("192.168.010.1")]
    [InlineData("192.168.10.1.")]
    [InlineData(" 192.168.10.1")]
    [InlineData("192.168.10.+1")]
    [InlineData("0x7f.1.1.1")]
    [InlineData("10.7\0.0.5")]
    [InlineData("")]
    public void A_text_that_programs_read_differently_is_refused(string text) => Assert.False(Ipv4Address.TryParse(text, out _));

    [Fact]
    public void A_prefix_knows_its_hosts()
    {
        var prefix = Ipv4Prefix.Parse("192.168.10.21/24");
        Assert.Equal("192.168.10.0", prefix.Network.ToString());
        Assert.Equal("192.168.10.255", prefix.DirectedBroadcast.ToString());
        Assert.True(prefix.IsHost(Ipv4Address.Parse("192.168.10.1")));
        Assert.False(prefix.IsHost(prefix.Network));
        Assert.False(prefix.IsHost(prefix.DirectedBroadcast));
        Assert.False(prefix.IsHost(Ipv4Address.Parse("192.168.11.1")));
        Assert.True(Ipv4Prefix.Parse("10.0.0.1/31").IsHost(Ipv4Address.Parse("10.0.0.0")));
    }

    [Theory]
    [InlineData("192.168.10.21")]
    [InlineData("192.168.10.21/33")]
    [InlineData("192.168.10.21/")]
    [InlineData("/24")]
    public void A_prefix_without_a_proper_length_is_refused(string text) => Assert.False(Ipv4Prefix.TryParse(text, out _));

    [Theory]
    [InlineData("tcp/502", Transport.Tcp, 502, 502)]
    [InlineData("udp/5000-5010", Transport.Udp, 5000, 5010)]
    public void A_service_port_reads_and_writes_back(string text, Transport transport, int first, int last)
    {
        Assert.True(ServicePort.TryParse(text, out var port));
        Assert.Equal(new ServicePort(transport, new PortRange((ushort)first, (ushort)last)), port);
        Assert.Equal(text, port.ToString());
    }

    [Theory]
    [InlineData("tcp/0")]
    [InlineData("tcp/65536")]
    [InlineData("tcp/10-9")]
    [InlineData("sctp/502")]
    [InlineData("502")]
    [InlineData("tcp/-5")]
    public void A_service_port_out_of_range_is_refused(string text) => Assert.False(ServicePort.TryParse(text, out _));
}
