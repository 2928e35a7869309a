using System.Buffers;
using System.IO.Pipelines;
using Gateway.Core.Control;

namespace Gateway.Fuzz.Targets;

/// <summary>The bytes as a connection, once whole and once in pieces: the messages must be the same.</summary>
internal static class ControlFrameReaderTarget
{
    private const int PieceBytes = 3;

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var bytes = data.ToArray();
        var (whole, ended) = ReadAll(new ReadOnlySequence<byte>(bytes));
        var (pieces, endedToo) = ReadAll(Pieces.Of(bytes, PieceBytes));
        Promise.Keep(ended == endedToo && whole.SequenceEqual(pieces), "messages do not depend on how the stream was cut");
        var left = new ReadOnlySequence<byte>(bytes);
        var cut = 0L;
        try
        {
            while (ControlFrameReader.TryCut(ref left, out var frame))
                cut += frame.Length;
        }
        catch (InvalidDataException)
        {
            // A length that cannot be: the place in the stream is lost.
        }
        Promise.Keep(cut + left.Length == bytes.Length, "no byte is lost or read twice");
    }

    /// <summary>The messages as bytes, and whether the stream ended after a whole one.</summary>
    private static (List<string> Messages, bool Ended) ReadAll(ReadOnlySequence<byte> bytes)
    {
        var messages = new List<string>();
        var reader = new ControlFrameReader(PipeReader.Create(bytes));
        try
        {
            // Nothing is waited for: all bytes are there.
            while (reader.ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult() is { } message)
                messages.Add(Convert.ToHexString(ControlCodec.Encode(message)));
            return (messages, true);
        }
        catch (InvalidDataException)
        {
            return (messages, false);
        }
    }
}
