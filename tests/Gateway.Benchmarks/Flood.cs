using System.Diagnostics;
using System.Globalization;
using Gateway.Core.Net;
using Gateway.Dataplane.Links;
using Gateway.Dataplane.Wire;

namespace Gateway.Benchmarks;

/// <summary>Sends UDP frames of one size over many flows as fast as the interface takes them, for a time, and says how many went.</summary>
internal static class Flood
{
    /// <summary>Flows the load is spread over.</summary>
    public const int Flows = 1_000;

    private const int HeadBytes = EthernetView.HeaderBytes + Ipv4View.HeaderBytes + UdpView.HeaderBytes;

    /// <param name="interfaceName">Interface to send on.</param>
    /// <param name="source">Own addresses.</param>
    /// <param name="target">Addresses to send to.</param>
    /// <param name="frameBytes">Frame length without check sequence, 60 to 1514.</param>
    /// <param name="duration">How long.</param>
    /// <param name="perSecond">Rate; 0: as fast as it goes.</param>
    public static int Run(
        string interfaceName, (MacAddress Mac, Ipv4Address Address) source, (MacAddress Mac, Ipv4Address Address) target,
        int frameBytes, TimeSpan duration, int perSecond)
    {
        var frames = Enumerable.Range(0, Flows).Select(i => Frame(source, target, (ushort)(10_000 + i), frameBytes)).ToArray();
        using var batch = TransmitBatch.Open(interfaceName);
        var clock = Stopwatch.StartNew();
        var offered = 0L;
        var next = 0;
        while (clock.Elapsed < duration)
        {
            if (perSecond > 0 && offered > clock.Elapsed.TotalSeconds * perSecond)
                continue;
            for (var i = 0; i < LinkLimits.SendBatchFrames; i++)
            {
                frames[next].CopyTo(batch.Reserve());
                batch.Commit(frameBytes, vlan: 0);
                next = next + 1 == Flows ? 0 : next + 1;
            }
            batch.Flush();
            offered += LinkLimits.SendBatchFrames;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{batch.Sent} {clock.Elapsed.TotalSeconds:F4}"));
        return 0;
    }

    private static byte[] Frame(
        (MacAddress Mac, Ipv4Address Address) source, (MacAddress Mac, Ipv4Address Address) target, ushort port, int frameBytes)
    {
        var frame = new byte[frameBytes];
        EthernetView.Emit(frame, target.Mac, source.Mac, Ethertype.Ipv4);
        var datagram = frame.AsSpan(EthernetView.HeaderBytes + Ipv4View.HeaderBytes, frameBytes - HeadBytes + UdpView.HeaderBytes);
        UdpView.Emit(datagram, source.Address, target.Address, port, Bench.UdpPort);
        Ipv4View.Emit(frame.AsSpan(EthernetView.HeaderBytes), new Ipv4Header(source.Address, target.Address, IpProtocol.Udp, datagram.Length));
        return frame;
    }
}
