using Gateway.Core.Api;
using Gateway.Core.State;
using Gateway.Service.Devices;
using Gateway.Service.Policy;
using Gateway.Service.Views;

namespace Gateway.Service.Api;

/// <summary>Grants, and the policy as a document.</summary>
internal static class PolicyEndpoints
{
    private const string Yaml = "text/yaml";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/grants", (DeviceViews views) => TypedResults.Ok(views.Grants()))
            .WithName("ListGrants").WithSummary("All grants").WithTags("policy").Require(Role.Auditor);
        api.MapDelete("/grants/{name}", async (DeviceDecisions decisions, HttpContext context, string name) =>
        {
            await decisions.RemoveGrantAsync(name, context.Principal().Name).ConfigureAwait(false);
            return TypedResults.NoContent();
        }).WithName("RemoveGrant").WithSummary("Takes a grant back; its open flows end at once").WithTags("policy")
            .MayFail(StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable).Require(Role.Engineer);

        var policy = api.MapGroup("/policy").WithTags("policy");
        policy.MapGet("/", (PolicyDocuments documents, HttpContext context) =>
        {
            context.Response.Headers.ETag = $"\"{documents.Hash}\"";
            return TypedResults.Text(documents.Export(), Yaml);
        }).WithName("ExportPolicy").WithSummary("The site as decided, as one document").Produces<string>(StatusCodes.Status200OK, Yaml).Require(Role.Auditor);
        policy.MapPost("/check", (PolicyDocuments documents, PolicyRequest request) => TypedResults.Ok(documents.Check(request.Document)))
            .WithName("CheckPolicy").WithSummary("Says what is wrong with a document, or what it would change").Require(Role.Auditor);
        policy.MapPut("/", async (PolicyDocuments documents, HttpContext context, PolicyRequest request) =>
        {
            var expected = context.Request.Headers.IfMatch.ToString().Trim('"');
            var result = await documents.ApplyAsync(request.Document, expected, context.Principal().Name).ConfigureAwait(false);
            return Results.Json(result, ApiJson.Default.PolicyResult, statusCode: result.Valid ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
        }).WithName("ApplyPolicy").WithSummary("Puts peers, services, callers, grants and labels of a document in the place of the present ones")
            .Produces<PolicyResult>().Produces<PolicyResult>(StatusCodes.Status422UnprocessableEntity)
            .MayFail(StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed, StatusCodes.Status503ServiceUnavailable).Require(Role.Engineer);
        policy.MapPost("/explain", (PolicyDocuments documents, ExplainRequest request) => TypedResults.Ok(documents.Explain(request)))
            .WithName("Explain").WithSummary("Would this be allowed, by which grant, or why not")
            .MayFail(StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity).Require(Role.Auditor);
    }
}
