using Microsoft.AspNetCore.Antiforgery;

namespace Gateway.WebUi.Security;

/// <summary>Says in a readable page what the framework would say with an empty 400: the form has no valid token.</summary>
internal static class FormGuard
{
    public static Task CheckAsync(HttpContext http, RequestDelegate next) =>
        http.Features.Get<IAntiforgeryValidationFeature>() switch
        {
            { IsValid: false, Error.InnerException: BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } } =>
                ErrorPages.ShowAsync(http, StatusCodes.Status413PayloadTooLarge, "large"),
            { IsValid: false } => ErrorPages.ShowAsync(http, StatusCodes.Status400BadRequest, "form"),
            _ => next(http),
        };
}
