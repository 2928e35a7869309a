using System.Buffers.Binary;
using System.Text;
using Gateway.Core.Net;
using Gateway.Dataplane.Control;

namespace Gateway.Dataplane.Tests.Control;

/// <summary>Messages of the kernel about links, as rtnetlink(7) describes them.</summary>
public sealed class LinkMonitorTests
{
    private const ushort NewLink = 16;
    private const ushort DeleteLink = 17;
    private const ushort Done = 3;
    private const uint Up = 0x1;
    private const uint LowerUp = 0x1_0000;

    private static readonly MacAddress Mac = MacAddress.Parse("02:00:00:00:00:aa");

    [Theory]
    [InlineData(Up | LowerUp, true)]
    [InlineData(Up, false)]
    [InlineData(LowerUp, false)]
    public void A_link_is_up_when_it_is_on_and_has_a_carrier(uint flags, bool up) =>
        Assert.Equal([new InterfaceState("s1", 7, up, Mac, 1_400)], Read(Link(NewLink, 7, flags, "s1")));

    [Fact]
    public void A_link_that_goes_has_no_number_and_is_down() =>
        Assert.Equal([new InterfaceState("s1", 0, false, Mac, 1_400)], Read(Link(DeleteLink, 7, Up | LowerUp, "s1")));

    [Fact]
    public void A_batch_is_read_to_its_end() => Assert.Equal(
        ["s1", "uplink0"], Read([.. Link(NewLink, 7, Up, "s1"), .. Message(Done, [0, 0, 0, 0]), .. Link(NewLink, 8, Up, "uplink0")]).Select(state => state.Name));

    [Fact]
    public void Cut_anywhere_it_tells_nothing_that_was_not_said()
    {
        var message = Link(NewLink, 7, Up | LowerUp, "s1");
        for (var length = 0; length < message.Length; length++)
        {
            Assert.Empty(Read(message[..length]));
            // Cut, and its length made right: attributes are missing, at worst the hardware address.
            if (length >= 16)
                Assert.All(Read(WithLength(message[..length])), state => Assert.Equal(("s1", 7), (state.Name, state.Index)));
        }
    }

    private static List<InterfaceState> Read(byte[] bytes)
    {
        var told = new List<InterfaceState>();
        LinkMonitor.Read(bytes, told.Add);
        return told;
    }

    private static byte[] Link(ushort type, int index, uint flags, string name)
    {
        var head = new byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), index);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(8), flags);
        var mac = new byte[MacAddress.LengthBytes];
        Mac.Write(mac);
        return Message(type, [.. head, .. Attribute(3, [.. Encoding.UTF8.GetBytes(name), 0]), .. Attribute(1, mac), .. Attribute(4, [0x78, 0x05, 0, 0])]);
    }

    private static byte[] Attribute(ushort type, byte[] value)
    {
        var bytes = new byte[(4 + value.Length + 3) & ~3];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), type);
        value.CopyTo(bytes, 4);
        return bytes;
    }

    private static byte[] Message(ushort type, byte[] body)
    {
        var bytes = new byte[16 + body.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), type);
        body.CopyTo(bytes, 16);
        return WithLength(bytes);
    }

    private static byte[] WithLength(byte[] bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        return bytes;
    }
}
