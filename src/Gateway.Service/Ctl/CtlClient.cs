using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gateway.Core.Api;
using Gateway.Service.Api;
using Gateway.Service.Hosting;

namespace Gateway.Service.Ctl;

/// <summary>A command that cannot end well.</summary>
/// <param name="code">Exit code, see <see cref="ExitCodes"/>.</param>
/// <param name="message">Why, for a person.</param>
/// <param name="problem">What the service said; null when it did not say it.</param>
internal sealed class CtlException(int code, string message, ProblemView? problem = null) : Exception(message)
{
    public int Code { get; } = code;

    public ProblemView? Problem { get; } = problem;
}

/// <summary>Exit codes of the command, for scripts.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Refused = 1;
    public const int WrongUse = 2;
    public const int NotReachable = 3;
}

/// <summary>Calls the API of the service on its socket.</summary>
internal sealed class CtlClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _socket;

    /// <param name="socket">Socket of the API.</param>
    /// <param name="token">Session token; null: who calls is known by the socket.</param>
    public CtlClient(string socket, string? token)
    {
        _socket = socket;
        _http = UnixHttp.Client(socket);
        _http.BaseAddress = new Uri("http://gateway" + ApiRoutes.Base + "/");
        if (!string.IsNullOrWhiteSpace(token))
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
    }

    public async Task<(T Value, string Json)> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        var json = await TextAsync(HttpMethod.Get, path, null, cancel).ConfigureAwait(false);
        return (Read(json, type), json);
    }

    public async Task<(T Value, string Json)> SendAsync<T>(HttpMethod method, string path, HttpContent? body, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        var json = await TextAsync(method, path, body, cancel).ConfigureAwait(false);
        return (Read(json, type), json);
    }

    public Task<string> TextAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancel) => TextAsync(method, path, body, null, cancel);

    /// <summary>The answer as text.</summary>
    /// <exception cref="CtlException">The service refused, or is not there.</exception>
    public async Task<string> TextAsync(HttpMethod method, string path, HttpContent? body, string? expect, CancellationToken cancel)
    {
        using var answer = await OpenAsync(method, path, body, expect, HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        return await answer.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>The answer; the caller disposes it.</summary>
    public async Task<HttpResponseMessage> OpenAsync(
        HttpMethod method, string path, HttpContent? body, string? expect, HttpCompletionOption completion, CancellationToken cancel, long? after = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        if (expect is not null)
            request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{expect}\""));
        if (after is { } last)
            request.Headers.Add("Last-Event-ID", last.ToString(System.Globalization.CultureInfo.InvariantCulture));
        HttpResponseMessage answer;
        try
        {
            answer = await _http.SendAsync(request, completion, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            throw new CtlException(ExitCodes.NotReachable, $"the service does not answer at {_socket}: {e.GetBaseException().Message}. Is gatewayd running, and may {Environment.UserName} use its socket? --api names another");
        }
        if (answer.IsSuccessStatusCode)
            return answer;
        using (answer)
            throw await RefusalAsync(answer, cancel).ConfigureAwait(false);
    }

    public static StringContent Body<T>(T value, JsonTypeInfo<T> type) => new(JsonSerializer.Serialize(value, type), Encoding.UTF8, "application/json");

    public void Dispose() => _http.Dispose();

    private static T Read<T>(string json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new CtlException(ExitCodes.Refused, $"the service gave an answer that cannot be read; is it of another version? {e.Message}");
        }
    }

    private static async Task<CtlException> RefusalAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        var text = await answer.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
        try
        {
            if (answer.Content.Headers.ContentType?.MediaType == Problems.MediaType && JsonSerializer.Deserialize(text, ApiJson.Default.ProblemView) is { } problem)
                return new CtlException(ExitCodes.Refused, Cure(answer.StatusCode, problem.Detail ?? problem.Title ?? "refused"), problem);
            if (answer.StatusCode == HttpStatusCode.UnprocessableEntity && JsonSerializer.Deserialize(text, ApiJson.Default.PolicyResult) is { Errors.Count: > 0 } policy)
                return new CtlException(ExitCodes.Refused, $"{policy.Errors.Count} errors; nothing was changed", new ProblemView("wrong policy", (int)answer.StatusCode, $"{policy.Errors.Count} errors; nothing was changed",
                    [.. policy.Errors.Select(e => new FieldErrorView($"line {e.Line}: {e.Field}", e.Value, e.Message))]));
        }
        catch (JsonException)
        {
            // The status alone says enough.
        }
        return new CtlException(ExitCodes.Refused, $"the service refused with status {(int)answer.StatusCode}");
    }

    private static string Cure(HttpStatusCode status, string detail) => status == HttpStatusCode.Unauthorized
        ? $"{detail}. On the box root needs no session; others put a token into GATEWAYCTL_TOKEN"
        : detail;
}
