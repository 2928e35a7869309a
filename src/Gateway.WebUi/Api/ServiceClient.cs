using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Gateway.Core.Api;

namespace Gateway.WebUi.Api;

/// <summary>One connection pool to the service for the whole process; turns its answers into records or exceptions.</summary>
public sealed class ServiceClient : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly HttpClient _http;

    public ServiceClient(HttpMessageHandler handler) => _http = new HttpClient(handler, disposeHandler: true)
    {
        BaseAddress = new Uri(ServiceSocket.Base, "api/v1/"),
        Timeout = WebLimits.ServiceAnswer,
        MaxResponseContentBufferSize = WebLimits.AnswerBytes,
    };

    /// <summary>Sends a request and reads its answer.</summary>
    /// <param name="method">HTTP method.</param>
    /// <param name="path">Path below <c>/api/v1/</c>, already escaped.</param>
    /// <param name="page">Whose session and address the request carries.</param>
    /// <param name="body">Body, sent as JSON; null for none.</param>
    /// <exception cref="ServiceAwayException">No answer.</exception>
    /// <exception cref="ServiceRefusedException">An answer that is not a success.</exception>
    public async Task<T> SendAsync<T>(HttpMethod method, string path, PageState page, object? body)
    {
        using var answer = await SendAsync(method, path, page, body, HttpCompletionOption.ResponseContentRead, page.Aborted);
        try
        {
            return await answer.Content.ReadFromJsonAsync<T>(Json, page.Aborted) ?? throw new JsonException("the answer is null");
        }
        catch (JsonException e)
        {
            throw new ServiceRefusedException(new ProblemView("unreadable answer", (int)HttpStatusCode.BadGateway, e.Message, null), null);
        }
    }

    /// <summary>As above, for answers without content.</summary>
    public async Task SendAsync(HttpMethod method, string path, PageState page, object? body)
    {
        using var answer = await SendAsync(method, path, page, body, HttpCompletionOption.ResponseContentRead, page.Aborted);
    }

    /// <summary>Opens the event stream; the caller owns the answer and reads it as it comes.</summary>
    public Task<HttpResponseMessage> OpenAsync(string path, PageState page, CancellationToken cancel) =>
        SendAsync(HttpMethod.Get, path, page, null, HttpCompletionOption.ResponseHeadersRead, cancel);

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, PageState page, object? body, HttpCompletionOption completion, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path);
        if (page.Token is { } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        ServiceSocket.SetCaller(request, page.RemoteAddress);
        if (body is not null)
            request.Content = JsonContent.Create(body, body.GetType(), options: Json);
        HttpResponseMessage answer;
        try
        {
            answer = await _http.SendAsync(request, completion, cancel);
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            throw new ServiceAwayException(e);
        }
        if (answer.IsSuccessStatusCode)
            return answer;
        using (answer)
            throw await RefusalAsync(answer, cancel);
    }

    private static async Task<ServiceRefusedException> RefusalAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        ProblemView? problem = null;
        if (answer.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json")
        {
            try
            {
                problem = await answer.Content.ReadFromJsonAsync<ProblemView>(Json, cancel);
            }
            catch (JsonException)
            {
                // The status alone says enough.
            }
        }
        problem = (problem ?? new ProblemView(answer.ReasonPhrase, 0, null, null)) with { Status = (int)answer.StatusCode };
        return new ServiceRefusedException(problem, answer.Headers.RetryAfter?.Delta);
    }
}
