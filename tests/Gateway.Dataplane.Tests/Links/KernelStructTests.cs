using System.Runtime.InteropServices;
using Gateway.Dataplane.Interop;
using Gateway.Plant;

namespace Gateway.Dataplane.Tests.Links;

/// <summary>Every struct and constant shared with the kernel against the C headers of this machine.</summary>
public sealed class KernelStructTests
{
    [Fact]
    public void Structs_and_constants_are_those_of_the_headers()
    {
        Need.Command("gcc", "gcc");
        Need.Path("/usr/include/linux/if_packet.h", "linux-libc-dev");
        using var folder = new TempFolder();
        var source = folder.File("probe.c");
        var program = folder.File("probe");
        File.WriteAllText(source, Source);
        Shell.Run("gcc", "-o", program, source).Require("compiling the probe");
        var values = Shell.Run(program).Require("the probe").Output.Trim().Split(' ').Select(int.Parse).ToArray();
        int[] ours =
        [
            Marshal.SizeOf<TPacket2Header>(), Offset<TPacket2Header>("Status"), Offset<TPacket2Header>("LengthBytes"),
            Offset<TPacket2Header>("CapturedBytes"), Offset<TPacket2Header>("MacOffset"), Offset<TPacket2Header>("NetworkOffset"),
            Offset<TPacket2Header>("Seconds"), Offset<TPacket2Header>("Nanoseconds"), Offset<TPacket2Header>("VlanTci"), Offset<TPacket2Header>("VlanTpid"),
            Marshal.SizeOf<TPacketRequest>(), Offset<TPacketRequest>("BlockCount"), Offset<TPacketRequest>("FrameSize"), Offset<TPacketRequest>("FrameCount"),
            Marshal.SizeOf<TPacketStatistics>(), Offset<TPacketStatistics>("Drops"),
            Marshal.SizeOf<MessageVector>(), Offset<MessageVector>("Vectors"), Offset<MessageVector>("VectorCount"), Offset<MessageVector>("Flags"), Offset<MessageVector>("SentBytes"),
            Marshal.SizeOf<IoVector>(), Offset<IoVector>("Length"),
            PacketSocket.AllProtocols, PacketSocket.Version2, (int)PacketSocket.StatusUser, (int)PacketSocket.StatusLosing,
            (int)PacketSocket.StatusChecksumPartial, (int)PacketSocket.StatusVlanValid, (int)PacketSocket.StatusVlanProtocolValid, PacketSocket.TypeOutgoing, PacketSocket.AddressOffset,
        ];
        Assert.Equal(values, ours);
    }

    private const string Source =
        """
        #define _GNU_SOURCE
        #include <stddef.h>
        #include <stdio.h>
        #include <sys/socket.h>
        #include <sys/uio.h>
        #include <linux/if_packet.h>
        #include <linux/if_ether.h>
        #define O(t, f) (int)offsetof(struct t, f)
        int main(void) {
            int v[] = {
                sizeof(struct tpacket2_hdr), O(tpacket2_hdr, tp_status), O(tpacket2_hdr, tp_len), O(tpacket2_hdr, tp_snaplen),
                O(tpacket2_hdr, tp_mac), O(tpacket2_hdr, tp_net), O(tpacket2_hdr, tp_sec), O(tpacket2_hdr, tp_nsec),
                O(tpacket2_hdr, tp_vlan_tci), O(tpacket2_hdr, tp_vlan_tpid),
                sizeof(struct tpacket_req), O(tpacket_req, tp_block_nr), O(tpacket_req, tp_frame_size), O(tpacket_req, tp_frame_nr),
                sizeof(struct tpacket_stats), O(tpacket_stats, tp_drops),
                sizeof(struct mmsghdr), O(mmsghdr, msg_hdr.msg_iov), O(mmsghdr, msg_hdr.msg_iovlen), O(mmsghdr, msg_hdr.msg_flags), O(mmsghdr, msg_len),
                sizeof(struct iovec), O(iovec, iov_len),
                ETH_P_ALL, TPACKET_V2, TP_STATUS_USER, TP_STATUS_LOSING, TP_STATUS_CSUMNOTREADY, TP_STATUS_VLAN_VALID, TP_STATUS_VLAN_TPID_VALID, PACKET_OUTGOING,
                TPACKET_ALIGN(sizeof(struct tpacket2_hdr)),
            };
            for (unsigned i = 0; i < sizeof v / sizeof *v; i++) printf("%d ", v[i]);
            return 0;
        }
        """;

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
