using System.Text;
using System.Text.Json;
using Gateway.Core.Fabric;

namespace Gateway.Corridor.Hub;

/// <summary>Why a request is refused, before it is written.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Kind">One of <see cref="CorridorProblems"/>.</param>
/// <param name="Detail">One sentence: who, what, what is missing.</param>
internal sealed record Refusal(int Status, string Kind, string Detail)
{
    /// <summary>Proxy error type (RFC 9209, section 2.3).</summary>
    public string ProxyError => Kind switch
    {
        CorridorProblems.NoDoor => "destination_unavailable",
        CorridorProblems.Unreachable => "connection_refused",
        CorridorProblems.UnknownTarget => "destination_not_found",
        CorridorProblems.Limit => "http_request_denied",
        _ => "http_request_denied",
    };
}

/// <summary>Writes refusals: a problem document (RFC 9457) for people and programs, Proxy-Status (RFC 9209) for proxies' clients.</summary>
internal static class Answers
{
    public static async Task RefuseAsync(HttpContext context, string hub, Refusal refusal, string? caller = null, string? target = null)
    {
        var problem = new CorridorProblem(
            CorridorWire.ProblemPrefix + refusal.Kind, refusal.Kind.Replace('-', ' '), refusal.Status, refusal.Detail, caller, target);
        var body = JsonSerializer.SerializeToUtf8Bytes(problem, CorridorWireJson.Default.CorridorProblem);
        context.Response.StatusCode = refusal.Status;
        context.Response.ContentType = CorridorWire.ProblemType;
        context.Response.ContentLength = body.Length;
        context.Response.Headers["proxy-status"] = $"{hub}; error={refusal.ProxyError}; details=\"{Quote(refusal.Detail)}\"";
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>A string of structured fields (RFC 9651, section 3.3.3): printable ASCII, quotes and backslashes escaped.</summary>
    private static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\');
            quoted.Append(c is >= ' ' and <= '~' ? c : '?');
        }
        return quoted.ToString();
    }
}
