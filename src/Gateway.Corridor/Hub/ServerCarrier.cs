using System.IO.Pipelines;
using Gateway.Corridor.Client;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Corridor.Hub;

/// <summary>An accepted CONNECT stream on the hub's side. The request handler must not return before <see cref="Finished"/>: Kestrel
/// gives the objects of a finished request to the next one, and whoever still read from them would read another's flow.</summary>
internal sealed class ServerCarrier : ICapsuleCarrier
{
    /// <summary>CONNECT_ERROR (RFC 9113, section 7): the TCP connection behind the stream is gone.</summary>
    private const int ConnectError = 0xa;

    private readonly HttpContext _context;
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reset;

    private ServerCarrier(HttpContext context, Stream stream)
    {
        (_context, Output) = (context, stream);
        Input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: Relay.BufferBytes, leaveOpen: true, useZeroByteReads: true));
    }

    public PipeReader Input { get; }

    public Stream Output { get; }

    public Task Finished => _finished.Task;

    /// <summary>Answers 200 and takes the stream.</summary>
    public static async Task<ServerCarrier> AcceptAsync(HttpContext context, string hub)
    {
        var connect = context.Features.GetRequiredFeature<IHttpExtendedConnectFeature>();
        context.Response.Headers["proxy-status"] = hub;
        context.Response.Headers[Core.Fabric.CorridorWire.CapsuleHeader] = Core.Fabric.CorridorWire.CapsuleHeaderValue;
        return new ServerCarrier(context, await connect.AcceptAsync());
    }

    /// <summary>Cancelled when the peer reset the stream or its connection is gone.</summary>
    public CancellationToken PeerGone => _context.RequestAborted;

    public void Abort()
    {
        if (Interlocked.Exchange(ref _reset, 1) == 0)
            _context.Features.Get<IHttpResetFeature>()?.Reset(ConnectError);
    }

    /// <summary>Lets the handler return, which ends the stream after what was written.</summary>
    public ValueTask CloseAsync(bool inOrder)
    {
        if (inOrder)
            Interlocked.Exchange(ref _reset, 1);
        else
            Abort();
        _finished.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
