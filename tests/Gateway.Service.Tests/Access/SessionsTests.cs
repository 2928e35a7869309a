using System.Reflection;
using Gateway.Core.State;
using Gateway.Service.Access;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Service.Tests.Access;

/// <summary>Sessions are known by hash only, end by themselves, and are bounded.</summary>
public sealed class SessionsTests
{
    private static readonly Principal Anna = new("anna", Role.Engineer);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));

    [Fact]
    public void A_token_opens_its_session()
    {
        var sessions = new Sessions(_time);
        var (token, endsAt) = sessions.Open(Anna);
        Assert.Equal(Anna, sessions.Find(token)!.Value.Principal);
        Assert.Equal(_time.GetUtcNow() + Sessions.Life, endsAt);
        Assert.Equal(64, token.Length);
    }

    [Fact]
    public void A_session_ends_after_eight_hours()
    {
        var sessions = new Sessions(_time);
        var (token, _) = sessions.Open(Anna);
        _time.Advance(Sessions.Life - TimeSpan.FromSeconds(1));
        Assert.NotNull(sessions.Find(token));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(sessions.Find(token));
    }

    [Fact]
    public void A_closed_session_is_gone_and_others_stay()
    {
        var sessions = new Sessions(_time);
        var (token, _) = sessions.Open(Anna);
        var (other, _) = sessions.Open(Anna);
        sessions.Close(token);
        Assert.Null(sessions.Find(token));
        Assert.NotNull(sessions.Find(other));
    }

    [Fact]
    public void The_memory_of_the_service_holds_no_token()
    {
        var sessions = new Sessions(_time);
        var (token, _) = sessions.Open(Anna);
        var kept = (System.Collections.IDictionary)typeof(Sessions).GetField("_sessions", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(sessions)!;
        var key = Assert.Single(kept.Keys.Cast<string>());
        Assert.NotEqual(token, key);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token))), key);
        Assert.Null(sessions.Find(key));
    }

    [Fact]
    public void The_257th_session_ends_the_oldest()
    {
        var sessions = new Sessions(_time);
        var tokens = new List<string>();
        for (var i = 0; i < 257; i++, _time.Advance(TimeSpan.FromSeconds(1)))
            tokens.Add(sessions.Open(Anna).Token);
        Assert.Null(sessions.Find(tokens[0]));
        Assert.All(tokens[1..], token => Assert.NotNull(sessions.Find(token)));
    }
}
