using System.Net.Sockets;

namespace Gateway.Service.Hosting;

/// <summary>HTTP over a Unix socket, for whoever calls the API from this machine.</summary>
internal static class UnixHttp
{
    /// <summary>A client whose every request goes to the socket, whatever the host in its address.</summary>
    public static HttpClient Client(string socketPath)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancel).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        return new HttpClient(handler) { BaseAddress = new Uri("http://gateway"), Timeout = TimeSpan.FromSeconds(30) };
    }
}
