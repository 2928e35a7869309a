using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Gateway.Core.Fabric;

/// <summary>What the hub tells a gateway through a door: who wants to reach the device.</summary>
/// <param name="Flow">Number of the flow in the hub's records, hexadecimal.</param>
/// <param name="Caller">Authenticated identity of the caller, a SPIFFE id.</param>
/// <param name="Name">Its short name, for people.</param>
/// <param name="Groups">Groups the hub asserts for it.</param>
/// <param name="Fingerprint">SHA-256 of the certificate it showed, lower-case hexadecimal.</param>
/// <param name="Port">TCP port at the device.</param>
public sealed record DoorRequest(
    string Flow, string Caller, string Name, IReadOnlyList<string> Groups, string Fingerprint, ushort Port);

/// <summary>What the gateway answers.</summary>
/// <param name="Accept">Bytes may follow.</param>
/// <param name="Reason">Why not, for the caller; empty when accepted.</param>
/// <param name="Unreachable">Refused not by policy, but because the device did not answer.</param>
public sealed record DoorAnswer(bool Accept, string Reason = "", bool Unreachable = false);

/// <summary>Frames on a door before bytes flow: a 16-bit length in network order, then so many bytes of JSON.
/// <code>
///   0        1        2                     2+length
///   +--------+--------+---------------------+
///   | length (BE)     | JSON object, UTF-8  |
///   +--------+--------+---------------------+
/// </code></summary>
public static class CorridorWireDoor
{
    public const int LengthBytes = 2;

    /// <summary>Longest JSON text. A caller in <see cref="MaxGroups"/> groups with the longest names needs about 2,600 bytes.</summary>
    public const int MaxFrameBytes = 4096;

    /// <summary>Most groups of one caller.</summary>
    public const int MaxGroups = 32;

    /// <summary>Longest reason, in characters; longer ones are cut when written and refused when read.</summary>
    public const int MaxReasonLength = 512;

    /// <summary>Longest identity read: <c>spiffe://</c>, a site of 255 and a path of two names.</summary>
    private const int MaxTextLength = 512;

    public static byte[] Encode(DoorRequest request) => Encode(request, CorridorWireJson.Default.DoorRequest);

    public static byte[] Encode(DoorAnswer answer)
    {
        var cut = answer.Reason.Length > MaxReasonLength ? answer with { Reason = answer.Reason[..MaxReasonLength] } : answer;
        return Encode(cut, CorridorWireJson.Default.DoorAnswer);
    }

    /// <summary>Reads the first frame.</summary>
    /// <returns>False when more bytes are needed.</returns>
    /// <exception cref="InvalidDataException">The frame is empty, too long, not such an object, or a value is out of bounds.</exception>
    public static bool TryDecode(ReadOnlySequence<byte> bytes, out DoorRequest? request, out int consumed)
    {
        if (!TryDecode(bytes, CorridorWireJson.Default.DoorRequest, out request, out consumed))
            return false;
        if (request!.Groups.Count > MaxGroups)
            throw new InvalidDataException($"groups: {request.Groups.Count}; at most {MaxGroups}");
        if (request.Port == 0)
            throw new InvalidDataException("port: 0; a port is 1 to 65535");
        foreach (var text in (IEnumerable<string?>)[request.Flow, request.Caller, request.Name, request.Fingerprint, .. request.Groups])
        {
            if (text is null || text.Length is 0 or > MaxTextLength)
                throw new InvalidDataException($"a text of {text?.Length ?? 0} characters; 1 to {MaxTextLength} are right");
        }
        return true;
    }

    /// <inheritdoc cref="TryDecode(ReadOnlySequence{byte}, out DoorRequest, out int)"/>
    public static bool TryDecode(ReadOnlySequence<byte> bytes, out DoorAnswer? answer, out int consumed)
    {
        if (!TryDecode(bytes, CorridorWireJson.Default.DoorAnswer, out answer, out consumed))
            return false;
        if (answer!.Reason is null || answer.Reason.Length > MaxReasonLength)
            throw new InvalidDataException($"reason: {answer.Reason?.Length ?? 0} characters; at most {MaxReasonLength}");
        return true;
    }

    private static byte[] Encode<T>(T value, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        if (json.Length > MaxFrameBytes)
            throw new InvalidDataException($"a door frame of {json.Length} bytes; at most {MaxFrameBytes}");
        var frame = new byte[LengthBytes + json.Length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)json.Length);
        json.CopyTo(frame, LengthBytes);
        return frame;
    }

    private static bool TryDecode<T>(ReadOnlySequence<byte> bytes, JsonTypeInfo<T> type, out T? value, out int consumed)
        where T : class
    {
        (value, consumed) = (null, 0);
        if (bytes.Length < LengthBytes)
            return false;
        Span<byte> prefix = stackalloc byte[LengthBytes];
        bytes.Slice(0, LengthBytes).CopyTo(prefix);
        var length = BinaryPrimitives.ReadUInt16BigEndian(prefix);
        if (length is 0 or > MaxFrameBytes)
            throw new InvalidDataException($"a door frame of {length} bytes; 1 to {MaxFrameBytes} are right");
        if (bytes.Length < LengthBytes + length)
            return false;
        // In one piece: over several, Utf8JsonReader of .NET 10 reads past the end of a misspelt literal (IndexOutOfRangeException).
        var json = bytes.Slice(LengthBytes, length);
        var reader = new Utf8JsonReader(json.IsSingleSegment ? json.FirstSpan : json.ToArray());
        try
        {
            value = JsonSerializer.Deserialize(ref reader, type) ?? throw new InvalidDataException("a door frame holds null");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"a door frame is not such an object: {e.Message}", e);
        }
        consumed = LengthBytes + length;
        return true;
    }
}
