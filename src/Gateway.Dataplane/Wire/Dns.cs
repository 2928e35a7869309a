using System.Buffers.Binary;

namespace Gateway.Dataplane.Wire;

/// <summary>Why bytes are no DNS message.</summary>
public enum DnsError : byte
{
    None = 0,

    /// <summary>Fewer than 12 bytes.</summary>
    TooShort = 1,

    /// <summary>More questions and records than <see cref="DnsView.MaxRecords"/>.</summary>
    TooManyRecords = 2,

    /// <summary>A name that leaves the message, is too long, or has a pointer that does not lead further back.</summary>
    Name = 3,

    /// <summary>A question or record that ends beyond the message.</summary>
    Overrun = 4,

    /// <summary>Data that its type cannot have.</summary>
    Data = 5,
}

/// <summary>Record types that the gateway reads (RFC 1035, section 3.2.2; RFC 2782; RFC 3596).</summary>
public enum DnsType : ushort
{
    None = 0,
    Address = 1,
    Pointer = 12,
    Text = 16,
    Ipv6Address = 28,
    Service = 33,
}

/// <summary>A DNS or multicast DNS message (RFC 1035, section 4.1; RFC 6762, section 18), checked to its last record.</summary>
/// <remarks><code>
///   0     2       4         6         8         10        12
///  +-----+-------+---------+---------+---------+---------+-----------+---------
///  | id  | flags | QDCOUNT | ANCOUNT | NSCOUNT | ARCOUNT | questions | records
///  +-----+-------+---------+---------+---------+---------+-----------+---------
///  question: name, type 2, class 2.   record: name, type 2, class 2, ttl 4, length 2, data.
/// </code></remarks>
public readonly ref struct DnsView
{
    public const int HeaderBytes = 12;

    /// <summary>Questions and records in one message. The smallest record has 11 bytes, so a frame of 1,500 bytes cannot hold more
    /// than 134; the bound keeps the work small for larger ones too.</summary>
    public const int MaxRecords = 256;

    public const ushort MulticastPort = 5353;

    private const int IdOffset = 0;
    private const int FlagsOffset = 2;
    private const int QuestionCountOffset = 4;
    private const int AnswerCountOffset = 6;
    private const int AuthorityCountOffset = 8;
    private const int AdditionalCountOffset = 10;
    private const int ResponseFlag = 0x8000;
    private const int QuestionTailBytes = 4;

    private readonly ReadOnlySpan<byte> _message;
    private readonly int _recordsOffset;

    private DnsView(ReadOnlySpan<byte> message, int recordsOffset)
    {
        _message = message;
        _recordsOffset = recordsOffset;
    }

    public ushort Id => BinaryPrimitives.ReadUInt16BigEndian(_message[IdOffset..]);

    public bool IsResponse => (BinaryPrimitives.ReadUInt16BigEndian(_message[FlagsOffset..]) & ResponseFlag) != 0;

    public int QuestionCount => BinaryPrimitives.ReadUInt16BigEndian(_message[QuestionCountOffset..]);

    /// <summary>Answers, authorities and additional records together.</summary>
    public int RecordCount => CountRecords(_message);

    /// <summary>Answers, then authorities, then additional records.</summary>
    public DnsRecordReader Records => new(_message, _recordsOffset, RecordCount);

    /// <param name="message">Payload of the UDP datagram.</param>
    /// <param name="view">The message; empty on an error.</param>
    /// <param name="error">The first thing that is wrong.</param>
    public static bool TryParse(ReadOnlySpan<byte> message, out DnsView view, out DnsError error)
    {
        view = default;
        error = DnsError.TooShort;
        if (message.Length < HeaderBytes)
            return false;
        var questions = BinaryPrimitives.ReadUInt16BigEndian(message[QuestionCountOffset..]);
        var records = CountRecords(message);
        error = DnsError.TooManyRecords;
        if (questions + records > MaxRecords)
            return false;
        error = SkipQuestions(message, questions, out var recordsOffset);
        if (error != DnsError.None)
            return false;
        error = DnsRecord.CheckAll(message, recordsOffset, records);
        if (error != DnsError.None)
            return false;
        view = new DnsView(message, recordsOffset);
        return true;
    }

    private static int CountRecords(ReadOnlySpan<byte> message) =>
        BinaryPrimitives.ReadUInt16BigEndian(message[AnswerCountOffset..])
        + BinaryPrimitives.ReadUInt16BigEndian(message[AuthorityCountOffset..])
        + BinaryPrimitives.ReadUInt16BigEndian(message[AdditionalCountOffset..]);

    private static DnsError SkipQuestions(ReadOnlySpan<byte> message, int count, out int end)
    {
        end = HeaderBytes;
        for (var i = 0; i < count; i++)
        {
            if (!DnsName.TryMeasure(message, end, out var nameBytes))
                return DnsError.Name;
            end += nameBytes + QuestionTailBytes;
            if (end > message.Length)
                return DnsError.Overrun;
        }
        return DnsError.None;
    }
}

/// <summary>Steps through the records of a checked message.</summary>
public ref struct DnsRecordReader
{
    private readonly ReadOnlySpan<byte> _message;
    private int _at;
    private int _left;

    internal DnsRecordReader(ReadOnlySpan<byte> message, int at, int count)
    {
        _message = message;
        _at = at;
        _left = count;
    }

    /// <returns>False after the last record.</returns>
    public bool TryRead(out DnsRecord record)
    {
        record = default;
        if (_left == 0)
            return false;
        _left--;
        DnsName.TryMeasure(_message, _at, out var nameBytes);
        record = new DnsRecord(_message, _at, nameBytes);
        _at = record.End;
        return true;
    }
}
