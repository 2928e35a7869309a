using Gateway.Core.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.WebUi.Tests.Fakes;

/// <summary>Stands in for the service: the same API on a Unix socket, over a <see cref="FakeBox"/>.</summary>
internal sealed class FakeService(FakeBox box, string socketPath) : IAsyncDisposable
{
    private WebApplication? _app;

    public FakeBox Box { get; } = box;

    /// <summary>Requests as they came, for tests of what is passed on.</summary>
    public List<(string Method, string Path, IHeaderDictionary Headers)> Seen { get; } = [];

    public async Task StartAsync()
    {
        File.Delete(socketPath);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socketPath));
        _app = builder.Build();
        _app.Use(CheckAsync);
        FakeAccountRoutes.Map(_app, Box);
        FakeDeviceRoutes.Map(_app, Box);
        FakeEventRoutes.Map(_app, Box);
        await _app.StartAsync();
    }

    /// <summary>As if the process had been killed; <see cref="StartAsync"/> brings it back with all it knew.</summary>
    public async Task StopAsync()
    {
        if (_app is null)
            return;
        Box.DropListeners();
        await _app.DisposeAsync();
        _app = null;
        File.Delete(socketPath);
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    public static SessionView? SessionOf(FakeBox box, HttpContext http)
    {
        var value = http.Request.Headers.Authorization.ToString();
        lock (box.Gate)
            return value.StartsWith("Bearer ", StringComparison.Ordinal) ? box.Sessions.GetValueOrDefault(value[7..]) : null;
    }

    public static IResult Refuse(int status, string detail, params FieldErrorView[] errors) => Results.Json(
        new ProblemView("Refused", status, detail, errors), statusCode: status, contentType: "application/problem+json");

    private async Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        lock (Seen)
            Seen.Add((http.Request.Method, http.Request.Path + http.Request.QueryString, new HeaderDictionary(http.Request.Headers.ToDictionary())));
        var path = http.Request.Path.Value;
        var open = path is "/api/v1/box/public" or "/api/v1/claim" || (path == "/api/v1/sessions" && http.Request.Method == "POST");
        if (!open && SessionOf(Box, http) is null)
            await Refuse(401, "no session").ExecuteAsync(http);
        else if (http.Request.Method != "GET" && SessionOf(Box, http) is { Role: "auditor" } && path != "/api/v1/sessions/current")
            await Refuse(403, "an auditor only reads").ExecuteAsync(http);
        else
            await next(http);
    }
}
