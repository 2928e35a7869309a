using System.IO.Pipelines;

namespace Gateway.Corridor.Client;

/// <summary>An accepted CONNECT stream on the client's side.</summary>
internal sealed class ClientCarrier : ICapsuleCarrier
{
    private readonly HttpResponseMessage _response;
    private readonly HubLink _link;
    private readonly TimeSpan _linger;
    private int _closed;

    private ClientCarrier(HttpResponseMessage response, Stream stream, HubLink link, TimeSpan linger)
    {
        (_response, Output, _link, _linger) = (response, stream, link, linger);
        Input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: Relay.BufferBytes, leaveOpen: true, useZeroByteReads: true));
    }

    public PipeReader Input { get; }

    public Stream Output { get; }

    /// <summary>Opens a stream and keeps the link in use until it is closed.</summary>
    public static async Task<ClientCarrier> OpenAsync(HubLink link, string path, string protocol, TimeSpan linger, CancellationToken cancel)
    {
        try
        {
            var response = await link.ConnectAsync(path, protocol, cancel).ConfigureAwait(false);
            var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            return new ClientCarrier(response, stream, link, linger);
        }
        catch
        {
            link.Release();
            throw;
        }
    }

    /// <summary>Disposing a response that has not ended resets its stream.</summary>
    public void Abort()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        _response.Dispose();
        _link.Release();
    }

    /// <summary>In order: waits for the hub to end the stream, because a reset would throw away what it has not yet passed on.</summary>
    public async ValueTask CloseAsync(bool inOrder)
    {
        if (inOrder)
            await LingerAsync().ConfigureAwait(false);
        Abort();
    }

    private async Task LingerAsync()
    {
        using var limit = new CancellationTokenSource(_linger);
        try
        {
            while (await Input.ReadAsync(limit.Token).ConfigureAwait(false) is { IsCompleted: false } result)
                Input.AdvanceTo(result.Buffer.End);
        }
        catch (Exception e) when (Relay.IsEndOfFlow(e))
        {
            // Gone in another way: there is nothing left to wait for.
        }
    }
}
