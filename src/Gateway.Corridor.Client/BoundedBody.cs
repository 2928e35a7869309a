namespace Gateway.Corridor.Client;

/// <summary>Reads a body of a peer without believing its length.</summary>
internal static class BoundedBody
{
    /// <exception cref="InvalidDataException">It is longer than <paramref name="maxBytes"/>.</exception>
    public static async Task<byte[]> ReadAsync(HttpContent content, int maxBytes, CancellationToken cancel)
    {
        var stream = await content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[maxBytes + 1];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
            return length <= maxBytes ? buffer[..length] : throw new InvalidDataException($"the answer is longer than {maxBytes} bytes");
        }
    }
}
