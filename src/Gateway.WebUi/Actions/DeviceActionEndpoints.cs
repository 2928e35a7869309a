using System.Net;
using Gateway.Core.Api;
using Gateway.WebUi.Api;
using Gateway.WebUi.Rows;
using Gateway.WebUi.Security;
using Microsoft.AspNetCore.Antiforgery;

namespace Gateway.WebUi.Actions;

/// <summary>The buttons of a device that need no field: do it, then back to the page of the device, with a word when it did not happen.</summary>
internal static class DeviceActionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/d/{code}").WithMetadata(new PagePart(), new RequireAntiforgeryTokenAttribute());
        Map(group, "cut-off", (api, code) => api.CutOffAsync(code));
        Map(group, "restore", (api, code) => api.RestoreAsync(code));
        Map(group, "retire", (api, code) => api.RetireAsync(code));
        Map(group, "identify", (api, code) => api.IdentifyAsync(code));
        Map(group, "confirm", ConfirmBoundAsync);
        group.MapPost("/grants/{name}/remove", (string code, string name, GatewayApi api) => RunAsync(code, () => api.RemoveGrantAsync(name)));
    }

    private static void Map(RouteGroupBuilder group, string action, Func<GatewayApi, string, Task> run) =>
        group.MapPost($"/do/{action}", (string code, GatewayApi api) => RunAsync(code, () => run(api, code)));

    /// <summary>"The old one is back": what was approved is right again.</summary>
    private static async Task ConfirmBoundAsync(GatewayApi api, string code)
    {
        var detail = await api.DeviceAsync(code);
        if (detail.Binding is { } bound)
            await api.ConfirmAsync(code, new ConfirmRequest(bound.Mac, bound.Address));
    }

    private static async Task<IResult> RunAsync(string code, Func<Task> run)
    {
        var page = DeviceLinks.Page(code);
        try
        {
            await run();
            return new SeeOther(page);
        }
        catch (ServiceRefusedException e) when (Notice(e.Status) is { } notice)
        {
            return new SeeOther($"{page}?notice={notice}");
        }
    }

    // Others become pages of their own in ErrorPages.
    private static string? Notice(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Conflict => "conflict",
        HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest => "invalid",
        HttpStatusCode.Forbidden => "role",
        HttpStatusCode.ServiceUnavailable => "journal",
        HttpStatusCode.GatewayTimeout => "no-answer",
        _ => null,
    };
}
