using System.Buffers;
using Gateway.Core.Fabric;

namespace Gateway.Fuzz.Targets;

/// <summary>The two frames of a door, each read from the same bytes.</summary>
internal static class DoorTarget
{
    private const int PieceBytes = 5;

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var bytes = data.ToArray();
        var request = ReadRequest(new ReadOnlySequence<byte>(bytes));
        Promise.Keep((request is null) == (ReadRequest(Pieces.Of(bytes, PieceBytes)) is null), "a request does not depend on how the stream was cut");
        if (request is not null)
        {
            var again = ReadRequest(new ReadOnlySequence<byte>(CorridorWireDoor.Encode(request)));
            Promise.Keep(again is not null && again.Groups.SequenceEqual(request.Groups) && (again with { Groups = request.Groups }) == request, "what was read writes back equal");
        }
        if (ReadAnswer(new ReadOnlySequence<byte>(bytes)) is { } answer)
            Promise.Keep(ReadAnswer(new ReadOnlySequence<byte>(CorridorWireDoor.Encode(answer))) == answer, "what was read writes back equal");
    }

    private static DoorRequest? ReadRequest(in ReadOnlySequence<byte> bytes)
    {
        try
        {
            if (!CorridorWireDoor.TryDecode(bytes, out DoorRequest? request, out var consumed))
                return null;
            Promise.Keep(consumed is > CorridorWireDoor.LengthBytes and <= CorridorWireDoor.LengthBytes + CorridorWireDoor.MaxFrameBytes
                && consumed <= bytes.Length, "a frame lies inside the bytes");
            Promise.Keep(request is { Port: > 0, Groups.Count: <= CorridorWireDoor.MaxGroups }, "a request is bounded");
            return request;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static DoorAnswer? ReadAnswer(in ReadOnlySequence<byte> bytes)
    {
        try
        {
            return CorridorWireDoor.TryDecode(bytes, out DoorAnswer? answer, out _) ? answer : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
