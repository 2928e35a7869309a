using Gateway.Core.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gateway.WebUi.Tests.Fakes;

/// <summary>Claim and sessions of the fake service.</summary>
internal static class FakeAccountRoutes
{
    public static void Map(WebApplication app, FakeBox box)
    {
        app.MapGet("/api/v1/box/public", () => new BoxPublicView(box.Site, "0.1.0", box.Claimed));
        app.MapGet("/api/v1/box", box.View);
        app.MapPost("/api/v1/claim", (ClaimRequest request) => Claim(box, request));
        app.MapPost("/api/v1/sessions", (SignInRequest request, HttpContext http) => SignIn(box, request, http));
        app.MapGet("/api/v1/sessions/current", (HttpContext http) => FakeService.SessionOf(box, http)! with { Token = "" });
        app.MapDelete("/api/v1/sessions/current", (HttpContext http) => SignOut(box, http));
    }

    private static IResult Claim(FakeBox box, ClaimRequest request)
    {
        lock (box.Gate)
        {
            if (box.Claimed)
                return FakeService.Refuse(409, "claimed already");
            if (request.Code != FakeBox.ClaimCode)
                return FakeService.Refuse(403, "wrong code", new FieldErrorView("code", request.Code, "not the code of this box"));
            if (request.Password.Length < 10)
                return FakeService.Refuse(422, "invalid", new FieldErrorView("password", "", "a password has 10 to 128 characters; this one has fewer"));
            box.Claimed = true;
            box.Accounts[request.Name] = (request.Password, "engineer");
            box.Record("claimed", "notice", request.Name, null, ("name", request.Name));
            return Results.Json(box.NewSession(request.Name), statusCode: 201);
        }
    }

    private static IResult SignIn(FakeBox box, SignInRequest request, HttpContext http)
    {
        lock (box.Gate)
        {
            if (request.Name == "hasty")
            {
                http.Response.Headers.RetryAfter = "8";
                return FakeService.Refuse(429, "too many tries");
            }
            if (!box.Accounts.TryGetValue(request.Name, out var account) || account.Password != request.Password)
            {
                box.Record("sign-in-refused", "notice", request.Name, null, ("name", request.Name));
                return FakeService.Refuse(401, "wrong name or password");
            }
            box.Record("signed-in", "info", request.Name, null, ("name", request.Name));
            return Results.Json(box.NewSession(request.Name), statusCode: 201);
        }
    }

    private static IResult SignOut(FakeBox box, HttpContext http)
    {
        lock (box.Gate)
            box.Sessions.Remove(http.Request.Headers.Authorization.ToString()[7..]);
        return Results.NoContent();
    }
}
