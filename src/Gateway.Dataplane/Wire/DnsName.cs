using System.Buffers.Binary;
using System.Text;

namespace Gateway.Dataplane.Wire;

/// <summary>A domain name inside a message, with compression (RFC 1035, sections 3.1 and 4.1.4). Made only of names that were checked
/// by <see cref="TryMeasure"/>.</summary>
/// <remarks><code>
///  +----+--------+----------+     00 length: label of 1 to 63 bytes; 0 ends the name
///  | 2b | 6 bit  | bytes    |     11: with the next byte, offset in the message where the name goes on
///  +----+--------+----------+     01, 10: reserved
/// </code></remarks>
public readonly ref struct DnsName
{
    /// <summary>Longest name, lengths and the final zero included (RFC 1035, section 2.3.4).</summary>
    public const int MaxNameBytes = 255;

    /// <summary>Pointers followed in one name. A writer needs one for each label it shares with an earlier name; 32 is more than any
    /// announcement has, and each must point further back, so there is no loop anyway.</summary>
    public const int MaxPointers = 32;

    private const int PointerBits = 0xC0;
    private const int PointerOffsetMask = 0x3FFF;
    private const int PointerBytes = 2;

    private readonly ReadOnlySpan<byte> _message;
    private readonly int _offset;

    internal DnsName(ReadOnlySpan<byte> message, int offset)
    {
        _message = message;
        _offset = offset;
    }

    /// <summary>Labels from the left.</summary>
    public DnsLabelReader Labels => new(_message, _offset);

    /// <summary>Number of labels, 0 for the root.</summary>
    public int LabelCount
    {
        get
        {
            var count = 0;
            var labels = Labels;
            while (labels.TryRead(out _))
                count++;
            return count;
        }
    }

    /// <summary>Whether this is the given name, written with dots, without regard to ASCII case (RFC 4343).</summary>
    public bool Is(ReadOnlySpan<byte> dotted)
    {
        var labels = Labels;
        foreach (var part in dotted.Split((byte)'.'))
        {
            if (!labels.TryRead(out var label) || !Ascii.EqualsIgnoreCase(dotted[part], label))
                return false;
        }
        return !labels.TryRead(out _);
    }

    /// <summary>Checks a name and tells how many bytes it takes where it stands, up to its end or its first pointer.</summary>
    /// <returns>False for a reserved label type, a name that leaves the message or is too long, or a pointer that does not lead further back.</returns>
    internal static bool TryMeasure(ReadOnlySpan<byte> message, int offset, out int lengthBytes)
    {
        lengthBytes = 0;
        var nameBytes = 0;
        var pointers = 0;
        var at = offset;
        var start = offset;
        while ((uint)at < (uint)message.Length)
        {
            int head = message[at];
            if ((head & PointerBits) == PointerBits)
            {
                if (at + PointerBytes > message.Length || ++pointers > MaxPointers)
                    return false;
                var target = BinaryPrimitives.ReadUInt16BigEndian(message[at..]) & PointerOffsetMask;
                if (pointers == 1)
                    lengthBytes = at + PointerBytes - offset;
                if (target >= start || target < DnsView.HeaderBytes)
                    return false;
                start = at = target;
                continue;
            }
            nameBytes += 1 + head;
            if ((head & PointerBits) != 0 || nameBytes > MaxNameBytes)
                return false;
            at += 1 + head;
            if (head == 0)
            {
                if (pointers == 0)
                    lengthBytes = at - offset;
                return true;
            }
        }
        return false;
    }

    /// <summary>Follows pointers from <paramref name="at"/> in a checked name to the next length byte.</summary>
    internal static int Follow(ReadOnlySpan<byte> message, int at)
    {
        while ((message[at] & PointerBits) == PointerBits)
            at = BinaryPrimitives.ReadUInt16BigEndian(message[at..]) & PointerOffsetMask;
        return at;
    }
}

/// <summary>Steps through the labels of a checked name.</summary>
public ref struct DnsLabelReader
{
    private readonly ReadOnlySpan<byte> _message;
    private int _at;

    internal DnsLabelReader(ReadOnlySpan<byte> message, int at)
    {
        _message = message;
        _at = at;
    }

    /// <param name="label">1 to 63 bytes, in mDNS UTF-8 (RFC 6762, section 16).</param>
    /// <returns>False at the end of the name.</returns>
    public bool TryRead(out ReadOnlySpan<byte> label)
    {
        label = default;
        if (_message.IsEmpty)
            return false;
        _at = DnsName.Follow(_message, _at);
        int length = _message[_at];
        if (length == 0)
            return false;
        label = _message.Slice(_at + 1, length);
        _at += 1 + length;
        return true;
    }
}
