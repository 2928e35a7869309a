using Gateway.Core.Api;
using Gateway.Core.State;
using Gateway.Service.Access;

namespace Gateway.Service.Api;

/// <summary>Who a request comes from, and whether that is enough. Decided before anything of the request is read. A route that says
/// nothing about who may use it is for engineers.</summary>
internal static class Authorization
{
    private const string Scheme = "Bearer ";
    private static readonly object PrincipalKey = new();

    /// <summary>The principal of a request to a route with <see cref="Require"/>.</summary>
    public static Principal Principal(this HttpContext context) => (Principal)context.Items[PrincipalKey]!;

    /// <summary>Bearer token of a request; null when it has none.</summary>
    public static string? Token(this HttpContext context) =>
        context.Request.Headers.Authorization.ToString() is { } header && header.StartsWith(Scheme, StringComparison.Ordinal) ? header[Scheme.Length..].Trim() : null;

    /// <summary>Lets only principals of at least this role through.</summary>
    public static TBuilder Require<TBuilder>(this TBuilder builder, Role least)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new LeastRole(least)).MayFail(StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden);

    /// <summary>Lets everyone through who reaches the socket.</summary>
    public static TBuilder AllowAnyone<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Anyone());

    /// <summary>Middleware: refuses who may not.</summary>
    public static Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        // Other endpoints are those with which routing itself refuses: no such method, no such type of body.
        if (context.GetEndpoint() is not RouteEndpoint endpoint || endpoint.Metadata.GetMetadata<Anyone>() is not null)
            return next(context);
        var least = endpoint.Metadata.GetMetadata<LeastRole>()?.Role ?? Role.Engineer;
        var principal = Find(context);
        if (principal is null)
            return Problems.WriteAsync(context, new ProblemView(
                "not signed in", StatusCodes.Status401Unauthorized, "sign in first; this session does not exist or is over", null));
        if (principal.Role < least)
            return Problems.WriteAsync(context, new ProblemView(
                "not allowed", StatusCodes.Status403Forbidden, $"{principal.Name} is {ApiWords.Of(principal.Role)}; this needs {ApiWords.Of(least)}", null));
        context.Items[PrincipalKey] = principal;
        return next(context);
    }

    private static Principal? Find(HttpContext context) => context.Request.Headers.Authorization.Count > 0
        ? context.Token() is { } token ? context.RequestServices.GetRequiredService<Sessions>().Find(token)?.Principal : null
        : PeerCredentials.LocalPrincipal(context);

    /// <summary>Who may use a route.</summary>
    internal sealed record LeastRole(Role Role);

    /// <summary>No session is needed for a route.</summary>
    internal sealed record Anyone;
}
