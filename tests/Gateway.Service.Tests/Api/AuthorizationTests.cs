using Gateway.Core.Api;
using Gateway.Core.State;
using Gateway.Service.Api;
using Gateway.Service.Tests.Fixtures;
using Microsoft.AspNetCore.Routing;

namespace Gateway.Service.Tests.Api;

/// <summary>Who may do what: everyone but those listed here is refused.</summary>
public sealed class AuthorizationTests(SharedBox shared) : IClassFixture<SharedBox>
{
    private static readonly string[] Public =
        ["GET /api/v1/box/public", "POST /api/v1/claim", "POST /api/v1/sessions", "GET /healthz", "GET /readyz", "GET /version"];

    /// <summary>What an operator may do beyond looking: say what a device is, ask it, cut it off.</summary>
    private static readonly string[] Operators =
        ["PUT /api/v1/devices/{id}/name", "POST /api/v1/devices/{id}/identify", "POST /api/v1/devices/{id}/cut-off"];

    private readonly TestBox _box = shared.Box;

    [Fact]
    public void Every_route_says_who_may_use_it_and_only_these_are_open()
    {
        foreach (var route in Routes())
        {
            var role = route.Metadata.GetMetadata<Authorization.LeastRole>()?.Role;
            var isOpen = route.Metadata.GetMetadata<Authorization.Anyone>() is not null;
            Assert.True(isOpen != role is not null, $"{Name(route)} says nothing, or twice, about who may use it");
            Assert.Equal(Public.Contains(Name(route)), isOpen);
        }
    }

    [Fact]
    public void Auditors_only_look_and_operators_cut_off()
    {
        foreach (var route in Routes().Where(r => !Public.Contains(Name(r))))
        {
            var isReading = Name(route).StartsWith("GET", StringComparison.Ordinal) || Name(route) is "POST /api/v1/policy/check" or "POST /api/v1/policy/explain" or "DELETE /api/v1/sessions/current";
            var expected = isReading ? Role.Auditor : Operators.Contains(Name(route)) ? Role.Operator : Role.Engineer;
            Assert.True(route.Metadata.GetMetadata<Authorization.LeastRole>()?.Role == expected, $"{Name(route)} is for {expected}");
        }
    }

    [Fact]
    public async Task Nobody_gets_past_any_closed_route()
    {
        using var nobody = await NobodySocket.CallerAsync(_box);
        foreach (var route in Routes().Where(r => !Public.Contains(Name(r))))
        {
            // A broken body, to see that nobody's request is not even read.
            var (method, path) = Parts(route);
            var answer = await nobody.SendAsync(method, path, method == HttpMethod.Get ? null : new StringContent("{", System.Text.Encoding.UTF8, "application/json"));
            Assert.True((int)answer.Status == 401, $"{Name(route)} answered {answer.Status}");
            answer.Problem();
        }
    }

    [Fact]
    public async Task A_role_below_the_one_needed_is_refused_by_name()
    {
        using var auditor = _box.As(Role.Auditor);
        using var worker = _box.As(Role.Operator);
        foreach (var route in Routes().Where(r => !Public.Contains(Name(r))))
        {
            var (method, path) = Parts(route);
            var least = route.Metadata.GetMetadata<Authorization.LeastRole>()!.Role;
            if (least > Role.Auditor)
                Assert.Contains("auditor is auditor", (await auditor.SendAsync(method, path, new { })).Problem().Detail, StringComparison.Ordinal);
            if (least > Role.Operator)
                Assert.Equal(403, (await worker.SendAsync(method, path, new { })).Problem().Status);
        }
    }

    [Fact]
    public async Task Root_on_the_box_needs_no_session_and_is_called_so()
    {
        Need.Root();
        using var root = new ApiCaller(_box.Socket, null);
        var session = await root.GetAsync<SessionView>("sessions/current");
        Assert.Equal(("local root", "engineer"), (session.Name, session.Role));
    }

    [Theory]
    [InlineData("Bearer 0000")]
    [InlineData("Bearer ")]
    [InlineData("Basic cm9vdDpyb290")]
    [InlineData("bearer")]
    public async Task A_wrong_credential_is_refused_even_of_root(string header)
    {
        using var caller = new ApiCaller(_box.Socket, null);
        caller.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
        Assert.Equal(401, (await caller.GetAsync("box")).Problem().Status);
    }

    [Fact]
    public void The_socket_is_for_owner_and_group_only() =>
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, File.GetUnixFileMode(_box.Socket));

    [Fact]
    public void The_state_folder_is_for_the_service_only()
    {
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_box.StateFolder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_box.StateFolder, "store.key")));
    }

    private IEnumerable<RouteEndpoint> Routes() => _box.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static string Name(RouteEndpoint route) =>
        $"{string.Join(",", route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"])} {route.RoutePattern.RawText!.TrimEnd('/')}";

    private static (HttpMethod Method, string Path) Parts(RouteEndpoint route)
    {
        var words = Name(route).Split(' ');
        return (HttpMethod.Parse(words[0]), words[1].Replace("{id}", "abc234", StringComparison.Ordinal).Replace("{name}", "some-grant", StringComparison.Ordinal));
    }
}
