using System.Text.Json;
using Gateway.Service.Api;
using Gateway.Service.Tests.Fixtures;
using Microsoft.AspNetCore.Routing;

namespace Gateway.Service.Tests.Api;

/// <summary>The description of the API is whole, and its copy in docs is the one that is served.</summary>
public sealed class OpenApiTests(SharedBox shared) : IAsyncLifetime, IClassFixture<SharedBox>
{
    private const string Renew = "GATEWAY_RENEW";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly TestBox _box = shared.Box;
    private JsonElement _document;

    public async ValueTask InitializeAsync() => _document = JsonDocument.Parse((await _box.Api.GetAsync("openapi.json")).Text).RootElement;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_copy_in_docs_is_what_is_served()
    {
        var copy = Path.Combine(Need.ProjectRoot(), "docs", "openapi.json");
        var served = JsonSerializer.Serialize(_document, Indented) + "\n";
        if (Environment.GetEnvironmentVariable(Renew) == "1")
            await File.WriteAllTextAsync(copy, served, TestBox.Cancel);
        Assert.True(File.Exists(copy) && await File.ReadAllTextAsync(copy, TestBox.Cancel) == served,
            $"docs/openapi.json is not the description that is served; if the change of the API is meant, run this test with {Renew}=1 and commit the file");
    }

    [Fact]
    public void It_is_of_version_3_1() => Assert.StartsWith("3.1", _document.GetProperty("openapi").GetString(), StringComparison.Ordinal);

    [Fact]
    public void Every_route_is_described_with_a_summary_and_a_name()
    {
        foreach (var route in _box.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var path = "/" + route.RoutePattern.RawText!.Trim('/');
            if (!path.StartsWith(ApiRoutes.Base, StringComparison.Ordinal) || path.EndsWith("openapi.json", StringComparison.Ordinal))
                continue;
            foreach (var method in route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            {
                var operation = Operations().SingleOrDefault(o => o.Path.TrimEnd('/') == path && o.Method.Equals(method, StringComparison.OrdinalIgnoreCase)).Operation;
                Assert.True(operation.ValueKind == JsonValueKind.Object, $"{method} {path} is not described");
                Assert.False(string.IsNullOrWhiteSpace(operation.GetProperty("summary").GetString()));
                Assert.False(string.IsNullOrWhiteSpace(operation.GetProperty("operationId").GetString()));
            }
        }
    }

    [Fact]
    public void Every_route_says_which_problems_it_answers_with_and_in_which_form()
    {
        foreach (var (path, method, operation) in Operations())
        {
            var responses = operation.GetProperty("responses").EnumerateObject().ToList();
            var problems = responses.Where(r => r.Name[0] is '4' or '5').ToList();
            Assert.True(problems.Count >= 2, $"{method} {path} says nothing of problems");
            Assert.Contains(responses, r => r.Name[0] == '2');
            foreach (var problem in problems.Where(p => !(path.EndsWith("/policy", StringComparison.Ordinal) && p.Name == "422")))
                Assert.True(problem.Value.GetProperty("content").TryGetProperty("application/problem+json", out _), $"{method} {path} {problem.Name}");
            if (path.Contains("{id}", StringComparison.Ordinal))
                Assert.Contains(problems, p => p.Name == "404");
        }
    }

    private IEnumerable<(string Path, string Method, JsonElement Operation)> Operations() =>
        _document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(o => (p.Name, o.Name, o.Value)));
}
