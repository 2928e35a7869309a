using System.Buffers.Binary;

namespace Gateway.Dataplane.Wire;

/// <summary>Why TCP options are refused.</summary>
public enum TcpOptionError : byte
{
    None = 0,

    /// <summary>A length of 0 or 1, which would never move on.</summary>
    LengthTooSmall = 1,

    /// <summary>An option without its length byte, or longer than the bytes that are left.</summary>
    Overrun = 2,

    /// <summary>A known kind with a length it cannot have.</summary>
    LengthWrong = 3,

    /// <summary>A kind that is not on the list.</summary>
    UnknownKind = 4,

    /// <summary>The same kind twice.</summary>
    Repeated = 5,

    /// <summary>Bytes other than zero behind the end of the list (RFC 9293, section 3.1: "padding is composed of zeros").</summary>
    PaddingNotZero = 6,
}

/// <summary>Option kinds that the gateway knows (IANA, "TCP Option Kind Numbers"); all others are refused.</summary>
public enum TcpOptionKind : byte
{
    End = 0,
    NoOperation = 1,

    /// <summary>RFC 9293, section 3.2. Length 4.</summary>
    MaxSegment = 2,

    /// <summary>RFC 7323, section 2.2. Length 3.</summary>
    WindowScale = 3,

    /// <summary>RFC 2018, section 2. Length 2.</summary>
    SackPermitted = 4,

    /// <summary>RFC 2018, section 3. Length 2 + 8 n, n from 1 to 4.</summary>
    Sack = 5,

    /// <summary>RFC 7323, section 3.2. Length 10.</summary>
    Timestamps = 8,
}

/// <summary>The options of one segment, each at most once and with exactly the length its standard gives (RFC 9293, section 3.1).</summary>
/// <remarks><code>
///  +------+        +------+--------+-----------------+
///  | kind |   or   | kind | length | length - 2      |
///  +------+        +------+--------+-----------------+
/// </code></remarks>
public readonly ref struct TcpOptions
{
    public const int MaxSegmentOptionBytes = 4;

    private const int KindOffset = 0;
    private const int LengthOffset = 1;
    private const int ValueOffset = 2;
    private const int WindowScaleOptionBytes = 3;
    private const int TimestampsOptionBytes = 10;
    private const int SackBlockBytes = 8;
    private const int MaxSackBlocks = 4;

    private readonly int _seen;
    private readonly ReadOnlySpan<byte> _sack;

    private TcpOptions(scoped ref TcpOptionReader reader, out TcpOptionError error)
    {
        while (reader.TryRead(out var kind, out var value))
        {
            var bit = 1 << (int)kind;
            if ((_seen & bit) != 0)
            {
                error = TcpOptionError.Repeated;
                return;
            }
            _seen |= bit;
            switch (kind)
            {
                case TcpOptionKind.MaxSegment: MaxSegmentBytes = BinaryPrimitives.ReadUInt16BigEndian(value); break;
                case TcpOptionKind.WindowScale: WindowScale = value[0]; break;
                case TcpOptionKind.Sack: _sack = value; break;
                case TcpOptionKind.Timestamps:
                    TimestampValue = BinaryPrimitives.ReadUInt32BigEndian(value);
                    TimestampEcho = BinaryPrimitives.ReadUInt32BigEndian(value[sizeof(uint)..]);
                    break;
                default: break;
            }
        }
        error = reader.Error;
    }

    public bool HasMaxSegment => Has(TcpOptionKind.MaxSegment);

    /// <summary>0 where there is no such option.</summary>
    public ushort MaxSegmentBytes { get; }

    public bool HasWindowScale => Has(TcpOptionKind.WindowScale);

    /// <summary>Bits to shift the window by, as sent; a value above 14 counts as 14 (RFC 7323, section 2.3).</summary>
    public byte WindowScale { get; }

    public bool SackPermitted => Has(TcpOptionKind.SackPermitted);

    public bool HasTimestamps => Has(TcpOptionKind.Timestamps);

    public uint TimestampValue { get; }

    public uint TimestampEcho { get; }

    /// <summary>Blocks of received bytes behind a gap, 0 to 4.</summary>
    public int SackBlockCount => _sack.Length / SackBlockBytes;

    /// <summary>First sequence number of block <paramref name="index"/>, below <see cref="SackBlockCount"/>.</summary>
    public uint SackLeft(int index) => BinaryPrimitives.ReadUInt32BigEndian(_sack[(index * SackBlockBytes)..]);

    /// <summary>Sequence number behind block <paramref name="index"/>, below <see cref="SackBlockCount"/>.</summary>
    public uint SackRight(int index) => BinaryPrimitives.ReadUInt32BigEndian(_sack[((index * SackBlockBytes) + sizeof(uint))..]);

    /// <param name="bytes"><see cref="TcpView.Options"/>, at most 40 bytes, so the work is bounded.</param>
    /// <param name="options">What they say; empty on an error.</param>
    /// <param name="error">The first thing that is wrong.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out TcpOptions options, out TcpOptionError error)
    {
        var reader = new TcpOptionReader(bytes);
        options = new TcpOptions(ref reader, out error);
        if (error != TcpOptionError.None)
            options = default;
        return error == TcpOptionError.None;
    }

    /// <summary>Writes one option of <see cref="MaxSegmentOptionBytes"/> bytes.</summary>
    internal static void EmitMaxSegment(Span<byte> option, ushort maxSegmentBytes)
    {
        option[KindOffset] = (byte)TcpOptionKind.MaxSegment;
        option[LengthOffset] = MaxSegmentOptionBytes;
        BinaryPrimitives.WriteUInt16BigEndian(option[ValueOffset..], maxSegmentBytes);
    }

    /// <summary>Lowers the announced segment size where it is larger.</summary>
    /// <returns>Whether it was.</returns>
    internal static bool TryLowerMaxSegment(Span<byte> options, ushort mostBytes)
    {
        for (var at = 0; at < options.Length && options[at] != (byte)TcpOptionKind.End;)
        {
            if (options[at] == (byte)TcpOptionKind.NoOperation)
            {
                at++;
                continue;
            }
            if (options.Length - at < 2 || options[at + LengthOffset] < 2 || options[at + LengthOffset] > options.Length - at)
                return false;
            if (options[at] == (byte)TcpOptionKind.MaxSegment && options[at + LengthOffset] == MaxSegmentOptionBytes)
            {
                var value = options.Slice(at + ValueOffset, sizeof(ushort));
                var isLarger = BinaryPrimitives.ReadUInt16BigEndian(value) > mostBytes;
                if (isLarger)
                    BinaryPrimitives.WriteUInt16BigEndian(value, mostBytes);
                return isLarger;
            }
            at += options[at + LengthOffset];
        }
        return false;
    }

    /// <summary>Whether an option of this kind may have this length; false for an unknown kind too.</summary>
    internal static bool LengthFits(TcpOptionKind kind, int lengthBytes) => kind switch
    {
        TcpOptionKind.MaxSegment => lengthBytes == MaxSegmentOptionBytes,
        TcpOptionKind.WindowScale => lengthBytes == WindowScaleOptionBytes,
        TcpOptionKind.SackPermitted => lengthBytes == ValueOffset,
        TcpOptionKind.Timestamps => lengthBytes == TimestampsOptionBytes,
        TcpOptionKind.Sack => lengthBytes > ValueOffset && (lengthBytes - ValueOffset) % SackBlockBytes == 0
            && lengthBytes <= ValueOffset + (MaxSackBlocks * SackBlockBytes),
        _ => false,
    };

    private bool Has(TcpOptionKind kind) => (_seen & (1 << (int)kind)) != 0;
}

/// <summary>Steps through option bytes, from one that is not padding to the next, and stops at the first error.</summary>
public ref struct TcpOptionReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    /// <summary>Why reading stopped; <see cref="TcpOptionError.None"/> at a proper end.</summary>
    public TcpOptionError Error { get; private set; }

    /// <param name="kind">A kind of <see cref="TcpOptionKind"/> that has a length.</param>
    /// <param name="value">Its bytes behind kind and length, of a length that fits the kind.</param>
    /// <returns>False at the end and at an error.</returns>
    public bool TryRead(out TcpOptionKind kind, out ReadOnlySpan<byte> value)
    {
        kind = TcpOptionKind.End;
        value = default;
        while (!_left.IsEmpty && _left[0] == (byte)TcpOptionKind.NoOperation)
            _left = _left[1..];
        if (_left.IsEmpty)
            return false;
        if (_left[0] == (byte)TcpOptionKind.End)
            return Stop(_left.ContainsAnyExcept((byte)0) ? TcpOptionError.PaddingNotZero : TcpOptionError.None);
        if (_left.Length < 2)
            return Stop(TcpOptionError.Overrun);
        kind = (TcpOptionKind)_left[0];
        int length = _left[1];
        var error = Check(kind, length, _left.Length);
        if (error != TcpOptionError.None)
            return Stop(error);
        value = _left[2..length];
        _left = _left[length..];
        return true;
    }

    private static TcpOptionError Check(TcpOptionKind kind, int length, int left)
    {
        if (length < 2)
            return TcpOptionError.LengthTooSmall;
        if (length > left)
            return TcpOptionError.Overrun;
        if (kind is not (TcpOptionKind.MaxSegment or TcpOptionKind.WindowScale or TcpOptionKind.SackPermitted
            or TcpOptionKind.Sack or TcpOptionKind.Timestamps))
            return TcpOptionError.UnknownKind;
        return TcpOptions.LengthFits(kind, length) ? TcpOptionError.None : TcpOptionError.LengthWrong;
    }

    private bool Stop(TcpOptionError error)
    {
        Error = error;
        _left = default;
        return false;
    }
}
