using Microsoft.AspNetCore.Antiforgery;

namespace Gateway.WebUi.Security;

/// <summary>Says in a readable page what the framework would say with an empty 400: the form has no valid token.</summary>
internal static class FormGuard
{
    public static Task CheckAsync(HttpContext http, RequestDelegate next) =>
        http.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false }
            ? ErrorPages.ShowAsync(http, StatusCodes.Status400BadRequest, "form")
            : next(http);
}
