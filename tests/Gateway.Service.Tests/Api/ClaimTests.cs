using System.Net;
using Gateway.Core.Api;
using Gateway.Core.State;
using Gateway.Service.Tests.Fixtures;

namespace Gateway.Service.Tests.Api;

/// <summary>The first account, and signing in.</summary>
[Trait("Category", "Slow")]
public sealed class ClaimTests : IAsyncLifetime
{
    private const string Password = "a long password";

    private TestBox _box = null!;
    private ApiCaller _nobody = null!;

    public async ValueTask InitializeAsync()
    {
        _box = await TestBox.StartAsync(new TestBoxOptions { WaitForDataplane = false });
        _nobody = await NobodySocket.CallerAsync(_box);
    }

    public async ValueTask DisposeAsync()
    {
        _nobody.Dispose();
        await _box.DisposeAsync();
    }

    [Fact]
    public async Task The_printed_code_makes_the_first_engineer_once()
    {
        Assert.False((await _nobody.GetAsync<BoxPublicView>("box/public")).Claimed);
        var code = _box.ClaimCode;
        var claimed = await _nobody.PostAsync("claim", new ClaimRequest(code, "anna", Password));
        Assert.Equal(HttpStatusCode.Created, claimed.Status);
        var session = claimed.As<SessionView>();
        Assert.Equal(("anna", "engineer"), (session.Name, session.Role));
        using var anna = new ApiCaller(_box.Socket, session.Token);
        Assert.Equal("anna", (await anna.GetAsync<SessionView>("sessions/current")).Name);
        Assert.Equal(409, (await _nobody.PostAsync("claim", new ClaimRequest(code, "ben", Password))).Problem().Status);
        Assert.False(File.Exists(Path.Combine(_box.StateFolder, "claim-code")));
        Assert.DoesNotContain(Password, System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(Directory.GetFiles(Path.Combine(_box.StateFolder, "state"), "*.segment")[0])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_codes_are_refused_by_field_and_then_slowed_down_more_and_more()
    {
        var request = new ClaimRequest("AAAA-AAAA-AAAA", "anna", Password);
        for (var i = 0; i < 6; i++)
            (await _nobody.PostAsync("claim", request)).Names(403, "code", "");
        var late = await _nobody.PostAsync("claim", request with { Code = _box.ClaimCode });
        Assert.Equal(429, late.Problem().Status);
        Assert.InRange(late.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 2);
        Assert.False(_box.State.Current.Claimed);
        await Task.Delay(late.Headers.RetryAfter.Delta.Value, TestBox.Cancel);
        (await _nobody.PostAsync("claim", request)).Names(403, "code");
        var later = await _nobody.PostAsync("claim", request);
        Assert.InRange(later.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 3, 4);
        Assert.True((await _box.LogAsync("claim-refused")).Length >= 7);
    }

    [Theory]
    [InlineData("name", "ab", Password)]
    [InlineData("name", " anna", Password)]
    [InlineData("name", "an\u0007na", Password)]
    [InlineData("password", "anna", "short")]
    public async Task A_name_or_password_that_cannot_be_is_refused_by_field(string field, string name, string password)
    {
        var error = (await _nobody.PostAsync("claim", new ClaimRequest(_box.ClaimCode, name, password))).Names(422, field);
        Assert.Equal(field == "password" ? "" : name, error.Value);
        Assert.False(_box.State.Current.Claimed);
    }

    [Fact]
    public async Task Signing_in_wants_name_and_password_and_slows_guessing_per_source()
    {
        await _nobody.PostAsync<SessionView>("claim", new ClaimRequest(_box.ClaimCode, "anna", Password));
        for (var i = 0; i < 6; i++)
            Assert.Equal(401, (await _nobody.PostAsync("sessions", new SignInRequest("anna", "wrong password"))).Problem().Status);
        var right = new SignInRequest("anna", Password);
        Assert.Equal(429, (await _nobody.PostAsync("sessions", right)).Problem().Status);
        // From another place the engineer gets in.
        _nobody.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "10.77.0.9");
        Assert.Equal(HttpStatusCode.Created, (await _nobody.PostAsync("sessions", right)).Status);
        Assert.Equal(401, (await _nobody.PostAsync("sessions", new SignInRequest("nobody-knows", Password))).Problem().Status);
        var refused = await _box.LogAsync("sign-in-refused");
        Assert.Equal(["anna", "nobody-knows"], refused.Select(r => r.Actor).Distinct().Order());
        Assert.Single(await _box.LogAsync("signed-in"));
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        using var anna = _box.As(Role.Auditor);
        Assert.Equal(HttpStatusCode.OK, (await anna.GetAsync("box")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await anna.SendAsync(HttpMethod.Delete, "sessions/current")).Status);
        Assert.Equal(401, (await anna.GetAsync("box")).Problem().Status);
    }
}
