using System.Net;
using System.Net.Security;
using Gateway.WebUi.Security;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.WebUi.Systemd;

/// <summary>Asks this process, as a browser would, whether it answers.</summary>
internal sealed class SelfProbe(IServer server, TlsIdentity identity)
{
    /// <summary>One request over a new connection, so that accepting is tested too.</summary>
    public async Task<bool> AnswersAsync(TimeSpan limit, CancellationToken cancel)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false };
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null && certificate.Equals(identity.Current),
        };
        using var http = new HttpClient(handler) { Timeout = limit };
        try
        {
            using var answer = await http.GetAsync(Address(), cancel);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private Uri Address()
    {
        var listens = server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        var address = new UriBuilder(listens) { Path = "/healthz" };
        // Listening on every address includes this machine's own.
        if (address.Host is "0.0.0.0" or "[::]")
            address.Host = "127.0.0.1";
        return address.Uri;
    }
}
