using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Gateway.Core.State;

namespace Gateway.Service.Access;

/// <summary>Who makes a request.</summary>
/// <param name="Name">Account name, or <see cref="LocalRoot"/>.</param>
/// <param name="Role">What they may do.</param>
internal sealed record Principal(string Name, Role Role)
{
    /// <summary>Root on the box itself, by the Unix socket.</summary>
    public const string LocalRoot = "local root";
}

/// <summary>Open sessions, in memory: a restart of the service signs everybody out. Tokens are kept as hashes only.</summary>
internal sealed class Sessions(TimeProvider time)
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(8);

    /// <summary>Sessions at once; the oldest ends when there are more.</summary>
    private const int MaxSessions = 256;

    private const int TokenBytes = 32;

    private readonly ConcurrentDictionary<string, (Principal Principal, DateTimeOffset EndsAt)> _sessions = new();

    /// <summary>Opens a session.</summary>
    /// <returns>Its token, to be shown by the client, and its end.</returns>
    public (string Token, DateTimeOffset EndsAt) Open(Principal principal)
    {
        var now = time.GetUtcNow();
        foreach (var old in _sessions.Where(s => s.Value.EndsAt <= now))
            _sessions.TryRemove(old);
        while (_sessions.Count >= MaxSessions)
            _sessions.TryRemove(_sessions.MinBy(s => s.Value.EndsAt));
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        _sessions[Hash(token)] = (principal, now + Life);
        return (token, now + Life);
    }

    /// <summary>The session of a token; null when there is none or it is over.</summary>
    public (Principal Principal, DateTimeOffset EndsAt)? Find(string token) =>
        _sessions.TryGetValue(Hash(token), out var session) && session.EndsAt > time.GetUtcNow() ? session : null;

    public void Close(string token) => _sessions.TryRemove(Hash(token), out _);

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
