using System.Buffers;
using System.IO.Pipelines;

namespace Gateway.Corridor.Client;

/// <summary>The two ways to see a connection: as a stream that ends its directions one by one, and as a pair of pipes, as the fabric
/// contract gives it.</summary>
public static class DuplexPipes
{
    /// <summary>A connection as pipes. Completing the output ends the sending direction, with an exception it resets; when both ends are
    /// completed, the connection is disposed.</summary>
    public static IDuplexPipe AsPipe(this DuplexStream stream) => new StreamPipe(stream);

    /// <summary>A pair of pipes as a connection, for <see cref="Relay"/>.</summary>
    public static DuplexStream AsStream(this IDuplexPipe pipe) => new PipeStream(pipe);

    private sealed class StreamPipe : IDuplexPipe
    {
        private readonly DuplexStream _stream;
        private int _open = 2;

        public StreamPipe(DuplexStream stream)
        {
            _stream = stream;
            Input = new Reader(this, PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: Relay.BufferBytes, leaveOpen: true, useZeroByteReads: true)));
            Output = new Writer(this, PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true)));
        }

        public PipeReader Input { get; }

        public PipeWriter Output { get; }

        private async ValueTask CompletedAsync()
        {
            if (Interlocked.Decrement(ref _open) == 0)
                await _stream.DisposeAsync().ConfigureAwait(false);
        }

        private sealed class Reader(StreamPipe owner, PipeReader inner) : PipeReader
        {
            private int _completed;

            public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

            public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

            public override void CancelPendingRead() => inner.CancelPendingRead();

            public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => inner.ReadAsync(cancellationToken);

            public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

            public override void Complete(Exception? exception = null) => _ = CompleteAsync(exception).AsTask();

            public override async ValueTask CompleteAsync(Exception? exception = null)
            {
                if (Interlocked.Exchange(ref _completed, 1) != 0)
                    return;
                await inner.CompleteAsync(exception).ConfigureAwait(false);
                await owner.CompletedAsync().ConfigureAwait(false);
            }
        }

        private sealed class Writer(StreamPipe owner, PipeWriter inner) : PipeWriter
        {
            private int _completed;

            public override void Advance(int bytes) => inner.Advance(bytes);

            public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

            public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

            public override void CancelPendingFlush() => inner.CancelPendingFlush();

            public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

            public override void Complete(Exception? exception = null) => _ = CompleteAsync(exception).AsTask();

            public override async ValueTask CompleteAsync(Exception? exception = null)
            {
                if (Interlocked.Exchange(ref _completed, 1) != 0)
                    return;
                try
                {
                    await inner.CompleteAsync(exception).ConfigureAwait(false);
                    if (exception is null)
                        await owner._stream.CompleteWritesAsync(CancellationToken.None).ConfigureAwait(false);
                    else
                        owner._stream.Abort();
                }
                catch (Exception e) when (Relay.IsEndOfFlow(e))
                {
                    owner._stream.Abort();
                }
                await owner.CompletedAsync().ConfigureAwait(false);
            }
        }
    }

    private sealed class PipeStream(IDuplexPipe pipe) : DuplexStream
    {
        private bool _outputDone;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (true)
            {
                var result = await pipe.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
                var bytes = result.Buffer;
                var length = (int)Math.Min(bytes.Length, buffer.Length);
                bytes.Slice(0, length).CopyTo(buffer.Span);
                pipe.Input.AdvanceTo(bytes.GetPosition(length));
                if (result.IsCanceled)
                    throw new IOException("the flow was reset");
                if (length > 0 || result.IsCompleted || (buffer.IsEmpty && !bytes.IsEmpty))
                    return length;
            }
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (buffer.IsEmpty)
                return;
            var result = await pipe.Output.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (result.IsCompleted || result.IsCanceled)
                throw new IOException("the other end reads no more");
        }

        public override async Task CompleteWritesAsync(CancellationToken cancel)
        {
            if (_outputDone)
                return;
            _outputDone = true;
            await pipe.Output.CompleteAsync().ConfigureAwait(false);
        }

        /// <summary>Wakes whoever waits; completing the pipes is left to disposal, because a reader may be inside them.</summary>
        public override void Abort()
        {
            pipe.Input.CancelPendingRead();
            pipe.Output.CancelPendingFlush();
        }

        public override async ValueTask DisposeAsync()
        {
            var cut = new IOException("the flow was reset");
            await pipe.Input.CompleteAsync().ConfigureAwait(false);
            if (!_outputDone)
                await pipe.Output.CompleteAsync(cut).ConfigureAwait(false);
            await base.DisposeAsync().ConfigureAwait(false);
        }
    }
}
