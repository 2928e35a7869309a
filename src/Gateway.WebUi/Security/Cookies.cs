using Gateway.Core.Api;

namespace Gateway.WebUi.Security;

/// <summary>Everything that this process leaves in a browser. <c>__Host-</c>: only from this origin, only over TLS, for every path.</summary>
internal static class Cookies
{
    public const string Session = "__Host-session";

    public const string Form = "__Host-form";

    public const string Language = "__Host-language";

    public const string Appearance = "__Host-appearance";

    private static readonly TimeSpan SettingLifetime = TimeSpan.FromDays(365);

    public static void SetSession(HttpResponse response, SessionView session) =>
        response.Cookies.Append(Session, session.Token, Options(session.ExpiresAt));

    public static void EndSession(HttpResponse response) => response.Cookies.Delete(Session, Options(null));

    public static void SetSetting(HttpResponse response, string name, string value, DateTimeOffset now) =>
        response.Cookies.Append(name, value, Options(now + SettingLifetime));

    private static CookieOptions Options(DateTimeOffset? expires) => new()
    {
        Path = "/",
        Secure = true,
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        IsEssential = true,
        Expires = expires,
    };
}
