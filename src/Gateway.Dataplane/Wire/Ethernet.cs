using System.Buffers.Binary;
using Gateway.Core.Net;

namespace Gateway.Dataplane.Wire;

/// <summary>An Ethernet frame as the kernel hands it over: without preamble and frame check sequence, and with the outermost VLAN tag
/// taken out (IEEE Std 802.3-2022, clause 3.2).</summary>
/// <remarks><code>
///   0             6            12     14
///  +-------------+-------------+------+----------------------------+
///  | destination | source      | type | payload, padded to 46      |
///  +-------------+-------------+------+----------------------------+
/// </code></remarks>
public readonly ref struct EthernetView
{
    /// <summary>Header length, in bytes.</summary>
    public const int HeaderBytes = 14;

    /// <summary>Shortest frame on a wire without its check sequence, in bytes (clause 4.4.2: minFrameSize 64 less 4).</summary>
    public const int LeastFrameBytes = 60;

    private const int DestinationOffset = 0;
    private const int SourceOffset = 6;
    private const int TypeOffset = 12;

    private readonly ReadOnlySpan<byte> _frame;

    private EthernetView(ReadOnlySpan<byte> frame) => _frame = frame;

    public MacAddress Destination => MacAddress.Read(_frame[DestinationOffset..]);

    public MacAddress Source => MacAddress.Read(_frame[SourceOffset..]);

    /// <summary>An <see cref="Ethertype"/>, or a length where <see cref="IsLength"/>.</summary>
    public ushort Type => BinaryPrimitives.ReadUInt16BigEndian(_frame[TypeOffset..]);

    /// <summary>The type field is an IEEE 802.3 length (or one of the undefined values 1501 to 1535): LLC or SNAP follows, not a type.</summary>
    public bool IsLength => Type < Ethertype.Least;

    /// <summary>Everything after the header, padding included: Ethernet II does not say where the padding begins.</summary>
    public ReadOnlySpan<byte> Payload => _frame[HeaderBytes..];

    /// <returns>False only when the frame has no whole header.</returns>
    public static bool TryParse(ReadOnlySpan<byte> frame, out EthernetView view)
    {
        var fits = frame.Length >= HeaderBytes;
        view = fits ? new EthernetView(frame) : default;
        return fits;
    }

    /// <summary>Writes a header to the start of <paramref name="frame"/>, which has at least <see cref="HeaderBytes"/> bytes.</summary>
    /// <returns>Bytes written.</returns>
    public static int Emit(Span<byte> frame, MacAddress destination, MacAddress source, ushort type)
    {
        destination.Write(frame[DestinationOffset..]);
        source.Write(frame[SourceOffset..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[TypeOffset..], type);
        return HeaderBytes;
    }
}
