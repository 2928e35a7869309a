using System.Runtime.InteropServices;
using Gateway.Dataplane.FastPath;
using Gateway.Dataplane.Interop;
using Gateway.Plant;

namespace Gateway.Dataplane.Tests.FastPath;

/// <summary>Every struct and constant of bpf(2) against the C headers of this machine.</summary>
public sealed class BpfStructTests
{
    [Fact]
    public void Structs_and_constants_are_those_of_the_headers()
    {
        Need.Command("gcc", "gcc");
        Need.Path("/usr/include/linux/bpf.h", "linux-libc-dev");
        using var folder = new TempFolder();
        var source = folder.File("probe.c");
        var program = folder.File("probe");
        File.WriteAllText(source, Source);
        Shell.Run("gcc", "-o", program, source).Require("compiling the probe");
        var values = Shell.Run(program).Require("the probe").Output.Trim().Split(' ').Select(int.Parse).ToArray();
        int[] ours =
        [
            SystemCallNumbers.Bpf,
            Bpf.MapCreate, Bpf.MapLookup, Bpf.MapUpdate, Bpf.MapDelete, Bpf.ProgramLoad, Bpf.LinkCreate,
            (int)Bpf.HashMap, (int)Bpf.ArrayMap, (int)Bpf.PerCpuArrayMap, (int)Bpf.MemoryMappable, (int)Bpf.SocketFilter, (int)Bpf.TrafficClassifier,
            Bpf.PseudoMapFd, Bpf.AttachToSocket, Bpf.TcNext, Bpf.TcDrop,
            Bpf.Packet.Length, Bpf.Packet.VlanPresent, Bpf.Packet.VlanTci, Bpf.Packet.VlanProtocol, Bpf.Packet.Data, Bpf.Packet.DataEnd,
            Bpf.Packet.GsoSegments, Bpf.Packet.GsoSize,
            Bpf.Function.MapLookup, Bpf.Function.L4ChecksumReplace, Bpf.Function.VlanPush, Bpf.Function.VlanPop, Bpf.Function.Redirect,
            Bpf.Function.LoadBytes, Bpf.Function.ChangeTail, Bpf.Function.PullData, Bpf.Function.CoarseTime,
            (int)Bpf.PseudoHeader, (int)Bpf.KeepNoChecksum, Marshal.SizeOf<BpfInstruction>(),
            Offset<BpfMapAttribute>("Entries"), Offset<BpfMapAttribute>("Flags"), Offset<BpfMapAttribute>("Name"), Offset<BpfMapAttribute>("InterfaceIndex"),
            Offset<BpfElementAttribute>("Key"), Offset<BpfElementAttribute>("Value"), Offset<BpfElementAttribute>("Flags"),
            Offset<BpfProgramAttribute>("InstructionCount"), Offset<BpfProgramAttribute>("Instructions"), Offset<BpfProgramAttribute>("License"),
            Offset<BpfProgramAttribute>("LogLevel"), Offset<BpfProgramAttribute>("LogBytes"), Offset<BpfProgramAttribute>("Log"),
            Offset<BpfProgramAttribute>("Name"), Offset<BpfProgramAttribute>("ExpectedAttachType"),
            Offset<BpfLinkAttribute>("InterfaceIndex"), Offset<BpfLinkAttribute>("AttachType"), Offset<BpfLinkAttribute>("Flags"),
        ];
        Assert.Equal(values, ours);
    }

    [Fact]
    public void What_the_programs_share_with_us_has_no_gaps_that_move()
    {
        Assert.Equal(16, Marshal.SizeOf<DirectionKey>());
        Assert.Equal(192, Marshal.SizeOf<DirectionState>());
        Assert.Equal(16, Marshal.SizeOf<FastPathControl>());
        Assert.Equal(8, Marshal.SizeOf<Handover>());
        Assert.Equal(38, Marshal.SizeOf<FrameTemplate>());
    }

    private const string Source =
        """
        #include <stddef.h>
        #include <stdio.h>
        #include <sys/socket.h>
        #include <sys/syscall.h>
        #include <linux/bpf.h>
        #include <linux/pkt_cls.h>
        #define S(f) (int)offsetof(struct __sk_buff, f)
        #define A(f) (int)offsetof(union bpf_attr, f)
        int main(void) {
            int v[] = {
                SYS_bpf,
                BPF_MAP_CREATE, BPF_MAP_LOOKUP_ELEM, BPF_MAP_UPDATE_ELEM, BPF_MAP_DELETE_ELEM, BPF_PROG_LOAD, BPF_LINK_CREATE,
                BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_PERCPU_ARRAY, BPF_F_MMAPABLE, BPF_PROG_TYPE_SOCKET_FILTER, BPF_PROG_TYPE_SCHED_CLS,
                BPF_PSEUDO_MAP_FD, SO_ATTACH_BPF, TC_ACT_UNSPEC, TC_ACT_SHOT,
                S(len), S(vlan_present), S(vlan_tci), S(vlan_proto), S(data), S(data_end), S(gso_segs), S(gso_size),
                BPF_FUNC_map_lookup_elem, BPF_FUNC_l4_csum_replace, BPF_FUNC_skb_vlan_push, BPF_FUNC_skb_vlan_pop, BPF_FUNC_redirect,
                BPF_FUNC_skb_load_bytes, BPF_FUNC_skb_change_tail, BPF_FUNC_skb_pull_data, BPF_FUNC_ktime_get_coarse_ns,
                BPF_F_PSEUDO_HDR, BPF_F_MARK_MANGLED_0, sizeof(struct bpf_insn),
                A(max_entries), A(map_flags), A(map_name), A(map_ifindex),
                A(key), A(value), A(flags),
                A(insn_cnt), A(insns), A(license), A(log_level), A(log_size), A(log_buf), A(prog_name), A(expected_attach_type),
                A(link_create.target_ifindex), A(link_create.attach_type), A(link_create.flags),
            };
            for (unsigned i = 0; i < sizeof v / sizeof *v; i++) printf("%d ", v[i]);
            return 0;
        }
        """;

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
