using Gateway.Core.Net;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.Wire;

public sealed class ArpTests
{
    private static readonly MacAddress Gateway = MacAddress.Parse("02:47:57:00:00:01");
    private static readonly MacAddress Device = MacAddress.Parse("02:47:57:00:00:21");
    private static readonly Ipv4Address GatewayAddress = Ipv4Address.Parse("192.168.10.1");
    private static readonly Ipv4Address DeviceAddress = Ipv4Address.Parse("192.168.10.21");

    /// <summary>OISF/suricata-verify, tests/decode-arp-2/arp.pcap, frame 1, from byte 14.</summary>
    internal static readonly byte[] Request = Hex.Bytes("0001080006040001 001a6b6c0ccc 0a0a0a02 000000000000 0a0a0a01");

    /// <summary>The same capture, frame 2.</summary>
    internal static readonly byte[] Reply = Hex.Bytes("0001080006040002 001d09f092ab 0a0a0a01 001a6b6c0ccc 0a0a0a02");

    [Fact]
    public void A_request_reads()
    {
        Assert.True(ArpView.TryParse(Request, out var arp, out _));
        Assert.Equal(ArpOperation.Request, arp.Operation);
        Assert.Equal("00:1a:6b:6c:0c:cc", arp.SenderMac.ToString());
        Assert.Equal("10.10.10.2", arp.SenderAddress.ToString());
        Assert.Equal(MacAddress.Zero, arp.TargetMac);
        Assert.Equal("10.10.10.1", arp.TargetAddress.ToString());
        Assert.False(arp.IsProbe);
        Assert.False(arp.IsAnnouncement);
    }

    [Fact]
    public void A_reply_reads()
    {
        Assert.True(ArpView.TryParse(Reply, out var arp, out _));
        Assert.Equal(ArpOperation.Reply, arp.Operation);
        Assert.Equal("00:1d:09:f0:92:ab", arp.SenderMac.ToString());
        Assert.Equal("00:1a:6b:6c:0c:cc", arp.TargetMac.ToString());
    }

    [Fact]
    public void Padding_behind_the_message_does_not_matter() => Assert.True(ArpView.TryParse([.. Request, .. new byte[18]], out _, out _));

    [Fact]
    public void A_message_of_27_bytes_is_too_short() => Refused(Request[..27], ArpError.TooShort);

    [Theory]
    [InlineData(0, 0x01)] // hardware type 257
    [InlineData(1, 0x06)] // hardware type 6, IEEE 802
    [InlineData(2, 0x86)] // protocol type 0x8600
    [InlineData(3, 0x06)] // protocol type 0x0806
    [InlineData(4, 0x08)] // hardware address of 8 bytes (case 39 of the evasion list)
    [InlineData(5, 0x10)] // protocol address of 16 bytes
    public void Another_shape_than_ipv4_over_ethernet_is_refused(int at, byte value)
    {
        var bytes = Request.ToArray();
        bytes[at] = value;
        Refused(bytes, ArpError.Shape);
    }

    [Theory]
    [InlineData(0x0000)]
    [InlineData(0x0003)] // reverse ARP
    [InlineData(0x0101)]
    public void An_operation_that_is_neither_request_nor_reply_is_refused(int operation)
    {
        var bytes = Request.ToArray();
        bytes[6] = (byte)(operation >> 8);
        bytes[7] = (byte)operation;
        Refused(bytes, ArpError.Operation);
    }

    [Fact]
    public void A_request_is_written_as_a_padded_broadcast_frame()
    {
        var frame = Filled();
        Assert.Equal(60, ArpView.EmitRequest(frame, Gateway, GatewayAddress, DeviceAddress));
        var arp = ReadFrame(frame, MacAddress.Broadcast);
        Assert.Equal(ArpOperation.Request, arp.Operation);
        Assert.Equal((Gateway, GatewayAddress), (arp.SenderMac, arp.SenderAddress));
        Assert.Equal((MacAddress.Zero, DeviceAddress), (arp.TargetMac, arp.TargetAddress));
    }

    [Fact]
    public void A_reply_is_written_to_the_asker()
    {
        var frame = Filled();
        Assert.Equal(60, ArpView.EmitReply(frame, Gateway, GatewayAddress, Device, DeviceAddress));
        var arp = ReadFrame(frame, Device);
        Assert.Equal(ArpOperation.Reply, arp.Operation);
        Assert.Equal((Gateway, GatewayAddress), (arp.SenderMac, arp.SenderAddress));
        Assert.Equal((Device, DeviceAddress), (arp.TargetMac, arp.TargetAddress));
    }

    [Fact]
    public void A_poll_is_a_request_to_one_neighbour()
    {
        var frame = Filled();
        Assert.Equal(60, ArpView.EmitPoll(frame, Gateway, GatewayAddress, Device, DeviceAddress));
        var arp = ReadFrame(frame, Device);
        Assert.Equal((ArpOperation.Request, DeviceAddress), (arp.Operation, arp.TargetAddress));
    }

    [Fact]
    public void A_request_without_a_sender_address_is_a_probe()
    {
        var frame = Filled();
        ArpView.EmitRequest(frame, Device, Ipv4Address.Any, DeviceAddress);
        Assert.True(ReadFrame(frame, MacAddress.Broadcast).IsProbe);
    }

    [Fact]
    public void A_request_for_the_own_address_is_an_announcement()
    {
        var frame = Filled();
        ArpView.EmitRequest(frame, Device, DeviceAddress, DeviceAddress);
        Assert.True(ReadFrame(frame, MacAddress.Broadcast).IsAnnouncement);
    }

    private static void Refused(byte[] bytes, ArpError expected)
    {
        Assert.False(ArpView.TryParse(bytes, out _, out var error));
        Assert.Equal(expected, error);
    }

    private static byte[] Filled()
    {
        var frame = new byte[EthernetView.LeastFrameBytes];
        Array.Fill(frame, (byte)0xEE);
        return frame;
    }

    /// <summary>Reads a frame we wrote: header, message, and padding of zeros only.</summary>
    private static ArpView ReadFrame(byte[] frame, MacAddress destination)
    {
        Assert.True(EthernetView.TryParse(frame, out var ethernet));
        Assert.Equal(destination, ethernet.Destination);
        Assert.Equal(Ethertype.Arp, ethernet.Type);
        Assert.True(ArpView.TryParse(ethernet.Payload, out var arp, out _));
        Assert.Equal(arp.SenderMac, ethernet.Source);
        Assert.All(ethernet.Payload[ArpView.LengthBytes..].ToArray(), value => Assert.Equal(0, value));
        return arp;
    }
}
