using System.Net.Sockets;

namespace Gateway.WebUi.Api;

/// <summary>HTTP over the service's Unix socket.</summary>
internal static class ServiceSocket
{
    /// <summary>Base of every address; the host means nothing on a Unix socket.</summary>
    public static readonly Uri Base = new("http://service/");

    public static SocketsHttpHandler CreateHandler(string path) => new()
    {
        ConnectCallback = (_, cancel) => ConnectAsync(path, cancel),
        ConnectTimeout = WebLimits.ServiceConnect,
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
    };

    /// <summary>Says from where the browser came: the delay after wrong passwords is counted per source. What the browser itself says
    /// about it is dropped.</summary>
    public static void SetCaller(HttpRequestMessage request, string? address)
    {
        const string header = "X-Forwarded-For";
        request.Headers.Remove(header);
        if (address is not null)
            request.Headers.TryAddWithoutValidation(header, address);
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
