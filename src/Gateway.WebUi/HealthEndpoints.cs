using System.Reflection;
using Gateway.WebUi.Api;

namespace Gateway.WebUi;

/// <summary>For machines that watch this process. They say nothing about the plant.</summary>
internal static class HealthEndpoints
{
    private static readonly string Version =
        typeof(HealthEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => TypedResults.Text("ok"));
        routes.MapGet("/readyz", ReadyAsync);
        routes.MapGet("/version", () => TypedResults.Text(Version));
    }

    /// <summary>Ready when the service answers, too.</summary>
    private static async Task<IResult> ReadyAsync(GatewayApi api)
    {
        try
        {
            await api.PublicAsync();
            return TypedResults.Text("ready");
        }
        catch (Exception e) when (e is ServiceAwayException or ServiceRefusedException)
        {
            return TypedResults.Text("the service does not answer", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
