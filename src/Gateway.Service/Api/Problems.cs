using System.Globalization;
using System.Text.Json;
using Gateway.Core.Api;
using Gateway.Core.Store;
using Gateway.Core.Store.Views;
using Gateway.Service.Access;
using Gateway.Service.State;

namespace Gateway.Service.Api;

/// <summary>Turns what went wrong into a problem document (RFC 9457), and nothing else leaves the API on an error.</summary>
internal static partial class Problems
{
    public static async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception e) when (!context.Response.HasStarted && e is not OperationCanceledException)
        {
            var problem = Describe(e);
            if (problem.Status == StatusCodes.Status500InternalServerError)
                LogFault(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Gateway.Api"), e, context.Request.Path);
            if (e is TooManyTriesException tries)
                context.Response.Headers.RetryAfter = Math.Ceiling(tries.Wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            await WriteAsync(context, problem).ConfigureAwait(false);
        }
    }

    public static Task WriteAsync(HttpContext context, ProblemView problem)
    {
        context.Response.StatusCode = problem.Status;
        context.Response.ContentType = "application/problem+json";
        return JsonSerializer.SerializeAsync(context.Response.Body, problem, ApiJson.Default.ProblemView, context.RequestAborted);
    }

    private static ProblemView Describe(Exception e) => e switch
    {
        RefusedException refused => Describe(refused),
        TooManyTriesException => new ProblemView("too many tries", StatusCodes.Status429TooManyRequests, e.Message, null),
        UnauthorizedAccessException => new ProblemView("not signed in", StatusCodes.Status401Unauthorized, e.Message, null),
        BadHttpRequestException bad => new ProblemView("bad request", bad.StatusCode, bad.Message, null),
        JournalFullException => new ProblemView("no room on the disk", StatusCodes.Status503ServiceUnavailable, "nothing can be decided while the disk is full; what is in force stays in force", null),
        JournalException => new ProblemView("the journal has stopped", StatusCodes.Status503ServiceUnavailable, e.Message, null),
        ViewUnavailableException => new ProblemView("not ready", StatusCodes.Status503ServiceUnavailable, e.Message, null),
        _ => new ProblemView("fault", StatusCodes.Status500InternalServerError, "the gateway could not do that; its log says why", null),
    };

    private static ProblemView Describe(RefusedException refused)
    {
        var (title, status) = refused.Kind switch
        {
            RefusalKind.Input => ("wrong input", StatusCodes.Status422UnprocessableEntity),
            RefusalKind.Conflict => ("not now", StatusCodes.Status409Conflict),
            RefusalKind.Missing => ("not there", StatusCodes.Status404NotFound),
            _ => ("no answer", StatusCodes.Status504GatewayTimeout),
        };
        return new ProblemView(title, status, refused.Message, refused.Kind == RefusalKind.Input ? [new FieldErrorView(refused.Field, refused.Value, refused.Message)] : null);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} failed")]
    private static partial void LogFault(ILogger logger, Exception e, string path);
}
