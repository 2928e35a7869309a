using System.Buffers.Binary;
using Gateway.Core.Control;
using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Dataplane.Segments;
using Gateway.Dataplane.Wire;
using PacketDotNet;

namespace Gateway.Dataplane.Tests.Pipeline;

/// <summary>The gateway as the DHCP server of each segment: the bound address to the bound device, and nothing to anyone else.</summary>
public sealed class DhcpResponderTests : IDisposable
{
    private static readonly Ipv4Address All = Ipv4Address.LimitedBroadcast;
    private static readonly TestHost Homeless = TestBox.Plc with { Address = Ipv4Address.Any };

    private readonly TestBox _box = new();

    public void Dispose() => _box.Dispose();

    [Fact]
    public void A_discover_brings_an_offer_of_the_bound_address_with_its_network_and_router()
    {
        var offer = Assert.Single(Ask(Homeless, All, Message(DhcpMessageType.Discover, options: "3d 07 01 28 63 36 aa 10 2f")));
        Assert.Equal((TestBox.DeviceGateway.ToString(), TestBox.Plc.Address.ToString()), (offer.From, offer.To));
        Assert.Equal(TestBox.Plc.Address.ToString(), Address(offer.Message, 16));
        Assert.Equal(0x1234_5678u, BinaryPrimitives.ReadUInt32BigEndian(offer.Message.AsSpan(4)));
        Assert.Equal(
            "35 01 02 | 36 04 c0 a8 0a 01 | 33 04 00 09 3a 80 | 01 04 ff ff ff 00 | 03 04 c0 a8 0a 01 | 3d 07 01 28 63 36 aa 10 2f | ff",
            Options(offer.Message));
    }

    [Theory]
    [InlineData("0.0.0.0", "192.168.10.21", "192.168.10.1", DhcpMessageType.Ack)] // selecting
    [InlineData("0.0.0.0", "192.168.10.21", null, DhcpMessageType.Ack)] // after a restart
    [InlineData("192.168.10.21", null, null, DhcpMessageType.Ack)] // renewing
    [InlineData("0.0.0.0", "192.168.10.99", "192.168.10.1", DhcpMessageType.Nak)]
    [InlineData("0.0.0.0", "10.0.0.9", null, DhcpMessageType.Nak)]
    public void A_request_is_acknowledged_for_the_bound_address_alone(string client, string? requested, string? server, DhcpMessageType expected)
    {
        var options = (requested is null ? "" : "32 04 " + Hexadecimal(requested)) + (server is null ? "" : " 36 04 " + Hexadecimal(server));
        var from = client == "0.0.0.0" ? Homeless : TestBox.Plc;
        var answer = Assert.Single(Ask(from, All, Message(DhcpMessageType.Request, client, options)));
        Assert.Equal((byte)expected, answer.Message[242]);
        Assert.Equal(expected == DhcpMessageType.Ack ? "192.168.10.21" : "0.0.0.0", Address(answer.Message, 16));
        Assert.Equal(expected == DhcpMessageType.Nak ? "255.255.255.255" : "192.168.10.21", answer.To);
    }

    [Fact]
    public void A_client_that_cannot_take_unicast_is_answered_to_all()
    {
        var message = Message(DhcpMessageType.Discover);
        message[10] = 0x80;
        var offer = Assert.Single(Ask(Homeless, All, message));
        Assert.Equal("255.255.255.255", offer.To);
        Assert.Equal(0x80, offer.Message[10]);
    }

    [Fact]
    public void Settings_alone_are_given_without_an_address()
    {
        var answer = Assert.Single(Ask(TestBox.Plc, TestBox.DeviceGateway, Message(DhcpMessageType.Inform, "192.168.10.21")));
        Assert.Equal("0.0.0.0", Address(answer.Message, 16));
        Assert.DoesNotContain("33 04", Options(answer.Message), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("another client's address", 28, 0x66)]
    [InlineData("a server's message", 0, 2)]
    [InlineData("a relay's message", 24, 10)]
    [InlineData("no cookie", 236, 0)]
    public void Nobody_else_is_answered_and_nothing_passes_on(string what, int offset, byte value)
    {
        var message = Message(DhcpMessageType.Discover);
        message[offset] = value;
        Assert.Empty(Ask(Homeless, All, message));
        Assert.True(_box.Drops(TestBox.PlcLink, DropReason.DhcpRefused) == 1, what);
        // Control: the same without the fault.
        Assert.Single(Ask(Homeless, All, Message(DhcpMessageType.Discover)));
    }

    [Fact]
    public void Starving_it_brings_nothing_and_is_bounded()
    {
        for (var i = 0; i < 200; i++)
        {
            var message = Message(DhcpMessageType.Discover);
            BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), i);
            Send(Homeless, All, message);
        }
        Assert.InRange(_box.TakeSent().Count, 1, SegmentLimits.LeasesPerSecond);
        _box.Pass(1_100);
        Assert.Single(Ask(Homeless, All, Message(DhcpMessageType.Discover)));
    }

    [Fact]
    public void A_device_that_gave_itself_an_address_meanwhile_is_no_other_device()
    {
        var lost = TestBox.Plc with { Address = Ipv4Address.Parse("169.254.7.9") };
        _box.Receive(lost, TestBox.ArpRequest(lost, Ipv4Address.Parse("169.254.1.1")));
        _box.Receive(lost, TestBox.Udp(lost, TestBox.Historian, 1_000, 2_000, [1]));
        _box.Pass(2_000);
        Assert.DoesNotContain(_box.Records, r => r.Binding == BindingState.AddressChanged);
        Assert.DoesNotContain(_box.TakeSent(), s => IsIp(s) && s.Link != TestBox.PlcLink);
        // Control: any other address is a change.
        var other = TestBox.Plc with { Address = Ipv4Address.Parse("192.168.10.22") };
        _box.Receive(other, TestBox.ArpRequest(other, TestBox.DeviceGateway));
        _box.Pass(2_000);
        Assert.Contains(_box.Records, r => r.Binding == BindingState.AddressChanged);
    }

    private List<(string From, string To, byte[] Message)> Ask(TestHost from, Ipv4Address to, byte[] message)
    {
        Send(from, to, message);
        return [.. _box.TakeSent().Where(IsIp).Select(s =>
        {
            Assert.Equal(from.Link, s.Link);
            var packet = Packet.ParsePacket(LinkLayers.Ethernet, s.Frame);
            var (ip, udp) = (packet.Extract<IPv4Packet>(), packet.Extract<UdpPacket>());
            Assert.True(ip.ValidIPChecksum && udp.ValidUdpChecksum);
            Assert.Equal((67, 68), (udp.SourcePort, udp.DestinationPort));
            return (ip.SourceAddress.ToString(), ip.DestinationAddress.ToString(), s.Frame[42..]);
        })];
    }

    private static bool IsIp((int Link, byte[] Frame) sent) => sent.Frame[13] == 0;

    private void Send(TestHost from, Ipv4Address to, byte[] message)
    {
        var frame = TestBox.Udp(from, to, DhcpView.ClientPort, DhcpView.ServerPort, message);
        if (to == All)
            MacAddress.Broadcast.Write(frame);
        _box.Receive(from, frame);
    }

    private static byte[] Message(DhcpMessageType type, string client = "0.0.0.0", string options = "")
    {
        var message = new byte[300];
        (message[0], message[1], message[2]) = (1, 1, 6);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), 0x1234_5678);
        Ipv4Address.Parse(client).Write(message.AsSpan(12));
        TestBox.Plc.Mac.Write(message.AsSpan(28));
        Hex.Bytes($"63825363 3501{(byte)type:x2} {options} ff").CopyTo(message, 236);
        return message;
    }

    private static string Hexadecimal(string address) => string.Join(' ', address.Split('.').Select(part => byte.Parse(part, null).ToString("x2", null)));

    private static string Address(byte[] message, int offset) => Ipv4Address.Read(message.AsSpan(offset)).ToString();

    /// <summary>The options as they stand, up to the end, which zeros follow.</summary>
    private static string Options(byte[] message)
    {
        List<string> options = [];
        var at = 240;
        for (; message[at] != 255; at += 2 + message[at + 1])
            options.Add(Words(message.AsSpan(at, 2 + message[at + 1])));
        Assert.True(message.AsSpan(at + 1).IndexOfAnyExcept((byte)0) < 0);
        return string.Join(" | ", options.Append("ff"));
    }

    private static string Words(ReadOnlySpan<byte> bytes) => string.Join(' ', Convert.ToHexStringLower(bytes).Chunk(2).Select(pair => new string(pair)));
}
