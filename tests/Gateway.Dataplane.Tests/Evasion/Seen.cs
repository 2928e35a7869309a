using System.Buffers.Binary;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>What a host reads out of a frame that reached it. Its own reading, from the bytes alone.</summary>
internal sealed record Seen(byte[] Frame)
{
    public ulong MacTo => Mac(0);

    public ulong MacFrom => Mac(6);

    public ushort Ethertype => Frame.Length < 14 ? (ushort)0 : Word(12);

    public bool IsIpv4 => Ethertype == 0x0800 && Frame.Length >= 34 && Frame[14] == 0x45;

    public bool IsArp => Ethertype == 0x0806 && Frame.Length >= 42;

    public bool IsTcp => IsIpv4 && Frame[23] == 6 && Frame.Length >= 54;

    public bool IsUdp => IsIpv4 && Frame[23] == 17;

    /// <summary>The TCP header lies inside the packet.</summary>
    public bool IsWholeTcp => IsTcp && (Frame[46] >> 4) is >= 5 and var words && 34 + (words * 4) <= 14 + Word(16);

    public uint From => Long(26);

    public uint To => Long(30);

    public ushort FromPort => Word(34);

    public ushort ToPort => Word(36);

    public uint Sequence => Long(38);

    public uint Acknowledged => Long(42);

    public byte Flags => Frame[47];

    public bool Has(byte flags) => IsTcp && (Flags & flags) == flags;

    /// <summary>Data of a TCP segment or UDP datagram.</summary>
    public byte[] Payload
    {
        get
        {
            var start = IsTcp ? 34 + ((Frame[46] >> 4) * 4) : 42;
            var end = 14 + Word(16);
            return start <= end && end <= Frame.Length ? Frame[start..end] : [];
        }
    }

    public ushort ArpOperation => Word(20);

    public ulong ArpSenderMac => Mac(22);

    public uint ArpSender => Long(28);

    public uint ArpTarget => Long(38);

    /// <summary>Bytes behind what the frame declares are there, and are not the zeros that a wire needs.</summary>
    public bool HasUndeclared
    {
        get
        {
            var declared = IsArp ? 42 : IsIpv4 ? 14 + Word(16) : Frame.Length;
            return declared > Frame.Length || Frame.Length > Math.Max(60, declared) || Frame.AsSpan(declared).ContainsAnyExcept((byte)0);
        }
    }

    /// <summary>How far the segment moves the sequence.</summary>
    public uint Length => (uint)Payload.Length + ((Flags & Crafted.Syn) != 0 ? 1u : 0) + ((Flags & Crafted.Fin) != 0 ? 1u : 0);

    private ushort Word(int offset) => BinaryPrimitives.ReadUInt16BigEndian(Frame.AsSpan(offset));

    private uint Long(int offset) => BinaryPrimitives.ReadUInt32BigEndian(Frame.AsSpan(offset));

    private ulong Mac(int offset) => ((ulong)Word(offset) << 32) | Long(offset + 2);
}
