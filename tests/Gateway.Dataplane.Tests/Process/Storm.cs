using System.Buffers.Binary;
using System.Diagnostics;
using Gateway.Core.Net;
using Gateway.Dataplane.Links;
using Gateway.Dataplane.Wire;
using Gateway.Plant;

namespace Gateway.Dataplane.Tests.Process;

/// <summary>Frames of a device that is broken or hostile, as fast as its cable takes them.</summary>
internal static class Storm
{
    private const int Kinds = 4_096;

    private static readonly MacAddress Own = MacAddress.Parse(ProcessBench.HostileMac);
    private static readonly Ipv4Address OwnAddress = Ipv4Address.Parse("192.168.10.31");
    private static readonly Ipv4Address Peer = Ipv4Address.Parse("192.168.10.9");

    public static IReadOnlyDictionary<string, Func<int, byte[]>> All { get; } = new Dictionary<string, Func<int, byte[]>>
    {
        ["ARP scan"] = i => Arp(Own, i),
        ["broadcasts"] = i => Datagram(MacAddress.Broadcast, Own, Ipv4Address.LimitedBroadcast, (ushort)i, 137),
        ["new flows"] = i => Datagram(default, Own, Peer, (ushort)(1_024 + i), 9_000),
        ["fragments"] = i => Fragment(i),
        ["hardware addresses"] = i => Arp(MacAddress.FromValue(0x0200_0000_0000 + (ulong)(i * 7_919)), i),
        ["noise"] = Noise,
    };

    /// <summary>Sends until cancelled; returns how many frames went.</summary>
    public static long Rage(NetworkNamespace hostile, Func<int, byte[]> kind, MacAddress box, CancellationToken cancel)
    {
        var sent = 0L;
        var frames = Enumerable.Range(0, Kinds).Select(i => Aimed(kind(i), box)).ToArray();
        NamespaceThread.Run(hostile, () =>
        {
            using var batch = TransmitBatch.Open("eth0");
            for (var next = 0; !cancel.IsCancellationRequested; next = (next + 1) % Kinds)
            {
                frames[next].CopyTo(batch.Reserve());
                batch.Commit(frames[next].Length, vlan: 0);
            }
            batch.Flush();
            sent = (long)batch.Sent;
        });
        return sent;
    }

    // The box's hardware address is known only once it runs.
    private static byte[] Aimed(byte[] frame, MacAddress box)
    {
        if (MacAddress.Read(frame).IsZero)
            box.Write(frame);
        return frame;
    }

    private static byte[] Arp(MacAddress from, int index)
    {
        var frame = new byte[EthernetView.LeastFrameBytes];
        ArpView.EmitRequest(frame, from, OwnAddress, new Ipv4Address(0xC0A8_0A00u + (uint)(index & 0xFF)));
        return frame;
    }

    private static byte[] Datagram(MacAddress destination, MacAddress source, Ipv4Address to, ushort sourcePort, ushort port)
    {
        var frame = new byte[EthernetView.LeastFrameBytes];
        EthernetView.Emit(frame, destination, source, Ethertype.Ipv4);
        UdpView.Emit(frame.AsSpan(34, 8 + 18), OwnAddress, to, sourcePort, port);
        Ipv4View.Emit(frame.AsSpan(14), new Ipv4Header(OwnAddress, to, IpProtocol.Udp, 26));
        return frame;
    }

    /// <summary>A first fragment of a datagram of its own, never followed by another.</summary>
    private static byte[] Fragment(int index)
    {
        var frame = Datagram(default, Own, Peer, 5_000, 9_000);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(18), (ushort)index);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(20), 0x2000);
        frame.AsSpan(24, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(24), InternetChecksum.Of(frame.AsSpan(14, 20)));
        return frame;
    }

    private static byte[] Noise(int index)
    {
        var frame = new byte[60 + (index % 1_400)];
        new Random(index).NextBytes(frame);
        Own.Write(frame.AsSpan(6));
        (frame[12], frame[13]) = (0x08, 0x00);
        frame.AsSpan(0, 6).Clear();
        return frame;
    }
}

/// <summary>A Modbus master that reads one register in a closed loop, and remembers how long each answer took.</summary>
internal sealed class ClosedLoop(NetworkNamespace master, string address)
{
    /// <summary>Time of one cycle; an answer that comes later is a missed cycle.</summary>
    public static readonly TimeSpan Cycle = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(8);

    /// <summary>Runs for a time.</summary>
    /// <returns>Missed cycles, and the answers' times in order of length.</returns>
    public (int Missed, List<TimeSpan> Times) Run(TimeSpan duration)
    {
        var times = new List<TimeSpan>();
        NamespaceThread.Run(master, () =>
        {
            using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 5_000 };
            socket.Connect(System.Net.IPAddress.Parse(address), 502);
            var answer = new byte[64];
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < duration; Thread.Sleep(Pause))
            {
                var asked = Stopwatch.GetTimestamp();
                socket.Send([0, (byte)times.Count, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1]);
                if (socket.Receive(answer) < 11 || answer[1] != (byte)times.Count || answer[7] != 3)
                    throw new IOException("the answer is not that of the request");
                times.Add(Stopwatch.GetElapsedTime(asked));
            }
        });
        times.Sort();
        return (times.Count(t => t > Cycle), times);
    }
}
