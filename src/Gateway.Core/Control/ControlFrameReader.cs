using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace Gateway.Core.Control;

/// <summary>Cuts a byte stream into control messages. One reader per connection; not for several threads at once. After an exception the
/// place in the stream is lost: close the connection.</summary>
public sealed class ControlFrameReader(PipeReader input) : IAsyncDisposable
{
    private const int LengthBytes = 4;

    /// <param name="input">The connection; it is left open.</param>
    public ControlFrameReader(Stream input)
        : this(PipeReader.Create(input, new StreamPipeReaderOptions(leaveOpen: true)))
    {
    }

    /// <summary>The next message; null when the other side closed after a whole one.</summary>
    /// <exception cref="InvalidDataException">The bytes are no message, the message is too long, or the stream ends inside it.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<ControlMessage?> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancel).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (TryCut(ref buffer, out var frame))
            {
                var message = Decode(frame);
                input.AdvanceTo(buffer.Start);
                return message;
            }
            if (result.IsCompleted)
            {
                var left = buffer.Length;
                input.AdvanceTo(buffer.End);
                return left == 0 ? null : throw new InvalidDataException($"the connection ended inside a message, after {left} of its bytes");
            }
            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Cuts the first whole frame off <paramref name="bytes"/>.</summary>
    /// <returns>False when there is no whole frame yet.</returns>
    /// <exception cref="InvalidDataException">The length in its header cannot be.</exception>
    public static bool TryCut(ref ReadOnlySequence<byte> bytes, out ReadOnlySequence<byte> frame)
    {
        frame = default;
        if (bytes.Length < LengthBytes)
            return false;
        Span<byte> header = stackalloc byte[LengthBytes];
        bytes.Slice(0, LengthBytes).CopyTo(header);
        var whole = LengthBytes + ControlCodec.CheckLength(BinaryPrimitives.ReadUInt32LittleEndian(header));
        if (bytes.Length < whole)
            return false;
        frame = bytes.Slice(0, whole);
        bytes = bytes.Slice(whole);
        return true;
    }

    public ValueTask DisposeAsync() => input.CompleteAsync();

    private static ControlMessage Decode(in ReadOnlySequence<byte> frame) =>
        ControlCodec.Decode(frame.IsSingleSegment ? frame.FirstSpan : frame.ToArray());
}
