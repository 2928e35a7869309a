using Gateway.Core.Net;
using Gateway.Dataplane.Tests.Pipeline;
using Gateway.Dataplane.Wire;
using PacketDotNet;

namespace Gateway.Dataplane.Tests.Flows;

/// <summary>A simple TCP host at one end of a wire of memory, written for tests: takes in order, acknowledges at once, sends everything
/// again after a while. It shares no code with the gateway's TCP but the builder of frames.</summary>
internal sealed class TestPeer(TestBox box, TestHost host, Ipv4Address remote, ushort localPort, ushort remotePort, uint initial)
{
    private readonly List<byte> _unacked = [];
    private readonly uint _initial = initial;
    private uint _next = initial;
    private uint _acked = initial;
    private uint _expected;
    private bool _finSent;
    private bool _finAcked;

    public List<byte> Received { get; } = [];

    public bool Open { get; private set; }

    public bool WasReset { get; private set; }

    public bool Finished { get; private set; }

    public bool Done => _finAcked && Finished;

    public ushort RemotePort { get; private set; } = remotePort;

    public ushort LocalPort => localPort;

    public uint Next => _next;

    public uint Expected => _expected;

    /// <summary>Largest piece it sends at once.</summary>
    public int SegmentBytes { get; set; } = 1_460;

    public void Connect() => Send(_initial, 0, TcpFlags.Syn, default, mss: 1_460);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _unacked.AddRange(bytes);
        Push(_next);
    }

    public void Close()
    {
        _finSent = true;
        Push(_next);
    }

    /// <summary>Sends what is not acknowledged once more, as a timer would have it.</summary>
    public void Retransmit()
    {
        if (!Open)
            return;
        _next = _acked;
        Push(_acked);
    }

    public void Raw(uint seq, uint ack, TcpFlags flags, ReadOnlySpan<byte> payload) => Send(seq, ack, flags, payload);

    /// <summary>Takes a frame that left the box on this host's link.</summary>
    public void Take(byte[] frame)
    {
        var ip = Packet.ParsePacket(LinkLayers.Ethernet, frame).Extract<IPv4Packet>();
        if (ip?.PayloadPacket is not TcpPacket tcp || tcp.DestinationPort != localPort)
            return;
        Assert.True(tcp.ValidTcpChecksum, "the gateway sent a wrong TCP checksum");
        Assert.Equal(remote.ToString(), ip.SourceAddress.ToString());
        if (tcp.Reset)
        {
            WasReset = true;
            return;
        }
        if (tcp.Synchronize)
        {
            TakeSyn(tcp);
            return;
        }
        TakeAck(tcp.AcknowledgmentNumber);
        TakeData(tcp);
    }

    private void TakeSyn(TcpPacket tcp)
    {
        RemotePort = tcp.SourcePort;
        _expected = tcp.SequenceNumber + 1;
        if (tcp.Acknowledgment)
        {
            _next = _acked = _initial + 1;
            Open = true;
            Send(_next, _expected, TcpFlags.Ack, default);
            return;
        }
        Send(_initial, _expected, TcpFlags.Syn | TcpFlags.Ack, default, mss: 1_460);
        _next = _acked = _initial + 1;
        Open = true;
    }

    private void TakeAck(uint ack)
    {
        var count = unchecked((int)(ack - _acked));
        if (count <= 0)
            return;
        var data = Math.Min(count, _unacked.Count);
        _unacked.RemoveRange(0, data);
        _finAcked |= _finSent && count > data;
        _acked = ack;
        if (unchecked((int)(_next - ack)) < 0)
            _next = ack;
    }

    private void TakeData(TcpPacket tcp)
    {
        var payload = tcp.PayloadData ?? [];
        var behind = unchecked((int)(_expected - tcp.SequenceNumber));
        if (payload.Length > 0 && behind >= 0 && behind < payload.Length)
        {
            Received.AddRange(payload[behind..]);
            _expected += (uint)(payload.Length - behind);
        }
        if (tcp.Finished && tcp.SequenceNumber + (uint)payload.Length == _expected)
        {
            Finished = true;
            _expected++;
        }
        if (payload.Length > 0 || tcp.Finished)
            Send(_next, _expected, TcpFlags.Ack, default);
    }

    private void Push(uint from)
    {
        var offset = (int)(from - _acked);
        while (offset < _unacked.Count)
        {
            var piece = _unacked.Skip(offset).Take(SegmentBytes).ToArray();
            Send(_acked + (uint)offset, _expected, TcpFlags.Psh | TcpFlags.Ack, piece);
            offset += piece.Length;
            _next = _acked + (uint)offset;
        }
        if (_finSent && !_finAcked)
        {
            Send(_acked + (uint)_unacked.Count, _expected, TcpFlags.Fin | TcpFlags.Ack, default);
            _next = _acked + (uint)_unacked.Count + 1;
        }
    }

    private void Send(uint seq, uint ack, TcpFlags flags, ReadOnlySpan<byte> payload, ushort mss = 0) =>
        Outgoing.Enqueue(TestBox.Tcp(host, remote, localPort, RemotePort, seq, ack, flags, payload, mss));

    /// <summary>Frames it has sent and nobody has carried to the box yet.</summary>
    public Queue<byte[]> Outgoing { get; } = new();

    public int Link => host.Link;

    public TestBox Box => box;
}
