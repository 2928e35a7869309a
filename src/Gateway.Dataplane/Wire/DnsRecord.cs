using System.Buffers.Binary;
using Gateway.Core.Net;

namespace Gateway.Dataplane.Wire;

/// <summary>One record of a checked message (RFC 1035, section 4.1.3).</summary>
/// <remarks><code>
///  +------+------+-------+-----+--------+------+
///  | name | type | class | ttl | length | data |
///  |      |  2   |   2   |  4  |   2    |      |
///  +------+------+-------+-----+--------+------+
/// </code></remarks>
public readonly ref struct DnsRecord
{
    private const int TypeOffset = 0;
    private const int ClassOffset = 2;
    private const int TimeToLiveOffset = 4;
    private const int LengthOffset = 8;
    private const int FixedBytes = 10;

    /// <summary>Priority, weight and port before the target of a service record (RFC 2782).</summary>
    private const int ServiceFixedBytes = 6;
    private const int ServicePortOffset = 4;
    private const int Ipv6AddressBytes = 16;
    private const ushort CacheFlushBit = 0x8000;

    private readonly ReadOnlySpan<byte> _message;
    private readonly int _nameOffset;
    private readonly int _fixedOffset;

    internal DnsRecord(ReadOnlySpan<byte> message, int nameOffset, int nameBytes)
    {
        _message = message;
        _nameOffset = nameOffset;
        _fixedOffset = nameOffset + nameBytes;
    }

    public DnsName Name => new(_message, _nameOffset);

    /// <summary>One of <see cref="DnsType"/>, or any other number.</summary>
    public DnsType Type => (DnsType)BinaryPrimitives.ReadUInt16BigEndian(_message[(_fixedOffset + TypeOffset)..]);

    /// <summary>Without the cache-flush bit; 1 is Internet.</summary>
    public ushort Class => (ushort)(ClassField & ~CacheFlushBit);

    /// <summary>The sender owns the name alone (RFC 6762, section 10.2).</summary>
    public bool CacheFlush => (ClassField & CacheFlushBit) != 0;

    /// <summary>0 takes the record back (RFC 6762, section 10.1).</summary>
    public uint TimeToLiveSeconds => BinaryPrimitives.ReadUInt32BigEndian(_message[(_fixedOffset + TimeToLiveOffset)..]);

    public ReadOnlySpan<byte> Data => _message[DataOffset..End];

    /// <summary>The strings of a text record; none for any other type.</summary>
    public DnsTextReader Texts => Type == DnsType.Text ? new DnsTextReader(Data) : default;

    /// <summary>Offset of what follows the record.</summary>
    internal int End => DataOffset + BinaryPrimitives.ReadUInt16BigEndian(_message[(_fixedOffset + LengthOffset)..]);

    private int DataOffset => _fixedOffset + FixedBytes;

    private ushort ClassField => BinaryPrimitives.ReadUInt16BigEndian(_message[(_fixedOffset + ClassOffset)..]);

    /// <returns>False for any type but <see cref="DnsType.Address"/>.</returns>
    public bool TryGetAddress(out Ipv4Address address)
    {
        var fits = Type == DnsType.Address;
        address = fits ? Ipv4Address.Read(Data) : default;
        return fits;
    }

    /// <summary>The name that a pointer or service record leads to.</summary>
    /// <returns>False for any other type.</returns>
    public bool TryGetTarget(out DnsName target)
    {
        var type = Type;
        var offset = DataOffset + (type == DnsType.Service ? ServiceFixedBytes : 0);
        var fits = type is DnsType.Pointer or DnsType.Service;
        target = fits ? new DnsName(_message, offset) : default;
        return fits;
    }

    /// <returns>False for any type but <see cref="DnsType.Service"/>.</returns>
    public bool TryGetPort(out ushort port)
    {
        var fits = Type == DnsType.Service;
        port = fits ? BinaryPrimitives.ReadUInt16BigEndian(Data[ServicePortOffset..]) : (ushort)0;
        return fits;
    }

    internal static DnsError CheckAll(ReadOnlySpan<byte> message, int offset, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var error = Check(message, offset, out offset);
            if (error != DnsError.None)
                return error;
        }
        return DnsError.None;
    }

    private static DnsError Check(ReadOnlySpan<byte> message, int offset, out int end)
    {
        end = offset;
        if (!DnsName.TryMeasure(message, offset, out var nameBytes))
            return DnsError.Name;
        if (message.Length - offset - nameBytes < FixedBytes)
            return DnsError.Overrun;
        var record = new DnsRecord(message, offset, nameBytes);
        end = record.End;
        if (end > message.Length)
            return DnsError.Overrun;
        return record.DataFits() ? DnsError.None : DnsError.Data;
    }

    private bool DataFits() => Type switch
    {
        DnsType.Address => Data.Length == Ipv4Address.LengthBytes,
        DnsType.Ipv6Address => Data.Length == Ipv6AddressBytes,
        DnsType.Pointer => IsName(DataOffset),
        DnsType.Service => Data.Length > ServiceFixedBytes && IsName(DataOffset + ServiceFixedBytes),
        DnsType.Text => DnsTextReader.Fits(Data),
        _ => true,
    };

    private bool IsName(int offset) => DnsName.TryMeasure(_message, offset, out var length) && offset + length == End;
}

/// <summary>Steps through the strings of a text record: length byte, bytes (RFC 1035, section 3.3.14).</summary>
public ref struct DnsTextReader
{
    private ReadOnlySpan<byte> _left;

    internal DnsTextReader(ReadOnlySpan<byte> data) => _left = data;

    /// <param name="text">0 to 255 bytes, usually <c>key=value</c> (RFC 6763, section 6.3).</param>
    /// <returns>False after the last one.</returns>
    public bool TryRead(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (_left.IsEmpty)
            return false;
        text = _left.Slice(1, _left[0]);
        _left = _left[(1 + text.Length)..];
        return true;
    }

    /// <summary>Whether the strings end where the data ends.</summary>
    internal static bool Fits(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (data[0] >= data.Length)
                return false;
            data = data[(1 + data[0])..];
        }
        return true;
    }
}
