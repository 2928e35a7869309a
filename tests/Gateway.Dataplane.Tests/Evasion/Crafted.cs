using System.Buffers.Binary;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>A frame as an attacker writes it: right in everything, but for what a row changes by <c>with</c>. Lengths and checksums
/// follow the changed fields, unless they are themselves the fault. Written from the standards alone; shares nothing with the gateway.</summary>
internal sealed record Crafted
{
    public const byte Fin = 1, Syn = 2, Rst = 4, Psh = 8, Ack = 16, Urg = 32, Ece = 64;

    // Ethernet
    public required ulong MacTo { get; init; }
    public required ulong MacFrom { get; init; }

    /// <summary>Bytes between the addresses and the ethertype, such as tags.</summary>
    public byte[] Tags { get; init; } = [];
    public ushort Ethertype { get; init; } = 0x0800;

    /// <summary>What stands between ethertype and IP header (LLC, MPLS and the like).</summary>
    public byte[] Wrapper { get; init; } = [];

    /// <summary>Everything behind the ethertype, instead of an IPv4 packet.</summary>
    public byte[]? Body { get; init; }

    /// <summary>Bytes behind the packet, which no length declares.</summary>
    public byte[] Trailer { get; init; } = [];

    /// <summary>Length at which the frame is cut off.</summary>
    public int? Cut { get; init; }

    // IPv4
    public uint From { get; init; }
    public uint To { get; init; }
    public byte Version { get; init; } = 4;
    public byte? HeaderWords { get; init; }
    public ushort? TotalLength { get; init; }
    public ushort FragmentField { get; init; } = 0x4000;
    public byte Ttl { get; init; } = 64;
    public byte Protocol { get; init; } = 6;
    public ushort IpChecksumError { get; init; }
    public byte[] IpOptions { get; init; } = [];

    /// <summary>Payload of another protocol than TCP; null for TCP.</summary>
    public byte[]? Datagram { get; init; }

    // TCP
    public ushort FromPort { get; init; }
    public ushort ToPort { get; init; }
    public uint Sequence { get; init; }
    public uint Acknowledged { get; init; }
    public byte Flags { get; init; }
    public ushort Window { get; init; } = 8_000;
    public byte[] Options { get; init; } = [];
    public byte? OffsetWords { get; init; }
    public byte Reserved { get; init; }
    public ushort Urgent { get; init; }
    public ushort TcpChecksumError { get; init; }
    public byte[] Payload { get; init; } = [];

    public byte[] Bytes()
    {
        var body = Body ?? [.. Wrapper, .. Packet()];
        var frame = new byte[12 + Tags.Length + 2 + body.Length + Trailer.Length];
        WriteMac(frame, MacTo);
        WriteMac(frame.AsSpan(6), MacFrom);
        Tags.CopyTo(frame, 12);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12 + Tags.Length), Ethertype);
        body.CopyTo(frame, 14 + Tags.Length);
        Trailer.CopyTo(frame, 14 + Tags.Length + body.Length);
        // A wire carries no shorter frame; what a row makes shorter on purpose has no packet in it.
        if (Body is null && frame.Length < 60)
            Array.Resize(ref frame, 60);
        return Cut is { } cut ? frame[..Math.Min(cut, frame.Length)] : frame;
    }

    public byte[] Packet()
    {
        var transport = Datagram ?? Segment();
        var header = 20 + IpOptions.Length;
        var packet = new byte[header + transport.Length];
        packet[0] = (byte)((Version << 4) | (HeaderWords ?? (header / 4)));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), TotalLength ?? (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), 0x1234);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), FragmentField);
        packet[8] = Ttl;
        packet[9] = Protocol;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), From);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), To);
        IpOptions.CopyTo(packet, 20);
        transport.CopyTo(packet, header);
        // The header's own length decides what a reader sums up, even a false one.
        var summed = Math.Min((HeaderWords ?? (header / 4)) * 4, packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)(Checksum(packet.AsSpan(0, summed)) ^ IpChecksumError));
        return packet;
    }

    public byte[] Segment()
    {
        var words = OffsetWords ?? (5 + (Options.Length / 4));
        var segment = new byte[20 + Options.Length + Payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, FromPort);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), ToPort);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), Acknowledged);
        segment[12] = (byte)((words << 4) | Reserved);
        segment[13] = Flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), Window);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(18), Urgent);
        Options.CopyTo(segment, 20);
        Payload.CopyTo(segment, 20 + Options.Length);
        var sum = TransportChecksum(segment, From, To, 6);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), (ushort)(sum ^ TcpChecksumError));
        return segment;
    }

    /// <summary>The same host's UDP datagram instead of a TCP segment.</summary>
    public Crafted Udp(ushort port, byte[] payload, int lengthError = 0, ushort checksumError = 0)
    {
        var datagram = new byte[8 + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, FromPort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)(datagram.Length + lengthError));
        payload.CopyTo(datagram, 8);
        // The checksum covers what the length declares.
        var declared = Math.Clamp(datagram.Length + lengthError, 8, datagram.Length);
        var sum = TransportChecksum(datagram.AsSpan(0, declared), From, To, 17);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(6), (ushort)((sum == 0 ? 0xFFFF : sum) ^ checksumError));
        return this with { Protocol = 17, Datagram = datagram };
    }

    public static ushort TransportChecksum(ReadOnlySpan<byte> segment, uint from, uint to, byte protocol)
    {
        var pseudo = new byte[12 + segment.Length];
        BinaryPrimitives.WriteUInt32BigEndian(pseudo, from);
        BinaryPrimitives.WriteUInt32BigEndian(pseudo.AsSpan(4), to);
        pseudo[9] = protocol;
        BinaryPrimitives.WriteUInt16BigEndian(pseudo.AsSpan(10), (ushort)segment.Length);
        segment.CopyTo(pseudo.AsSpan(12));
        return Checksum(pseudo);
    }

    /// <summary>RFC 1071, the plain way.</summary>
    public static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var i = 0; i < bytes.Length; i++)
            sum += (i & 1) == 0 ? (uint)bytes[i] << 8 : bytes[i];
        while (sum > 0xFFFF)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }

    public static void WriteMac(Span<byte> at, ulong mac)
    {
        for (var i = 0; i < 6; i++)
            at[i] = (byte)(mac >> (40 - (8 * i)));
    }
}
