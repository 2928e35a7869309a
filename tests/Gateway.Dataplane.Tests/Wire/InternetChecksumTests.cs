using System.Buffers.Binary;
using Gateway.Core.Net;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.Wire;

public sealed class InternetChecksumTests
{
    private static readonly Ipv4Address Source = Ipv4Address.Parse("192.168.10.21");
    private static readonly Ipv4Address Destination = Ipv4Address.Parse("192.168.10.1");

    [Fact]
    public void The_example_of_rfc_1071_section_3_sums_to_ddf2() =>
        Assert.Equal(0xDDF2, InternetChecksum.Sum(Hex.Bytes("0001 f203 f4f5 f6f7")));

    [Fact]
    public void The_example_of_rfc_1624_section_4_updates_to_zero() => Assert.Equal(0x0000, InternetChecksum.Update(0xDD2F, 0x5555, 0x3285));

    [Fact]
    public void Every_length_and_content_sums_as_the_plainest_reading_of_rfc_1071_does()
    {
        var random = new Random(1);
        for (var length = 0; length <= 1600; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            var seed = (uint)random.Next(0x40000);
            Assert.Equal(Plain(bytes, seed), InternetChecksum.Sum(bytes, seed));
        }
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0xFF)]
    public void Bytes_that_are_all_equal_sum_right_at_any_length(byte value)
    {
        for (var length = 0; length <= 1600; length++)
        {
            var bytes = new byte[length];
            Array.Fill(bytes, value);
            Assert.Equal(Plain(bytes, 0), InternetChecksum.Sum(bytes));
        }
    }

    [Fact]
    public void The_largest_packet_does_not_overflow()
    {
        var bytes = new byte[65535];
        Array.Fill(bytes, (byte)0xFF);
        Assert.Equal(Plain(bytes, uint.MaxValue >> 8), InternetChecksum.Sum(bytes, uint.MaxValue >> 8));
    }

    [Fact]
    public void Parts_of_even_length_add_up()
    {
        var bytes = Enumerable.Range(0, 101).Select(i => (byte)(i * 37)).ToArray();
        for (var cut = 0; cut <= bytes.Length; cut += 2)
            Assert.Equal(InternetChecksum.Sum(bytes), InternetChecksum.Sum(bytes.AsSpan(cut), InternetChecksum.Sum(bytes.AsSpan(0, cut))));
    }

    [Fact]
    public void An_update_gives_what_a_new_sum_gives()
    {
        var random = new Random(2);
        for (var run = 0; run < 2000; run++)
        {
            var bytes = new byte[40];
            random.NextBytes(bytes);
            var before = InternetChecksum.Of(bytes);
            var at = random.Next(9) * 4;
            var old = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
            var now = (uint)random.NextInt64(1L << 32);
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), now);
            var updated = InternetChecksum.Update(before, old, now);
            Assert.True(Same(InternetChecksum.Of(bytes), updated));
            Assert.True(Same(
                InternetChecksum.Update(InternetChecksum.Update(before, (ushort)(old >> 16), (ushort)(now >> 16)), (ushort)old, (ushort)now),
                updated));
        }
    }

    [Fact]
    public void One_changed_bit_anywhere_makes_a_checksum_wrong()
    {
        var bytes = Hex.Bytes("4500 0054 0000 4000 4001 1293 0a0a0a02 0a0a0a01");
        Assert.True(InternetChecksum.IsValid(bytes));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(InternetChecksum.IsValid(bytes));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData(IpProtocol.Tcp, 16, 20)]
    [InlineData(IpProtocol.Udp, 6, 8)]
    public void A_partial_checksum_is_completed(byte protocol, int checksumOffset, int headerBytes)
    {
        var packet = Whole(protocol, headerBytes + 13);
        var right = packet.ToArray();
        // What Linux leaves for the card: the sum of the pseudo header, not complemented.
        var seed = InternetChecksum.PseudoHeader(Source, Destination, protocol, headerBytes + 13);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20 + checksumOffset), InternetChecksum.Sum([], seed));
        Assert.NotEqual(right, packet);
        Assert.True(InternetChecksum.TryComplete(packet));
        Assert.Equal(right, packet);
    }

    [Fact]
    public void Padding_behind_the_packet_is_not_summed()
    {
        var packet = Whole(IpProtocol.Tcp, 20);
        byte[] padded = [.. packet, 1, 2, 3, 4, 5, 6];
        padded[36] ^= 0xFF;
        Assert.True(InternetChecksum.TryComplete(padded));
        Assert.Equal([.. packet, 1, 2, 3, 4, 5, 6], padded);
    }

    [Fact]
    public void A_udp_checksum_of_zero_is_written_as_ffff()
    {
        var packet = Whole(IpProtocol.Udp, 10);
        // The payload that makes the sum FFFF: the complement of the sum with a payload of zero.
        packet.AsSpan(26).Clear();
        var sum = InternetChecksum.Sum(packet.AsSpan(20), InternetChecksum.PseudoHeader(Source, Destination, IpProtocol.Udp, 10));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(28), (ushort)~sum);
        Assert.True(InternetChecksum.TryComplete(packet));
        Assert.Equal(0xFFFF, BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(26)));
    }

    [Fact]
    public void There_is_nothing_to_complete_in_a_fragment_another_protocol_or_a_cut_header()
    {
        var fragment = Whole(IpProtocol.Udp, 16);
        fragment[6] = 0x20;
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(10), 0);
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(10), InternetChecksum.Of(fragment.AsSpan(0, 20)));
        Unchanged(fragment);
        Unchanged(Whole(IpProtocol.Icmp, 16));
        Unchanged(Whole(IpProtocol.Tcp, 19));
        Unchanged(Whole(IpProtocol.Tcp, 20)[..39]);
        Unchanged([]);
    }

    private static void Unchanged(byte[] packet)
    {
        var before = packet.ToArray();
        Assert.False(InternetChecksum.TryComplete(packet));
        Assert.Equal(before, packet);
    }

    /// <summary>A packet with a right transport checksum, as far as its length allows one.</summary>
    private static byte[] Whole(byte protocol, int transportBytes)
    {
        var packet = new byte[20 + transportBytes];
        for (var i = 20; i < packet.Length; i++)
            packet[i] = (byte)(i * 11);
        Ipv4View.Emit(packet, new Ipv4Header(Source, Destination, protocol, transportBytes));
        if (protocol == IpProtocol.Udp)
            UdpView.Emit(packet.AsSpan(20), Source, Destination, 40000, 4070);
        else if (protocol == IpProtocol.Tcp && transportBytes >= 20)
            TcpView.Emit(packet.AsSpan(20), Source, Destination, new TcpHeader { SourcePort = 40000, DestinationPort = 502 });
        return packet;
    }

    private static ushort Plain(byte[] bytes, uint seed)
    {
        ulong sum = seed;
        for (var i = 0; i < bytes.Length; i += 2)
            sum += (uint)(bytes[i] << 8) | (i + 1 < bytes.Length ? bytes[i + 1] : 0u);
        while (sum > 0xFFFF)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)sum;
    }

    /// <summary>0000 and FFFF are the same number in ones' complement.</summary>
    private static bool Same(ushort a, ushort b) => a == b || (a is 0 or 0xFFFF && b is 0 or 0xFFFF);
}
