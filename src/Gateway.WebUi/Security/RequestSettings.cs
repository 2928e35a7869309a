using Gateway.WebUi.Wording;

namespace Gateway.WebUi.Security;

/// <summary>Reads from the request what belongs to the person in front of it: session, language, appearance.</summary>
internal static class RequestSettings
{
    public static Task ReadAsync(HttpContext http, RequestDelegate next)
    {
        Read(http);
        return next(http);
    }

    public static PageState Read(HttpContext http)
    {
        var page = http.RequestServices.GetRequiredService<PageState>();
        page.Aborted = http.RequestAborted;
        page.RemoteAddress = http.Connection.RemoteIpAddress?.ToString();
        page.Token = http.Request.Cookies[Cookies.Session] is { Length: > 0 } token && token.All(IsTokenChar) ? token : null;
        page.Language = UiLanguage.Find(http.Request.Cookies[Cookies.Language]) ?? Preferred(http.Request) ?? UiLanguage.English;
        page.Appearance = Enum.TryParse<Appearance>(http.Request.Cookies[Cookies.Appearance], ignoreCase: true, out var appearance)
            && Enum.IsDefined(appearance) ? appearance : Appearance.Automatic;
        return page;
    }

    // A bearer token (RFC 6750 section 2.1); anything else could not stand in the header that carries it on.
    private static bool IsTokenChar(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or '+' or '/' or '=';

    private static UiLanguage? Preferred(HttpRequest request) => request.GetTypedHeaders().AcceptLanguage
        .OrderByDescending(accepted => accepted.Quality ?? 1)
        .Select(accepted => UiLanguage.Find(accepted.Value.Value?.Split('-')[0].ToLowerInvariant()))
        .FirstOrDefault(language => language is not null);
}
