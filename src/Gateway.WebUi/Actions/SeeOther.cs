namespace Gateway.WebUi.Actions;

/// <summary>After a form: go and get that page (RFC 9110 section 15.4.4). A reload then repeats nothing.</summary>
internal sealed class SeeOther(string path) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = path;
        return Task.CompletedTask;
    }
}
