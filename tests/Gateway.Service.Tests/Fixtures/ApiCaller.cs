using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gateway.Core.Api;
using Gateway.Service.Hosting;

namespace Gateway.Service.Tests.Fixtures;

/// <summary>An answer as it came.</summary>
internal sealed record Answer(HttpStatusCode Status, string Text, HttpResponseHeaders Headers, string? MediaType)
{
    public T As<T>() => JsonSerializer.Deserialize<T>(Text, ApiCaller.Json)!;

    /// <summary>The problem document; the answer must be one.</summary>
    public ProblemView Problem()
    {
        Assert.Equal("application/problem+json", MediaType);
        var problem = As<ProblemView>();
        Assert.Equal((int)Status, problem.Status);
        Assert.False(string.IsNullOrWhiteSpace(problem.Title));
        Assert.False(string.IsNullOrWhiteSpace(problem.Detail));
        return problem;
    }

    /// <summary>The problem is of this status and names this field with this value, and says more than the value.</summary>
    public FieldErrorView Names(int status, string field, string? value = null)
    {
        var problem = Problem();
        Assert.Equal(status, problem.Status);
        var error = Assert.Single(problem.Errors!, e => e.Field == field);
        if (value is not null)
            Assert.Equal(value, error.Value);
        Assert.True(error.Message.Length > 10, error.Message);
        return error;
    }
}

/// <summary>Calls the API as a client would.</summary>
internal sealed class ApiCaller : IDisposable
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly HttpClient _http;

    public ApiCaller(string socket, string? token)
        : this(UnixHttp.Client(socket), token)
    {
    }

    public ApiCaller(HttpClient http, string? token)
    {
        _http = http;
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public HttpClient Http => _http;

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PostAsync(string path, object? body) => SendAsync(HttpMethod.Post, path, body);

    public Task<Answer> PutAsync(string path, object body) => SendAsync(HttpMethod.Put, path, body);

    public async Task<T> GetAsync<T>(string path) => Success(await GetAsync(path)).As<T>();

    public async Task<T> PostAsync<T>(string path, object? body) => Success(await PostAsync(path, body)).As<T>();

    public async Task<T> PutAsync<T>(string path, object body) => Success(await PutAsync(path, body)).As<T>();

    /// <summary>Sends a body as it stands.</summary>
    public Task<Answer> SendTextAsync(HttpMethod method, string path, string text, string type = "application/json") =>
        SendAsync(method, path, new StringContent(text, Encoding.UTF8, type));

    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : "/api/v1/" + path);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (body is not null)
            request.Content = body as HttpContent ?? new StringContent(JsonSerializer.Serialize(body, Json), Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Answer(answer.StatusCode, text, answer.Headers, answer.Content.Headers.ContentType?.MediaType);
    }

    public void Dispose() => _http.Dispose();

    private static Answer Success(Answer answer)
    {
        Assert.True((int)answer.Status is >= 200 and < 300, $"{answer.Status}: {answer.Text}");
        return answer;
    }
}
