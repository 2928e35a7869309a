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
    public const string MediaType = "application/problem+json";

    public static async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
            if (context.Response is { HasStarted: false, StatusCode: >= StatusCodes.Status400BadRequest, ContentType: null, ContentLength: null })
                await WriteAsync(context, Bare(context)).ConfigureAwait(false);
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

    /// <summary>Says in the description of the API which problems a route may answer with.</summary>
    public static TBuilder MayFail<TBuilder>(this TBuilder builder, params int[] statuses)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(
            [.. statuses.Select(status => new ProducesResponseTypeMetadata(status, typeof(ProblemView), [MediaType]))]);

    public static Task WriteAsync(HttpContext context, ProblemView problem)
    {
        context.Response.StatusCode = problem.Status;
        context.Response.ContentType = MediaType;
        return JsonSerializer.SerializeAsync(context.Response.Body, problem, ApiJson.Default.ProblemView, context.RequestAborted);
    }

    /// <summary>What routing refuses without a word.</summary>
    private static ProblemView Bare(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => new ProblemView("not there", StatusCodes.Status404NotFound, $"there is no {context.Request.Path}", null),
        StatusCodes.Status405MethodNotAllowed => new ProblemView(
            "wrong method", StatusCodes.Status405MethodNotAllowed, $"{context.Request.Path} does not take {context.Request.Method}; it takes {context.Response.Headers.Allow}", null),
        StatusCodes.Status415UnsupportedMediaType => new ProblemView(
            "wrong type of body", StatusCodes.Status415UnsupportedMediaType, $"send JSON with Content-Type: application/json, not '{context.Request.ContentType}'", null),
        var status => new ProblemView("refused", status, Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status), null),
    };

    private static ProblemView Describe(Exception e) => e switch
    {
        RefusedException refused => Describe(refused),
        TooManyTriesException => new ProblemView("too many tries", StatusCodes.Status429TooManyRequests, e.Message, null),
        Policy.PolicyChangedException => new ProblemView("changed meanwhile", StatusCodes.Status412PreconditionFailed, e.Message, null),
        UnauthorizedAccessException => new ProblemView("not signed in", StatusCodes.Status401Unauthorized, e.Message, null),
        BadHttpRequestException bad => BadRequests.Describe(bad),
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
            RefusalKind.Forbidden => ("not allowed", StatusCodes.Status403Forbidden),
            RefusalKind.Busy => ("too many", StatusCodes.Status503ServiceUnavailable),
            _ => ("no answer", StatusCodes.Status504GatewayTimeout),
        };
        return new ProblemView(title, status, refused.Message, refused.Field.Length > 0 && refused.Kind is RefusalKind.Input or RefusalKind.Forbidden ? [new FieldErrorView(refused.Field, refused.Value, refused.Message)] : null);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} failed")]
    private static partial void LogFault(ILogger logger, Exception e, string path);
}
