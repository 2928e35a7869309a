using Gateway.Dataplane.Wire;
using Gateway.Fuzz;

namespace Gateway.Dataplane.Tests.Captures;

/// <summary>Frames of real devices, cut at every length and at every layer: nothing escapes, and what is read fits the bytes.</summary>
[Trait("Category", "Slow")]
public sealed class TruncatedFramesTests
{
    /// <summary>Folders of which every frame is cut: robustness sets, and what observers read.</summary>
    private static readonly string[] Whole = ["malformed", "evasion", "ipfrag", "arp", "dhcp", "lldp", "mdns", "dns", "icmpv6"];

    /// <summary>Of the other folders, one frame in so many.</summary>
    private const int Step = 50;

    [Fact]
    public void Every_frame_cut_at_every_length_is_refused_or_read_consistently()
    {
        var cuts = 0;
        foreach (var capture in Corpus.All())
        {
            var step = Whole.Contains(capture.Name.Split('/')[0]) ? 1 : Step;
            foreach (var frame in CaptureFile.Read(capture.Path).Where(frame => frame.Number % step == 0))
                cuts += CutFrame($"{capture.Name} frame {frame.Number}", frame.Bytes);
        }
        Assert.True(cuts > 1_000_000, $"only {cuts} cuts");
    }

    private static int CutFrame(string where, byte[] bytes)
    {
        var cuts = Cut(where, "FrameObserver", bytes) + Cut(where, "Ethernet", bytes);
        if (!EthernetView.TryParse(bytes, out var ethernet))
            return cuts;
        return cuts + ethernet.Type switch
        {
            Ethertype.Arp => Cut(where, "Arp", ethernet.Payload),
            Ethertype.Lldp => Cut(where, "Lldp", ethernet.Payload),
            Ethertype.Ipv4 => CutIpv4(where, ethernet.Payload),
            _ => 0,
        };
    }

    private static int CutIpv4(string where, ReadOnlySpan<byte> payload)
    {
        var cuts = Cut(where, "Ipv4", payload);
        if (!Ipv4View.TryParse(payload, out var ip, out _) || ip.IsFragment)
            return cuts;
        return cuts + ip.Protocol switch
        {
            IpProtocol.Icmp => Cut(where, "Icmp", ip.Payload),
            IpProtocol.Tcp => Cut(where, "Tcp", ip.Payload),
            IpProtocol.Udp => CutUdp(where, ip.Payload),
            _ => 0,
        };
    }

    private static int CutUdp(string where, ReadOnlySpan<byte> payload)
    {
        var cuts = Cut(where, "Udp", payload);
        if (!UdpView.TryParse(payload, out var udp, out _))
            return cuts;
        // Every payload is tried as DNS: none has a header that says what it is.
        cuts += Cut(where, "Dns", udp.Payload);
        return udp.DestinationPort is DhcpView.ServerPort or DhcpView.ClientPort ? cuts + Cut(where, "Dhcp", udp.Payload) : cuts;
    }

    private static int Cut(string where, string name, ReadOnlySpan<byte> bytes)
    {
        var target = FuzzTargets.Get(name);
        for (var length = 0; length <= bytes.Length; length++)
        {
            try
            {
                target.Fuzz(bytes[..length]);
            }
            catch (Exception e)
            {
                Assert.Fail($"{where}, {name} cut to {length}: {e}");
            }
        }
        return bytes.Length + 1;
    }
}
