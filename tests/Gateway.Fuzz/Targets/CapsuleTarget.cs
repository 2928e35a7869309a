using System.Buffers;
using System.IO.Pipelines;
using Gateway.Core.Fabric;
using Gateway.Corridor.Client;

namespace Gateway.Fuzz.Targets;

/// <summary>The bytes as a stream of capsules, once whole and once in pieces: the bytes that come out must be the same.</summary>
internal static class CapsuleTarget
{
    private const int PieceBytes = 3;
    private const int ReadBytes = 7;

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var bytes = data.ToArray();
        if (CorridorWireCapsule.TryReadHeader(new ReadOnlySequence<byte>(bytes), out _, out _, out var headerBytes))
            Promise.Keep(headerBytes is >= 2 and <= CorridorWireCapsule.MaxHeaderBytes && headerBytes <= bytes.Length, "a header lies inside the bytes");
        else
            Promise.Keep(bytes.Length < CorridorWireCapsule.MaxHeaderBytes, "the longest header is always read");
        var whole = ReadAll(new ReadOnlySequence<byte>(bytes));
        var pieces = ReadAll(Pieces.Of(bytes, PieceBytes));
        Promise.Keep(whole.Ended == pieces.Ended && whole.Bytes.SequenceEqual(pieces.Bytes), "the stream does not depend on how it was cut");
        Promise.Keep(whole.Bytes.Count <= bytes.Length, "nothing is made up");
    }

    /// <summary>The bytes inside, and whether their end was told.</summary>
    private static (List<byte> Bytes, bool Ended) ReadAll(in ReadOnlySequence<byte> bytes)
    {
        var read = new List<byte>();
        using var stream = new CapsuleStream(PipeReader.Create(bytes), Stream.Null, new NoCarrier());
        var buffer = new byte[ReadBytes];
        try
        {
            // Nothing is waited for: all bytes are there.
            while (stream.ReadAsync(buffer).AsTask().GetAwaiter().GetResult() is > 0 and var count)
                read.AddRange(buffer.AsSpan(0, count));
            return (read, true);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return (read, false);
        }
    }

    private sealed class NoCarrier : ICapsuleCarrier
    {
        public void Abort()
        {
        }

        public ValueTask CloseAsync(bool inOrder) => ValueTask.CompletedTask;
    }
}
