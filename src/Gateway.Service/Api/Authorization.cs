using Gateway.Core.Api;
using Gateway.Core.State;
using Gateway.Service.Access;

namespace Gateway.Service.Api;

/// <summary>Who a request comes from, and whether that is enough.</summary>
internal static class Authorization
{
    private const string Scheme = "Bearer ";
    private static readonly object PrincipalKey = new();

    /// <summary>The principal of a request that <see cref="Require"/> let through.</summary>
    public static Principal Principal(this HttpContext context) => (Principal)context.Items[PrincipalKey]!;

    /// <summary>Bearer token of a request; null when it has none.</summary>
    public static string? Token(this HttpContext context) =>
        context.Request.Headers.Authorization.ToString() is { } header && header.StartsWith(Scheme, StringComparison.Ordinal) ? header[Scheme.Length..].Trim() : null;

    /// <summary>Lets only principals of at least this role through.</summary>
    public static TBuilder Require<TBuilder>(this TBuilder builder, Role least)
        where TBuilder : IEndpointConventionBuilder => builder.AddEndpointFilter(async (invocation, next) =>
        {
            var context = invocation.HttpContext;
            var principal = Find(context);
            if (principal is null)
                return Results.Json(new ProblemView("not signed in", StatusCodes.Status401Unauthorized, "sign in first; this session does not exist or is over", null),
                    ApiJson.Default.ProblemView, "application/problem+json", StatusCodes.Status401Unauthorized);
            if (principal.Role < least)
                return Results.Json(new ProblemView("not allowed", StatusCodes.Status403Forbidden, $"{principal.Name} is {Views.ViewTexts.Of(principal.Role)}; this needs {Views.ViewTexts.Of(least)}", null),
                    ApiJson.Default.ProblemView, "application/problem+json", StatusCodes.Status403Forbidden);
            context.Items[PrincipalKey] = principal;
            return await next(invocation).ConfigureAwait(false);
        });

    private static Principal? Find(HttpContext context) => context.Token() is { } token
        ? context.RequestServices.GetRequiredService<Sessions>().Find(token)?.Principal
        : PeerCredentials.LocalPrincipal(context);
}
