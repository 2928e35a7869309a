using Gateway.Service.Views;
using Microsoft.OpenApi;

namespace Gateway.Service.Api;

/// <summary>All routes of the API, and its description.</summary>
internal static class ApiRoutes
{
    public const string Base = "/api/v1";

    private const string Document = "v1";

    public static void AddOpenApi(IServiceCollection services) => services.AddOpenApi(Document, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Gateway API",
                Version = Document,
                Description = "Everything the pages and gatewayctl do. Errors are problem documents (RFC 9457).",
            };
            document.Servers = [new OpenApiServer { Url = "/" }];
            return Task.CompletedTask;
        });
    });

    public static void Map(WebApplication application)
    {
        var api = application.MapGroup(Base).MayFail(StatusCodes.Status400BadRequest, StatusCodes.Status500InternalServerError);
        BoxEndpoints.Map(api);
        DeviceEndpoints.Map(api);
        PolicyEndpoints.Map(api);
        EventEndpoints.Map(api);
        application.MapOpenApi(Base + "/openapi.json").Require(Core.State.Role.Auditor);
        application.MapGet("/healthz", (Hosting.Liveness liveness) => liveness.Fault() is { } fault
            ? Results.Text(fault, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ok")).AllowAnyone().ExcludeFromDescription();
        application.MapGet("/readyz", (BoxViews views) => views.Dataplane == "running" && views.Journal == "ok"
            ? Results.Text("ok")
            : Results.Text($"dataplane {views.Dataplane}, journal {views.Journal}", statusCode: StatusCodes.Status503ServiceUnavailable)).AllowAnyone().ExcludeFromDescription();
        application.MapGet("/version", () => Results.Text(BoxViews.Version)).AllowAnyone().ExcludeFromDescription();
    }
}
