using System.Globalization;
using System.Net;
using Gateway.WebUi.Api;
using Gateway.WebUi.Components.Pages;
using Gateway.WebUi.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Gateway.WebUi;

/// <summary>Whatever goes wrong on the way to a page ends in a page that says what, and what to do. Never a stack trace.</summary>
internal sealed partial class ErrorPages(RequestDelegate next, ILogger<ErrorPages> log)
{
    /// <summary>Seconds after which the page for "the service is away" loads itself again.</summary>
    private const int ReloadSeconds = 5;

    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
            if (!http.Response.HasStarted && http.Response.StatusCode >= 400 && http.Response.ContentType is null)
                await ShowAsync(http, http.Response.StatusCode, KindOf(http.Response.StatusCode));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The browser has gone; nobody is left to answer.
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            await AnswerAsync(http, e);
        }
    }

    /// <summary>Shows a page of its own for the kind: a part of the keys <c>error.KIND.title</c> and <c>error.KIND.text</c>.</summary>
    public static async Task ShowAsync(HttpContext http, int status, string kind, string detail = "")
    {
        // Services of their own: those of the request may be in the middle of the page that failed.
        await using var scope = http.RequestServices.GetRequiredService<IServiceScopeFactory>().CreateAsyncScope();
        var known = http.RequestServices.GetRequiredService<PageState>().Public;
        http.RequestServices = scope.ServiceProvider;
        RequestSettings.Read(http).Public = known;
        http.Response.Clear();
        var page = new RazorComponentResult<ErrorPage>(new { Kind = kind, Detail = detail, IsPost = !HostGuard.IsSafe(http.Request.Method) })
        {
            StatusCode = status,
        };
        await page.ExecuteAsync(http);
    }

    private Task AnswerAsync(HttpContext http, Exception error)
    {
        switch (error)
        {
            case ServiceAwayException:
            case ServiceRefusedException { Status: HttpStatusCode.ServiceUnavailable }:
                return ShowAwayAsync(http);
            case ServiceRefusedException { Status: HttpStatusCode.Unauthorized }:
                Cookies.EndSession(http.Response);
                http.Response.Redirect(PageGate.SignInPath(http.Request));
                return Task.CompletedTask;
            case ServiceRefusedException { Status: HttpStatusCode.NotFound or HttpStatusCode.Forbidden } refused:
                return ShowAsync(http, (int)refused.Status, KindOf((int)refused.Status));
            case ServiceRefusedException refused:
                LogRefused(refused, http.Request.Path);
                return ShowAsync(http, StatusCodes.Status502BadGateway, "unexpected", refused.Problem.Detail ?? refused.Problem.Title ?? "");
            case BadHttpRequestException bad:
                return ShowAsync(http, bad.StatusCode, KindOf(bad.StatusCode));
            default:
                LogFailed(error, http.Request.Path);
                return ShowAsync(http, StatusCodes.Status500InternalServerError, "fault");
        }
    }

    private static async Task ShowAwayAsync(HttpContext http)
    {
        // A header, not a script: it must work with the least that a browser has.
        var target = HttpMethods.IsGet(http.Request.Method) ? "" : $"; url={PageGate.PageOf(http.Request.Path)}";
        http.Response.OnStarting(() =>
        {
            http.Response.Headers["Refresh"] = string.Create(CultureInfo.InvariantCulture, $"{ReloadSeconds}{target}");
            http.Response.Headers.RetryAfter = ReloadSeconds.ToString(CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });
        await ShowAsync(http, StatusCodes.Status503ServiceUnavailable, "away");
    }

    private static string KindOf(int status) => status switch
    {
        StatusCodes.Status403Forbidden => "role",
        StatusCodes.Status404NotFound => "missing",
        StatusCodes.Status413PayloadTooLarge => "large",
        _ => "request",
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "the service refused what {Path} asked")]
    private partial void LogRefused(Exception error, string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} failed")]
    private partial void LogFailed(Exception error, string path);
}
