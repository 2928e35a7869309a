using Gateway.Core.Api;
using Gateway.Core.State;
using Gateway.Service.Devices;
using Gateway.Service.Views;

namespace Gateway.Service.Api;

/// <summary>Devices, what is proposed for them, and what is decided about them.</summary>
internal static class DeviceEndpoints
{
    /// <summary>Problems that a decision may end in.</summary>
    private static readonly int[] Decisions =
    [
        StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity,
        StatusCodes.Status503ServiceUnavailable,
    ];

    public static void Map(RouteGroupBuilder api)
    {
        var devices = api.MapGroup("/devices").WithTags("devices");
        devices.MapGet("/", (DeviceViews views, bool? retired) => TypedResults.Ok(views.List(retired ?? false)))
            .WithName("ListDevices").WithSummary("All devices, by socket").Require(Role.Auditor);
        devices.MapGet("/{id}", (DeviceViews views, string id) => TypedResults.Ok(views.Detail(id)))
            .WithName("GetDevice").WithSummary("Everything about one device").MayFail(StatusCodes.Status404NotFound).Require(Role.Auditor);
        devices.MapGet("/{id}/proposals", (DeviceProposals proposals, string id) => TypedResults.Ok(proposals.List(id)))
            .WithName("ListProposals").WithSummary("What it may be allowed to do; nothing is accepted by itself").MayFail(StatusCodes.Status404NotFound).Require(Role.Auditor);
        devices.MapPut("/{id}/name", async (DeviceDecisions decisions, DeviceViews views, HttpContext context, string id, NameRequest request) =>
        {
            await decisions.NameAsync(id, request, context.Principal().Name).ConfigureAwait(false);
            return TypedResults.Ok(views.Detail(id));
        }).WithName("NameDevice").WithSummary("Says what it is").MayFail(Decisions).Require(Role.Operator);
        devices.MapPost("/{id}/approve", async (DeviceDecisions decisions, DeviceViews views, HttpContext context, string id, ApproveRequest request) =>
        {
            await decisions.ApproveAsync(id, request, context.Principal().Name).ConfigureAwait(false);
            return TypedResults.Accepted((string?)null, views.Detail(id));
        }).WithName("ApproveDevice").WithSummary("Binds it, grants the chosen proposals, and has it enrolled").MayFail(Decisions).Require(Role.Engineer);
        devices.MapPost("/{id}/grants", async (DeviceDecisions decisions, DeviceViews views, HttpContext context, string id, GrantsRequest request) =>
        {
            await decisions.GrantAsync(id, request.Proposals, context.Principal().Name).ConfigureAwait(false);
            return TypedResults.Ok(views.Detail(id));
        }).WithName("GrantMore").WithSummary("Grants more of the proposals").MayFail(Decisions).Require(Role.Engineer);
        devices.MapPost("/{id}/confirm", async (DeviceDecisions decisions, DeviceViews views, HttpContext context, string id, ConfirmRequest request) =>
        {
            await decisions.ConfirmAsync(id, request, context.Principal().Name).ConfigureAwait(false);
            return TypedResults.Ok(views.Detail(id));
        }).WithName("ConfirmDevice").WithSummary("Says that what stands on a changed socket is right").MayFail(Decisions).Require(Role.Engineer);
        devices.MapPost("/{id}/identify", async (ModbusIdentification identification, DeviceViews views, HttpContext context, string id) =>
        {
            await identification.AskAsync(id, context.Principal().Name, context.RequestAborted).ConfigureAwait(false);
            return TypedResults.Ok(views.Detail(id));
        }).WithName("IdentifyDevice").WithSummary("Asks it who it is, by Modbus 43/14").MayFail(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status504GatewayTimeout).Require(Role.Operator);
        MapSteps(devices);
    }

    private static void MapSteps(RouteGroupBuilder devices)
    {
        Step(devices, "cut-off", "CutOffDevice", "Cuts it off at once; allowed to everyone but the auditor", Role.Operator, (d, id, by) => d.CutOffAsync(id, by));
        Step(devices, "restore", "RestoreDevice", "Ends a cut-off", Role.Engineer, (d, id, by) => d.RestoreAsync(id, by));
        Step(devices, "retire", "RetireDevice", "Removes it for good; its key is destroyed", Role.Engineer, (d, id, by) => d.RetireAsync(id, by));
    }

    private static void Step(
        RouteGroupBuilder devices, string path, string name, string summary, Role role, Func<DeviceDecisions, string, string, Task> step) =>
        devices.MapPost($"/{{id}}/{path}", async (DeviceDecisions decisions, DeviceViews views, HttpContext context, string id) =>
        {
            await step(decisions, id, context.Principal().Name).ConfigureAwait(false);
            return TypedResults.Ok(views.Detail(id));
        }).WithName(name).WithSummary(summary).MayFail(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status503ServiceUnavailable).Require(role);
}
