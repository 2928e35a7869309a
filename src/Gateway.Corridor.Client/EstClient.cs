using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;

namespace Gateway.Corridor.Client;

/// <summary>Enrolment over secure transport (RFC 7030) with a hub whose authority is known. What comes back has not been checked
/// against what was asked: <see cref="CertificateCheck"/> does that.</summary>
/// <param name="hub">Where the hub listens.</param>
/// <param name="authorities">Authorities of the site.</param>
/// <param name="identity">Credential to show, or null for the first enrolment with a token.</param>
/// <param name="options">Times and bounds; null for the defaults.</param>
public sealed class EstClient(
    CorridorEndpoint hub, X509Certificate2Collection authorities, StoredIdentity? identity = null, CorridorClientOptions? options = null) : IDisposable
{
    private readonly HubLink _link = new(hub, authorities, identity?.Id.Site, identity, options ?? CorridorClientOptions.Default);

    /// <summary>First contact: fetches the authorities from a hub that nothing is known of but the fingerprint of its authority.
    /// Nothing is sent before the hub has shown a certificate of that authority.</summary>
    /// <param name="hub">Where the hub listens.</param>
    /// <param name="fingerprint">SHA-256 of the authority's certificate, hexadecimal, colons allowed.</param>
    /// <param name="options">Times and bounds; null for the defaults.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="CorridorUnreachableException">No answer, or the hub's authority is another one.</exception>
    public static async Task<X509Certificate2Collection> FetchAuthoritiesAsync(
        CorridorEndpoint hub, string fingerprint, CorridorClientOptions? options, CancellationToken cancel)
    {
        var wanted = fingerprint.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
        var offered = await FetchUncheckedAsync(hub, options ?? CorridorClientOptions.Default, cancel).ConfigureAwait(false);
        var pinned = new X509Certificate2Collection(offered.Where(one => StoredIdentity.FingerprintOf(one) == wanted).ToArray());
        if (pinned.Count == 0)
        {
            var shown = string.Join(", ", offered.Select(StoredIdentity.FingerprintOf));
            throw new CorridorUnreachableException($"the authority of {hub} has the fingerprint {shown}, not {wanted}; ask the hub's operator which is right");
        }
        // Asked again with the authority pinned: now the TLS certificate of the hub is checked too.
        using var client = new EstClient(hub, pinned, null, options);
        return await client.AuthoritiesAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>The authorities of the site (<c>/cacerts</c>).</summary>
    /// <exception cref="CorridorUnreachableException">No answer, or none of the right form.</exception>
    public async Task<X509Certificate2Collection> AuthoritiesAsync(CancellationToken cancel)
    {
        using var request = _link.Request(HttpMethod.Get, CorridorWire.EstAuthoritiesPath);
        return await SendAsync(request, cancel).ConfigureAwait(false);
    }

    /// <summary>First certificate of a client or gateway, by one-time token.</summary>
    /// <exception cref="CorridorRefusedException">The hub refused; the message says why.</exception>
    public Task<X509Certificate2> EnrolAsync(ReadOnlyMemory<byte> pkcs10, string name, string token, CancellationToken cancel) =>
        PostAsync(CorridorWire.EstEnrolPath, pkcs10,
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{token}"))), cancel);

    /// <summary>Certificate of a device of its own, asked by a gateway under the gateway's certificate.</summary>
    /// <exception cref="CorridorRefusedException">The hub refused; the message says why.</exception>
    public Task<X509Certificate2> EnrolDeviceAsync(ReadOnlyMemory<byte> pkcs10, CancellationToken cancel) =>
        PostAsync(CorridorWire.EstEnrolPath, pkcs10, null, cancel);

    /// <summary>Next certificate of the same identity, asked under the present one.</summary>
    /// <exception cref="CorridorRefusedException">The hub refused; the message says why.</exception>
    public Task<X509Certificate2> ReenrolAsync(ReadOnlyMemory<byte> pkcs10, CancellationToken cancel) =>
        PostAsync(CorridorWire.EstReenrolPath, pkcs10, null, cancel);

    public void Dispose() => _link.Dispose();

    private async Task<X509Certificate2> PostAsync(
        string path, ReadOnlyMemory<byte> pkcs10, AuthenticationHeaderValue? authorization, CancellationToken cancel)
    {
        using var request = _link.Request(HttpMethod.Post, path);
        request.Headers.Authorization = authorization;
        request.Content = new ByteArrayContent(EstMessages.EncodeRequest(pkcs10.Span));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(EstMessages.RequestType);
        return (await SendAsync(request, cancel).ConfigureAwait(false))[0];
    }

    private async Task<X509Certificate2Collection> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using var response = await _link.SendAsync(request, cancel).ConfigureAwait(false);
        return await ReadAsync(hub, response, cancel).ConfigureAwait(false);
    }

    private static async Task<X509Certificate2Collection> ReadAsync(CorridorEndpoint hub, HttpResponseMessage response, CancellationToken cancel)
    {
        try
        {
            return EstMessages.DecodeCertificates(
                await BoundedBody.ReadAsync(response.Content, EstMessages.MaxAnswerBytes, cancel).ConfigureAwait(false));
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new CorridorUnreachableException($"the answer of {hub} cannot be read: {e.Message}", e);
        }
    }

    private static async Task<X509Certificate2Collection> FetchUncheckedAsync(CorridorEndpoint hub, CorridorClientOptions options, CancellationToken cancel)
    {
        using var handler = new SocketsHttpHandler { ConnectTimeout = options.ConnectTimeout, UseProxy = false, AllowAutoRedirect = false };
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            // Whoever answers may: only its authority's certificate is looked at, and that against the pinned fingerprint.
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
            CertificateChainPolicy = AuthorityChain.Policy([]),
        };
        using var http = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(hub.Base, CorridorWire.EstAuthoritiesPath));
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(options.AnswerTimeout);
        try
        {
            using var response = await http.SendAsync(request, limit.Token).ConfigureAwait(false);
            response.EnsureSuccessStatusCode();
            return await ReadAsync(hub, response, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new CorridorUnreachableException($"the hub {hub} cannot be reached: {e.Message}", e);
        }
    }
}
