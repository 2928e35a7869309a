using Gateway.Core.Api;
using Gateway.Core.State;
using Gateway.Service.Records;
using Gateway.Service.State;

namespace Gateway.Service.Access;

/// <summary>Too early: the next try counts after a while.</summary>
internal sealed class TooManyTriesException(TimeSpan wait) : Exception($"too many wrong tries; try again in {Math.Ceiling(wait.TotalSeconds)} s")
{
    public TimeSpan Wait { get; } = wait;
}

/// <summary>Claiming and signing in.</summary>
internal sealed class Accounts(StateStore state, Sessions sessions, SignInGuard guard, ClaimCode code, RecordLog log, TimeProvider time)
{
    private const int LeastNameLength = 3;
    private const int MostNameLength = 32;

    /// <summary>Key of the guard for claim codes; no account has this name.</summary>
    private const string ClaimKey = "@claim@";

    // A hash to compare with when there is no such account, so that the answer takes as long.
    private static readonly string NobodysHash = Passwords.Hash(Guid.NewGuid().ToString());

    /// <summary>Makes the first account, an engineer, and signs it in.</summary>
    /// <param name="request">Code, name and password.</param>
    /// <param name="source">From where, as the web process says; empty on the box itself.</param>
    /// <exception cref="RefusedException">Claimed already, name or password cannot be, or the code is wrong.</exception>
    /// <exception cref="TooManyTriesException">Wrong codes before.</exception>
    public async Task<SessionView> ClaimAsync(ClaimRequest request, string source)
    {
        if (state.Current.Claimed)
            throw RefusedException.Conflict("this gateway is claimed already; sign in");
        if (request.Name.Length is < LeastNameLength or > MostNameLength || request.Name.Trim() != request.Name || request.Name.Any(char.IsControl))
            throw RefusedException.Input("name", request.Name, $"a name has {LeastNameLength} to {MostNameLength} characters, no space at its ends");
        if (Passwords.Check(request.Password) is { } weak)
            throw RefusedException.Input("password", "", weak);
        Try(ClaimKey + source, code.Matches(request.Code), LogKinds.ClaimRefused, request.Name);
        var account = new Account(request.Name, Role.Engineer, Passwords.Hash(request.Password), time.GetUtcNow());
        await state.ApplyAsync(current => current.Claimed
            ? throw RefusedException.Conflict("this gateway is claimed already; sign in")
            : new AccountAdded(account.CreatedAt, account.Name, account)).ConfigureAwait(false);
        code.Spend();
        log.Add(LogKinds.Claimed, LogSeverities.Notice, account.Name, values: Named(account.Name));
        return Open(account);
    }

    /// <summary>Signs in.</summary>
    /// <param name="request">Name and password.</param>
    /// <param name="source">From where, as the web process says; empty on the box itself.</param>
    /// <exception cref="TooManyTriesException">Wrong tries before.</exception>
    /// <exception cref="UnauthorizedAccessException">Name or password is wrong.</exception>
    public SessionView SignIn(SignInRequest request, string source)
    {
        // By account and source: guessing from one place does not hold up the engineer at another.
        var key = $"{request.Name}@{source}";
        var account = state.Current.Accounts.GetValueOrDefault(request.Name);
        var wait = guard.WaitFor(key);
        if (wait > TimeSpan.Zero)
            throw new TooManyTriesException(wait);
        var right = Passwords.Verify(request.Password, account?.PasswordHash ?? NobodysHash) && account is not null;
        Try(key, right, LogKinds.SignInRefused, request.Name);
        log.Add(LogKinds.SignedIn, LogSeverities.Info, request.Name, values: Named(request.Name));
        return Open(account!);
    }

    private void Try(string key, bool right, string kind, string name)
    {
        var wait = guard.WaitFor(key);
        if (wait > TimeSpan.Zero)
            throw new TooManyTriesException(wait);
        if (right)
        {
            guard.Right(key);
            return;
        }
        guard.Wrong(key);
        var shown = name.Length > MostNameLength ? name[..MostNameLength] : name;
        log.Add(kind, LogSeverities.Notice, shown, values: Named(shown));
        throw kind == LogKinds.ClaimRefused
            ? new RefusedException(RefusalKind.Forbidden, "code", "", "this is not the code that the box printed at its first start; it has three groups of four letters and digits")
            : new UnauthorizedAccessException("name or password is wrong");
    }

    private static Dictionary<string, string> Named(string name) => new() { ["name"] = name };

    private SessionView Open(Account account)
    {
        var (token, endsAt) = sessions.Open(new Principal(account.Name, account.Role));
        return new SessionView(token, account.Name, ApiWords.Of(account.Role), endsAt);
    }
}
