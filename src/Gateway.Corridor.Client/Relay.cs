using System.Buffers;
using System.Net.Sockets;
using Gateway.Core.Fabric;

namespace Gateway.Corridor.Client;

/// <summary>Bytes carried, readable while the relay runs.</summary>
public sealed class RelayCounters
{
    private long _leftToRight;
    private long _rightToLeft;

    public long LeftToRight => Interlocked.Read(ref _leftToRight);

    public long RightToLeft => Interlocked.Read(ref _rightToLeft);

    internal void AddLeftToRight(int count) => Interlocked.Add(ref _leftToRight, count);

    internal void AddRightToLeft(int count) => Interlocked.Add(ref _rightToLeft, count);
}

/// <summary>Carries bytes both ways between two connections until both directions have ended. A direction that ends, ends only that
/// direction at the other side. Reading waits while writing waits, so a slow side slows its partner and nobody else.</summary>
public static class Relay
{
    /// <summary>One read; a buffer is held only while bytes are on their way, so an idle flow holds none.</summary>
    public const int BufferBytes = 16 << 10;

    /// <summary>Runs until both directions have ended in order, or one failed. Then, or when cancelled, both sides are reset.</summary>
    /// <returns>Null when both ended in order, else why not. Nothing reads or writes either side any more then.</returns>
    public static async Task<Exception?> RunAsync(DuplexStream left, DuplexStream right, RelayCounters counters, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var reset = stop.Token.UnsafeRegister(_ =>
        {
            left.Abort();
            right.Abort();
        }, null);
        var there = PumpAsync(left, right, counters.AddLeftToRight, stop);
        var back = PumpAsync(right, left, counters.AddRightToLeft, stop);
        var (first, second) = (await there.ConfigureAwait(false), await back.ConfigureAwait(false));
        return first ?? second;
    }

    private static async Task<Exception?> PumpAsync(DuplexStream from, DuplexStream to, Action<int> count, CancellationTokenSource stop)
    {
        try
        {
            while (await MoveAsync(from, to, stop.Token).ConfigureAwait(false) is var length && length > 0)
                count(length);
            await to.CompleteWritesAsync(stop.Token).ConfigureAwait(false);
            return null;
        }
        catch (Exception e)
        {
            // Also what should not happen: whoever runs the relay must know that neither side is in use any more.
            await stop.CancelAsync().ConfigureAwait(false);
            return e;
        }
    }

    private static async Task<int> MoveAsync(DuplexStream from, DuplexStream to, CancellationToken cancel)
    {
        await from.ReadAsync(Memory<byte>.Empty, cancel).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var length = await from.ReadAsync(buffer.AsMemory(0, BufferBytes), cancel).ConfigureAwait(false);
            await to.WriteAsync(buffer.AsMemory(0, length), cancel).ConfigureAwait(false);
            return length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>What connections throw when they break, are reset or are cancelled; anything else is a fault of ours.</summary>
    public static bool IsEndOfFlow(Exception e) =>
        e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidDataException;
}
