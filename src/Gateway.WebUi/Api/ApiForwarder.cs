using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.WebUi.Api;

/// <summary>Passes <c>/api/v1/…</c> to the service, so that the pages' address is also the API's. Who may do what is the service's
/// decision; this only carries the session: the browser's cookie becomes the bearer token.</summary>
internal sealed class ApiForwarder(IHttpForwarder forwarder, ServicePool pool)
{
    private static readonly ForwarderRequestConfig Config = new()
    {
        // The service's event stream sends something every 15 s; what is silent longer is dead.
        ActivityTimeout = WebLimits.LiveSilence,
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static readonly SessionTransformer Transformer = new();

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.Map("/api/v1/{**path}", (HttpContext http, ApiForwarder forwarder) => forwarder.SendAsync(http));

    private async Task SendAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = WebLimits.ApiBytes;
        var error = await forwarder.SendAsync(http, ServiceSocket.Base.ToString(), pool.Invoker, Config, Transformer);
        if (error == ForwarderError.None || http.Response.HasStarted)
            return;
        var tooLarge = http.Response.StatusCode == StatusCodes.Status413PayloadTooLarge;
        http.Response.Clear();
        http.Response.Headers.RetryAfter = "5";
        await (tooLarge
            ? TypedResults.Problem(statusCode: 413, title: "Too large", detail: $"at most {WebLimits.ApiBytes} bytes")
            : TypedResults.Problem(statusCode: 503, title: "Away", detail: "the service does not answer")).ExecuteAsync(http);
    }

    private sealed class SessionTransformer : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.Host = null;
            proxyRequest.Headers.Remove(HeaderNames.Cookie);
            var token = httpContext.RequestServices.GetRequiredService<PageState>().Token;
            if (proxyRequest.Headers.Authorization is null && token is not null)
                proxyRequest.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            ServiceSocket.SetCaller(proxyRequest, httpContext.Connection.RemoteIpAddress?.ToString());
        }
    }
}

/// <summary>The connections over which requests are passed on; apart from those of the pages, so that neither can starve the other.</summary>
internal sealed class ServicePool(string path) : IDisposable
{
    public HttpMessageInvoker Invoker { get; } = new(ServiceSocket.CreateHandler(path), disposeHandler: true);

    public void Dispose() => Invoker.Dispose();
}
