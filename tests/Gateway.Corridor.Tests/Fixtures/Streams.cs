using Gateway.Core.Fabric;
using Gateway.Corridor.Client;

namespace Gateway.Corridor.Tests.Fixtures;

/// <summary>What tests do with flows.</summary>
internal static class Streams
{
    public static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Sends, ends the sending direction, and reads to the end.</summary>
    public static async Task<byte[]> ExchangeAsync(DuplexStream stream, byte[] bytes)
    {
        var sending = SendAsync(stream, bytes);
        var received = await ReadToEndAsync(stream);
        await sending;
        return received;
    }

    public static async Task<byte[]> ReadToEndAsync(DuplexStream stream)
    {
        using var all = new MemoryStream();
        var buffer = new byte[32_768];
        int length;
        while ((length = await stream.ReadAsync(buffer, TestSite.Cancel).AsTask().WaitAsync(Eventually.Limit)) > 0)
            all.Write(buffer, 0, length);
        return all.ToArray();
    }

    /// <summary>Sends a little and expects it back.</summary>
    public static async Task EchoAsync(DuplexStream stream, byte mark = 7)
    {
        await stream.WriteAsync(new byte[] { mark }, TestSite.Cancel);
        var answer = new byte[1];
        await stream.ReadExactlyAsync(answer, TestSite.Cancel).AsTask().WaitAsync(Eventually.Limit);
        Assert.Equal(mark, answer[0]);
    }

    /// <summary>Waits until the flow is reset; fails when it ends in order or not at all.</summary>
    public static async Task<Exception> ResetAsync(DuplexStream stream)
    {
        try
        {
            await ReadToEndAsync(stream);
        }
        catch (Exception e) when (e is not TimeoutException)
        {
            return e;
        }
        throw new Xunit.Sdk.XunitException("the flow ended in order; a reset was expected");
    }

    private static async Task SendAsync(DuplexStream stream, byte[] bytes)
    {
        await stream.WriteAsync(bytes, TestSite.Cancel);
        await stream.CompleteWritesAsync(TestSite.Cancel);
    }
}
