using System.Diagnostics;
using Gateway.Dataplane.Links;
using Gateway.Dataplane.Wire;
using Gateway.Plant;

namespace Gateway.Dataplane.Tests.Links;

/// <summary>Ring and send batch on real veth links in a namespace.</summary>
[Trait("Category", "Slow")]
public sealed class RingTests : IDisposable
{
    private const string Name = "gwt-ring";
    private readonly NetworkNamespace _inside;

    public RingTests()
    {
        Need.Root();
        Need.Command("ip", "iproute2");
        Gateway.Plant.Plant.Clear(Name);
        _inside = NetworkNamespace.Create($"{Name}-a");
        _inside.Ip("link add left type veth peer name right");
        _inside.Ip("link set left addrgenmode none up");
        _inside.Ip("link set right addrgenmode none up");
    }

    public void Dispose() => Gateway.Plant.Plant.Clear(Name);

    [Fact]
    public void What_a_batch_sends_a_ring_receives_in_order() => NamespaceThread.Run(_inside, () =>
    {
        using var ring = ReceiveRing.Open("right", 4);
        using var batch = TransmitBatch.Open("left");
        for (var i = 0; i < 300; i++)
        {
            var frame = batch.Reserve();
            Fill(frame, i);
            batch.Commit(60 + i, vlan: 0);
        }
        batch.Flush();
        Assert.Equal(300ul, batch.Sent);
        for (var i = 0; i < 300; i++)
        {
            Next(ring, frame =>
            {
                Assert.Equal(60 + i, frame.Bytes.Length);
                Assert.Equal((byte)i, frame.Bytes[20]);
                Assert.False(frame.IsTagged);
                Assert.False(frame.IsCut);
            });
        }
    });

    [Fact]
    public void A_tag_that_the_kernel_takes_out_is_still_seen() => NamespaceThread.Run(_inside, () =>
    {
        using var ring = ReceiveRing.Open("right", 4);
        using var batch = TransmitBatch.Open("left");
        var frame = batch.Reserve();
        Fill(frame, 7);
        frame[12] = 0x81;
        frame[13] = 0x00;
        frame[14] = 0x60;
        frame[15] = 0x05;
        frame[16] = 0x08;
        frame[17] = 0x00;
        batch.Commit(64, vlan: 0);
        batch.Flush();
        Next(ring, received =>
        {
            Assert.True(received.IsTagged);
            Assert.Equal(5, received.Vlan);
            // Control: the bytes alone do not show it.
            Assert.Equal(0x0800, (received.Bytes[12] << 8) | received.Bytes[13]);
        });
    });

    [Fact]
    public void A_frame_sent_with_a_vlan_arrives_whole_and_bears_its_tag() => NamespaceThread.Run(_inside, () =>
    {
        using var ring = ReceiveRing.Open("right", 4);
        using var batch = TransmitBatch.Open("left");
        Fill(batch.Reserve(), 7);
        batch.Commit(64, vlan: 4_094);
        Fill(batch.Reserve(), 8);
        batch.Commit(64, vlan: 0);
        batch.Flush();
        var expected = new byte[LinkLimits.MaxFrameBytes];
        Fill(expected, 7);
        Next(ring, received =>
        {
            Assert.Equal(4_094, received.Vlan);
            Assert.True(received.Bytes.SequenceEqual(expected.AsSpan(0, 64)));
        });
        Next(ring, received => Assert.Equal(-1, received.Vlan));
    });

    [Fact]
    public void A_frame_longer_than_the_ring_holds_is_marked_cut() => NamespaceThread.Run(_inside, () =>
    {
        _inside.Ip("link set left mtu 9000");
        _inside.Ip("link set right mtu 9000");
        using var ring = ReceiveRing.Open("right", 4);
        // The batch sends no such frame; a plain packet socket does.
        SendRaw("left", 5_000);
        Next(ring, frame => Assert.True(frame.IsCut));
    });

    [Fact]
    public void What_this_machine_sends_on_the_link_does_not_come_back() => NamespaceThread.Run(_inside, () =>
    {
        using var ring = ReceiveRing.Open("left", 4);
        using var batch = TransmitBatch.Open("left");
        Fill(batch.Reserve(), 1);
        batch.Commit(60, vlan: 0);
        batch.Flush();
        Thread.Sleep(100);
        Assert.False(ring.TryNext(out _));
    });

    [Fact]
    public void A_full_ring_loses_and_counts_and_goes_on() => NamespaceThread.Run(_inside, () =>
    {
        using var ring = ReceiveRing.Open("right", 1);
        using var batch = TransmitBatch.Open("left");
        for (var i = 0; i < 500; i++)
        {
            Fill(batch.Reserve(), i);
            batch.Commit(60, vlan: 0);
        }
        batch.Flush();
        ring.ReadLosses();
        Assert.Equal(500ul - 128, ring.Losses);
        var received = 0;
        for (; ring.TryNext(out _); received++)
            ring.Release();
        Assert.Equal(128, received);
    });

    [Fact]
    public void An_interface_that_is_missing_is_named() => NamespaceThread.Run(_inside, () =>
    {
        var error = Assert.Throws<IOException>(() => ReceiveRing.Open("nowhere", 4));
        Assert.Contains("there is no interface nowhere", error.Message, StringComparison.Ordinal);
    });

    private static void Fill(Span<byte> frame, int number)
    {
        frame[..600].Clear();
        EthernetView.Emit(frame, Core.Net.MacAddress.Broadcast, Core.Net.MacAddress.Parse("02:00:00:00:00:01"), 0x88B5);
        frame[20] = (byte)number;
    }

    private delegate void Check(RingFrame frame);

    private static void Next(ReceiveRing ring, Check check)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(5))
        {
            if (ring.TryNext(out var frame))
            {
                check(frame);
                ring.Release();
                return;
            }
            Thread.Sleep(1);
        }
        Assert.Fail("no frame came");
    }

    private static void SendRaw(string interfaceName, int length)
    {
        using var capture = new RawSender(interfaceName);
        var frame = new byte[length];
        Fill(frame, 9);
        capture.Send(frame);
    }
}
