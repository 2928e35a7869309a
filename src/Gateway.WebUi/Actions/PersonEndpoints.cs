using System.Net;
using Gateway.WebUi.Api;
using Gateway.WebUi.Security;
using Gateway.WebUi.Wording;
using Microsoft.AspNetCore.Antiforgery;

namespace Gateway.WebUi.Actions;

/// <summary>Buttons that concern the person, not a device: language, colours, sign-out.</summary>
internal static class PersonEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/settings", SetAsync).WithMetadata(new RequireAntiforgeryTokenAttribute());
        routes.MapPost("/sign-out", SignOutAsync).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private static async Task<IResult> SetAsync(HttpContext http, TimeProvider time)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var now = time.GetUtcNow();
        if (UiLanguage.Find(form["language"]) is { } language)
            Cookies.SetSetting(http.Response, Cookies.Language, language.Code, now);
        if (Enum.TryParse<Appearance>(form["appearance"], ignoreCase: true, out var appearance) && Enum.IsDefined(appearance))
            Cookies.SetSetting(http.Response, Cookies.Appearance, appearance.ToString().ToLowerInvariant(), now);
        return new SeeOther(LocalPath.Or(form["back"]));
    }

    private static async Task<IResult> SignOutAsync(HttpContext http, GatewayApi api)
    {
        // The cookie goes even when the service is away: whoever presses this is leaving the screen to others.
        Cookies.EndSession(http.Response);
        try
        {
            await api.SignOutAsync();
        }
        catch (ServiceRefusedException e) when (e.Status == HttpStatusCode.Unauthorized)
        {
            // It had ended already.
        }
        catch (ServiceAwayException)
        {
            // It ends by itself; the token is nowhere any more.
        }
        return new SeeOther("/sign-in");
    }
}
