using System.Buffers;
using System.IO.Pipelines;
using Gateway.Core.Fabric;

namespace Gateway.Corridor.Client;

/// <summary>The HTTP stream below a <see cref="CapsuleStream"/>.</summary>
public interface ICapsuleCarrier
{
    /// <summary>Resets the stream, so that whoever reads or writes it fails soon. Safe from any thread, any number of times, also
    /// after it was closed.</summary>
    void Abort();

    /// <summary>Gives the stream up; nobody uses it after this.</summary>
    /// <param name="inOrder">Both directions have ended: let the stream end without a reset.</param>
    ValueTask CloseAsync(bool inOrder);
}

/// <summary>TCP bytes in DATA and FINAL_DATA capsules on an HTTP stream; used by both ends. Half close is FINAL_DATA and not the end of
/// the HTTP stream, because an HTTP/2 client cannot always end its side first.</summary>
/// <param name="input">What arrives on the HTTP stream.</param>
/// <param name="output">What is sent on it.</param>
/// <param name="carrier">The HTTP stream itself.</param>
public sealed class CapsuleStream(PipeReader input, Stream output, ICapsuleCarrier carrier) : DuplexStream
{
    private ulong _left;
    private bool _skip;
    private bool _lastCapsule;
    private bool _ended;
    private bool _completed;
    private bool _closed;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!AtEnd())
        {
            var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var bytes = result.Buffer;
            if (_left == 0 && CorridorWireCapsule.TryReadHeader(bytes, out var type, out var length, out var headerBytes))
            {
                input.AdvanceTo(bytes.GetPosition(headerBytes));
                Begin(type, length);
            }
            else if (_left == 0 || bytes.IsEmpty)
            {
                input.AdvanceTo(bytes.Start, bytes.End);
                if (result.IsCompleted)
                    throw new IOException("the flow was cut off: its stream ended without FINAL_DATA");
            }
            else if (_skip)
                Take(bytes, (long)Math.Min(_left, (ulong)bytes.Length));
            else
                return Deliver(bytes, buffer.Span);
        }
        return 0;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_completed)
            throw new InvalidOperationException("the sending direction has ended");
        while (!buffer.IsEmpty)
        {
            var part = Math.Min(buffer.Length, CorridorWireCapsule.MaxWrittenValueBytes);
            await WriteCapsuleAsync(CorridorWireCapsule.Data, buffer[..part], cancellationToken).ConfigureAwait(false);
            buffer = buffer[part..];
        }
    }

    public override async Task CompleteWritesAsync(CancellationToken cancel)
    {
        if (_completed)
            return;
        _completed = true;
        await WriteCapsuleAsync(CorridorWireCapsule.FinalData, ReadOnlyMemory<byte>.Empty, cancel).ConfigureAwait(false);
    }

    public override void Abort() => carrier.Abort();

    /// <summary>Ends the stream in order when both directions have ended, and resets it otherwise. Nothing may read or write it then.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (!_closed)
        {
            _closed = true;
            await carrier.CloseAsync(_ended && _completed).ConfigureAwait(false);
        }
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_closed)
        {
            _closed = true;
            carrier.CloseAsync(inOrder: false).AsTask().GetAwaiter().GetResult();
        }
        base.Dispose(disposing);
    }

    private bool AtEnd()
    {
        _ended |= _lastCapsule && _left == 0;
        return _ended;
    }

    private void Begin(ulong type, ulong length)
    {
        _skip = type is not (CorridorWireCapsule.Data or CorridorWireCapsule.FinalData);
        if (_skip && length > CorridorWireCapsule.MaxSkippedBytes)
            throw new InvalidDataException($"a capsule of the unknown type {type:x} has {length} bytes; at most {CorridorWireCapsule.MaxSkippedBytes} are skipped");
        _lastCapsule = type == CorridorWireCapsule.FinalData;
        _left = length;
    }

    private int Deliver(ReadOnlySequence<byte> bytes, Span<byte> to)
    {
        var length = (int)Math.Min((ulong)to.Length, Math.Min(_left, (ulong)bytes.Length));
        bytes.Slice(0, length).CopyTo(to);
        Take(bytes, length);
        return length;
    }

    private void Take(ReadOnlySequence<byte> bytes, long length)
    {
        input.AdvanceTo(bytes.GetPosition(length));
        _left -= (ulong)length;
    }

    private async Task WriteCapsuleAsync(ulong type, ReadOnlyMemory<byte> value, CancellationToken cancel)
    {
        var length = CorridorWireCapsule.WrittenHeaderBytes + value.Length;
        var capsule = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            CorridorWireCapsule.WriteHeader(capsule, type, value.Length);
            value.CopyTo(capsule.AsMemory(CorridorWireCapsule.WrittenHeaderBytes));
            await output.WriteAsync(capsule.AsMemory(0, length), cancel).ConfigureAwait(false);
            await output.FlushAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(capsule);
        }
    }
}
