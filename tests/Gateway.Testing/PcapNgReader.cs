using System.Buffers.Binary;

namespace Gateway.Testing;

/// <summary>The blocks of pcapng that hold packets: enhanced, simple, and the obsolete packet block.</summary>
internal sealed class PcapNgReader(byte[] bytes)
{
    public const uint SectionHeader = 0x0A0D0D0A;

    private const uint ByteOrder = 0x1A2B3C4D;
    private const uint InterfaceBlock = 1;
    private const uint PacketBlock = 2;
    private const uint SimplePacketBlock = 3;
    private const uint EnhancedPacketBlock = 6;
    private const int ResolutionOption = 9;
    private const int LeastBlockBytes = 12;

    private readonly List<(int LinkType, double TicksPerUnit)> _interfaces = [];
    private bool _little = true;
    private int _number;

    public IEnumerable<CapturedFrame> Read()
    {
        for (var at = 0; at + LeastBlockBytes <= bytes.Length;)
        {
            if (U32(at) == SectionHeader)
            {
                _little = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)) == ByteOrder;
                _interfaces.Clear();
            }
            var length = U32(at + 4);
            if (length < LeastBlockBytes || length > bytes.Length - at)
                yield break;
            if (ReadBlock(U32(at), at + 8, at + (int)length - 4) is { } frame)
                yield return frame;
            at += (int)length;
        }
    }

    private CapturedFrame? ReadBlock(uint type, int body, int end)
    {
        switch (type)
        {
            case InterfaceBlock:
                _interfaces.Add((U16(body), TicksPerUnit(body + 8, end)));
                return null;
            case EnhancedPacketBlock:
                return Packet((int)U32(body), body + 4, end);
            case PacketBlock:
                return Packet(U16(body), body + 4, end);
            case SimplePacketBlock when _interfaces.Count > 0:
                var original = (int)U32(body);
                return Frame(_interfaces[0].LinkType, default, body + 4, Math.Min(original, end - body - 4), original);
            default:
                return null;
        }
    }

    private CapturedFrame? Packet(int link, int at, int end)
    {
        if (link >= _interfaces.Count)
            return null;
        var units = ((ulong)U32(at) << 32) | U32(at + 4);
        var when = DateTimeOffset.UnixEpoch.AddTicks((long)(units * _interfaces[link].TicksPerUnit));
        return Frame(_interfaces[link].LinkType, when, at + 16, Math.Min((int)U32(at + 8), end - at - 16), (int)U32(at + 12));
    }

    private CapturedFrame Frame(int linkType, DateTimeOffset at, int from, int kept, int length) =>
        new(++_number, linkType, at, bytes[from..(from + kept)], length);

    /// <summary>Option 9 of an interface: 10^-n, or 2^-n with the high bit; microseconds without it.</summary>
    private double TicksPerUnit(int at, int end)
    {
        while (at + 4 <= end && U16(at) != 0)
        {
            if (U16(at) == ResolutionOption)
                return TimeSpan.TicksPerSecond * ((bytes[at + 4] & 0x80) != 0 ? Math.Pow(2, -(bytes[at + 4] & 0x7F)) : Math.Pow(10, -bytes[at + 4]));
            at += 4 + ((U16(at + 2) + 3) & ~3);
        }
        return TimeSpan.TicksPerMicrosecond;
    }

    private uint U32(int at) => CaptureFile.U32(bytes, at, _little);

    private int U16(int at) => _little
        ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at))
        : BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at));
}
