using System.Net;
using Gateway.WebUi.Api;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;

namespace Gateway.WebUi.Security;

/// <summary>Marks an endpoint that belongs to the pages, though it is none itself.</summary>
internal sealed class PagePart;

/// <summary>Lets nobody to a page who may not see it: first the box is claimed, then somebody signs in. Who is signed in and what they may
/// do is the service's word; this only asks.</summary>
internal static class PageGate
{
    public static async Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        var metadata = http.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<ComponentTypeMetadata>() is null && metadata?.GetMetadata<PagePart>() is null)
        {
            await next(http);
            return;
        }
        var page = http.RequestServices.GetRequiredService<PageState>();
        var api = http.RequestServices.GetRequiredService<GatewayApi>();
        page.Public = await api.PublicAsync();
        if (metadata.GetMetadata<IAllowAnonymous>() is null && !await SignedInAsync(page, api))
        {
            http.Response.Redirect(page.Public.Claimed ? SignInPath(http.Request) : "/claim");
            return;
        }
        await next(http);
    }

    /// <summary>The sign-in page, to come back from to the page that was asked for.</summary>
    public static string SignInPath(HttpRequest request)
    {
        var wanted = HttpMethods.IsGet(request.Method) ? $"{request.Path}{request.QueryString}" : PageOf(request.Path);
        return wanted == "/" ? "/sign-in" : $"/sign-in?to={Uri.EscapeDataString(wanted)}";
    }

    /// <summary>The page to which a path belongs that only takes forms.</summary>
    public static string PageOf(PathString path)
    {
        var parts = (path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts is ["d", var device, ..] ? LocalPath.Or($"/d/{device}") : "/";
    }

    private static async Task<bool> SignedInAsync(PageState page, GatewayApi api)
    {
        if (page.Token is null || !page.Public!.Claimed)
            return false;
        try
        {
            var session = api.SessionAsync();
            var box = api.BoxAsync();
            await Task.WhenAll(session, box);
            (page.Session, page.Box) = (await session, await box);
            return true;
        }
        catch (ServiceRefusedException e) when (e.Status == HttpStatusCode.Unauthorized)
        {
            return false;
        }
    }
}
