using Gateway.Core.Api;
using Gateway.Core.State;
using Gateway.Core.Store.Views;
using Gateway.Service.Access;
using Gateway.Service.Records;
using Gateway.Service.State;
using Gateway.Service.Views;

namespace Gateway.Service.Api;

/// <summary>The box, its log and its state; claiming and sessions.</summary>
internal static class BoxEndpoints
{
    /// <summary>Password hashes computed at once: each takes a tenth of a second of a core on purpose.</summary>
    private static readonly SemaphoreSlim Hashing = new(2);

    public static void Map(RouteGroupBuilder api)
    {
        var box = api.MapGroup("").WithTags("box");
        box.MapGet("/box/public", (BoxViews views) => TypedResults.Ok(views.Public()))
            .WithName("GetBoxPublic").WithSummary("What anyone may know before signing in").AllowAnyone();
        box.MapGet("/box", (BoxViews views) => TypedResults.Ok(views.Box()))
            .WithName("GetBox").WithSummary("The whole box at a glance").Require(Role.Auditor);
        box.MapGet("/status", (BoxViews views) => TypedResults.Ok(views.Status()))
            .WithName("GetStatus").WithSummary("Processes, journal, policy and counters").Require(Role.Auditor);
        box.MapGet("/log", (RecordLog log, string? cursor, string? device, string? kind, string? actor, string? severity, int? limit) =>
            TypedResults.Ok(log.Query(ReadQuery(cursor, device, kind, actor, severity, limit))))
            .WithName("ReadLog").WithSummary("The log, newest first").MayFail(StatusCodes.Status422UnprocessableEntity, StatusCodes.Status503ServiceUnavailable).Require(Role.Auditor);
        MapSessions(api.MapGroup("").WithTags("sessions"));
    }

    private static void MapSessions(RouteGroupBuilder group)
    {
        group.MapPost("/claim", async (HttpContext context, Accounts accounts, ClaimRequest request) =>
            TypedResults.Created((string?)null, await WithHashing(() => accounts.ClaimAsync(request, SourceOf(context))).ConfigureAwait(false)))
            .WithName("Claim").WithSummary("Makes the first account with the code that the box printed")
            .MayFail(StatusCodes.Status403Forbidden, StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity, StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable).AllowAnyone();
        group.MapPost("/sessions", async (HttpContext context, Accounts accounts, SignInRequest request) =>
            TypedResults.Created((string?)null, await WithHashing(() => Task.Run(() => accounts.SignIn(request, SourceOf(context)))).ConfigureAwait(false)))
            .WithName("SignIn").WithSummary("Opens a session")
            .MayFail(StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests).AllowAnyone();
        group.MapGet("/sessions/current", (HttpContext context, Sessions sessions) =>
        {
            var principal = context.Principal();
            var endsAt = context.Token() is { } token ? sessions.Find(token)?.EndsAt ?? default : default;
            return TypedResults.Ok(new SessionView("", principal.Name, ApiWords.Of(principal.Role), endsAt));
        }).WithName("GetSession").WithSummary("Who this session belongs to").Require(Role.Auditor);
        group.MapDelete("/sessions/current", (HttpContext context, Sessions sessions) =>
        {
            if (context.Token() is { } token)
                sessions.Close(token);
            return TypedResults.NoContent();
        }).WithName("SignOut").WithSummary("Ends the session").Require(Role.Auditor);
    }

    /// <summary>From where the browser came, as the web process says. Others on the socket have no reason to say it, and only themselves to
    /// hold up.</summary>
    private static string SourceOf(HttpContext context) => context.Request.Headers["X-Forwarded-For"].ToString();

    private static async Task<T> WithHashing<T>(Func<Task<T>> work)
    {
        await Hashing.WaitAsync().ConfigureAwait(false);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            Hashing.Release();
        }
    }

    private static LogQuery ReadQuery(string? cursor, string? device, string? kind, string? actor, string? severity, int? limit)
    {
        long? before = null;
        if (cursor is not null)
            before = long.TryParse(cursor, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var parsed) ? parsed : throw RefusedException.Input("cursor", cursor, "a cursor is the 'next' of an earlier page");
        var size = limit ?? 50;
        if (size is < 1 or > LogQuery.MaxPageSize)
            throw RefusedException.Input("limit", DeviceText(size), $"a page has 1 to {LogQuery.MaxPageSize} entries");
        return new LogQuery { Before = before, PageSize = size, DeviceId = device, Kind = kind, Actor = actor, Severity = severity };
    }

    private static string DeviceText(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
