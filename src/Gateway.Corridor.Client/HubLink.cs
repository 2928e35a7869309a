using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;

namespace Gateway.Corridor.Client;

/// <summary>The HTTP side towards one hub under one credential. One handler per identity, never shared: a connection that is already
/// open would carry the wrong one. Counts its users, so that a credential can be replaced while flows of the old one go on.</summary>
internal sealed class HubLink : IDisposable
{
    /// <summary>Largest problem document read.</summary>
    private const int MaxProblemBytes = 16 << 10;

    private readonly CorridorEndpoint _hub;
    private readonly CorridorClientOptions _options;
    private readonly HubTrust _trust;
    private readonly HttpMessageInvoker _http;
    private readonly CancellationTokenSource _retired = new();
    private readonly Lock _lock = new();
    private int _users = 1;

    public HubLink(CorridorEndpoint hub, X509Certificate2Collection authorities, string? site, StoredIdentity? identity, CorridorClientOptions options)
    {
        (_hub, _options) = (hub, options);
        _trust = new HubTrust(authorities, site, options.Time);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            SslOptions = _trust.Options(identity),
            EnableMultipleHttp2Connections = true,
            InitialHttp2StreamWindowSize = options.StreamWindowBytes,
            ConnectTimeout = options.ConnectTimeout,
            KeepAlivePingDelay = options.PingDelay,
            KeepAlivePingTimeout = options.PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        });
        Retired = _retired.Token;
    }

    /// <summary>Cancelled when another credential has taken this one's place.</summary>
    public CancellationToken Retired { get; }

    /// <summary>False when the link has been retired and its last user has gone.</summary>
    public bool TryUse()
    {
        lock (_lock)
        {
            if (_users == 0)
                return false;
            _users++;
            return true;
        }
    }

    public void Release()
    {
        bool last;
        lock (_lock)
            last = --_users == 0;
        if (!last)
            return;
        _http.Dispose();
        _retired.Dispose();
    }

    /// <summary>No new users; those that are there may finish.</summary>
    public void Dispose()
    {
        _retired.Cancel();
        Release();
    }

    /// <summary>Opens a stream by extended CONNECT (RFC 8441).</summary>
    /// <exception cref="CorridorRefusedException">The hub answered no.</exception>
    /// <exception cref="CorridorUnreachableException">It did not answer.</exception>
    public async Task<HttpResponseMessage> ConnectAsync(string path, string protocol, CancellationToken cancel)
    {
        using var request = Request(HttpMethod.Connect, path);
        request.Headers.Protocol = protocol;
        request.Headers.TryAddWithoutValidation(CorridorWire.CapsuleHeader, CorridorWire.CapsuleHeaderValue);
        return await SendAsync(request, cancel).ConfigureAwait(false);
    }

    public HttpRequestMessage Request(HttpMethod method, string path) => new(method, new Uri(_hub.Base, path))
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <summary>Sends, and turns every answer but success into an exception.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(_options.AnswerTimeout);
        try
        {
            var response = await _http.SendAsync(request, limit.Token).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
                throw new CorridorRefusedException(await ReadProblemAsync(response, limit.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new CorridorUnreachableException($"the hub {_hub} did not answer within {_options.AnswerTimeout.TotalSeconds:0} s", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException)
        {
            throw new CorridorUnreachableException(Explain(e), e);
        }
    }

    private string Explain(Exception e)
    {
        if (_trust.Refusal.Length > 0)
            return $"what answers at {_hub} is not trusted: {_trust.Refusal}";
        return e.InnerException is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }
            ? $"the hub {_hub} closed the connection; it may not know the authority of this certificate"
            : $"the hub {_hub} cannot be reached: {e.Message}";
    }

    private static async Task<CorridorProblem> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var status = (int)response.StatusCode;
        if (response.Content.Headers.ContentType?.MediaType == CorridorWire.ProblemType)
        {
            try
            {
                var body = await BoundedBody.ReadAsync(response.Content, MaxProblemBytes, cancel).ConfigureAwait(false);
                if (JsonSerializer.Deserialize(body, CorridorWireJson.Default.CorridorProblem) is { } problem)
                    return problem with { Status = status };
            }
            catch (Exception e) when (e is JsonException or InvalidDataException)
            {
                // A refusal in any form is a refusal; only its reason is lost.
            }
        }
        return new CorridorProblem(CorridorWire.ProblemPrefix + CorridorProblems.BadRequest, "refused", status, $"the hub answered {status} without a reason");
    }
}
