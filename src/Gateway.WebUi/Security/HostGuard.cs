using System.Collections.Frozen;
using System.Net;
using Microsoft.Net.Http.Headers;

namespace Gateway.WebUi.Security;

/// <summary>Answers only under the box's own names, and takes changes only from its own pages. The first stops DNS rebinding, the
/// second requests that other sites make in the name of a signed-in person.</summary>
internal sealed class HostGuard(WebOptions options)
{
    private readonly FrozenSet<string> _names = options.OwnNames().ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        if (!IsOwn(http.Request.Host.Host))
            return RefuseAsync(http, StatusCodes.Status421MisdirectedRequest, "this box does not answer under that name");
        if (!IsSafe(http.Request.Method) && !IsOwnOrigin(http.Request))
            return RefuseAsync(http, StatusCodes.Status403Forbidden, "the request comes from another site");
        return next(http);
    }

    /// <summary>Methods that change nothing (RFC 9110 section 9.2.1).</summary>
    public static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private bool IsOwn(string host)
    {
        var name = host.Trim('[', ']');
        // Rebinding needs a name: when listening everywhere, an address is one of this machine's.
        return _names.Contains(name) || (options.ListensEverywhere && IPAddress.TryParse(name, out _));
    }

    /// <summary>Browsers send Origin with every unsafe request. A request without one, that brings its session in a header, is no
    /// browser's: no other site can set that header.</summary>
    private static bool IsOwnOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        return origin.Count == 0
            ? request.Headers.ContainsKey(HeaderNames.Authorization)
            : origin.Count == 1 && string.Equals(origin[0], $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    private static Task RefuseAsync(HttpContext http, int status, string reason)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(reason, http.RequestAborted);
    }
}
