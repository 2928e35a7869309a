using System.Collections.Immutable;
using Gateway.Core.Api;
using Gateway.Core.Devices;
using Gateway.Core.Discovery;
using Gateway.Core.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gateway.WebUi.Tests.Fakes;

/// <summary>Devices and grants of the fake service.</summary>
internal static class FakeDeviceRoutes
{
    public static void Map(WebApplication app, FakeBox box)
    {
        app.MapGet("/api/v1/devices", (bool? retired) => box.Devices
            .Where(d => retired == true || d.Device.State != DeviceState.Retired).Select(d => d.View()).ToList());
        var device = app.MapGroup("/api/v1/devices/{id}");
        device.MapGet("", (string id) => With(box, id, _ => null));
        device.MapGet("/proposals", (string id) => box.Find(id).Proposals);
        device.MapPut("/name", (string id, NameRequest request, HttpContext http) => With(box, id, d => Name(box, d, request, Who(box, http))));
        device.MapPost("/approve", (string id, ApproveRequest request, HttpContext http) => With(box, id, d => Approve(box, d, request, Who(box, http))));
        device.MapPost("/grants", (string id, GrantsRequest request) => With(box, id, d => Grant(box, d, request.Proposals)));
        device.MapPost("/confirm", (string id, ConfirmRequest request, HttpContext http) => With(box, id, d => Confirm(box, d, request, Who(box, http))));
        device.MapPost("/identify", (string id) => id == "silent" ? FakeService.Refuse(504, "no answer") : With(box, id, d => Identify(box, d)));
        MapLife(device, box, "cut-off", by => new CutOffDevice(box.Now, by));
        MapLife(device, box, "restore", by => new RestoreDevice(box.Now, by));
        MapLife(device, box, "retire", by => new RetireDevice(box.Now, by));
        app.MapDelete("/api/v1/grants/{name}", (string name, HttpContext http) => RemoveGrant(box, name, Who(box, http)));
    }

    private static string Who(FakeBox box, HttpContext http) => FakeService.SessionOf(box, http)!.Name;

    private static void MapLife(RouteGroupBuilder group, FakeBox box, string action, Func<string, DeviceCommand> command) =>
        group.MapPost($"/{action}", (string id, HttpContext http) => With(box, id, device =>
        {
            var who = Who(box, http);
            if (box.Apply(device, command(who)) is { } refusal)
                return FakeService.Refuse(409, refusal);
            box.Record($"device-{device.State switch { "cut-off" => "cut-off", "retired" => "retired", _ => "restored" }}", "notice", who, device);
            return null;
        }));

    // The work says what is wrong, or null; then the answer is the device.
    private static IResult With(FakeBox box, string id, Func<FakeDevice, IResult?> work)
    {
        lock (box.Gate)
        {
            return box.Devices.FirstOrDefault(d => d.Device.Id == id) is { } device
                ? work(device) ?? Results.Json(device.Detail(box.Refused(id)))
                : FakeService.Refuse(404, $"no device {id}");
        }
    }

    private static IResult? Name(FakeBox box, FakeDevice device, NameRequest request, string who)
    {
        if (box.Devices.Any(d => d != device && d.Device.Name == request.Name))
            return FakeService.Refuse(409, "taken", new FieldErrorView("name", request.Name, $"another device is called {request.Name}"));
        var kind = Enum.GetValues<DeviceKind>().First(k => FakeDevice.Kebab(k.ToString()) == request.Kind);
        var refusal = box.Apply(device, new NameDevice(
            box.Now, who, request.Name, kind, (request.Labels ?? ImmutableDictionary<string, string>.Empty).ToImmutableSortedDictionary(),
            request.Place ?? "", request.EquipmentNumber ?? "", request.Keeper ?? ""));
        if (refusal is not null)
            return FakeService.Refuse(422, "invalid", new FieldErrorView("name", request.Name, refusal));
        box.Record("device-named", "info", who, device, ("name", request.Name));
        return null;
    }

    private static IResult? Approve(FakeBox box, FakeDevice device, ApproveRequest request, string who)
    {
        if (!Ipv4Prefix.TryParse(request.Address, out var address))
            return FakeService.Refuse(422, "invalid", new FieldErrorView("address", request.Address, $"'{request.Address}' is no address with a length"));
        var gateway = Ipv4Address.TryParse(request.GatewayAddress ?? "192.168.10.254", out var own) ? own : default;
        var binding = new Binding(device.Device.Link, 0, device.Device.Mac, address, gateway, who, box.Now);
        if (box.Apply(device, new ApproveDevice(box.Now, who, binding, request.Fabric ?? "")) is { } refusal)
            return FakeService.Refuse(409, refusal);
        Grant(box, device, request.Proposals ?? []);
        device.Identity = new IdentityView(
            $"spiffe://{box.Site}/ot/{device.Device.Name}", new string('a', 64), box.Now.AddDays(1), "enrolling", "", 0);
        box.Record("device-approved", "notice", who, device, ("name", device.Device.Name), ("address", request.Address), ("fabric", request.Fabric ?? ""));
        return null;
    }

    private static IResult? Grant(FakeBox box, FakeDevice device, IReadOnlyList<string> proposals)
    {
        foreach (var proposal in device.Proposals.Where(p => proposals.Contains(p.Id)).ToList())
        {
            device.Proposals.Remove(proposal);
            var name = $"{device.Device.Name}-{proposal.Id}";
            device.Grants.Add(new GrantView(name, proposal.From, proposal.To, [$"{proposal.Port} {proposal.Operations}".Trim()], proposal.Direction, "", null));
            box.Record("grant-added", "notice", "keller", device, ("grant", name));
        }
        return null;
    }

    private static IResult? Confirm(FakeBox box, FakeDevice device, ConfirmRequest request, string who)
    {
        if (!MacAddress.TryParse(request.Mac, out var mac))
            return FakeService.Refuse(422, "invalid", new FieldErrorView("mac", request.Mac, $"'{request.Mac}' is no hardware address"));
        if (device.Device.Binding is not { } bound || box.Apply(device, new ConfirmBinding(box.Now, who, bound with { Mac = mac })) is not null)
            return FakeService.Refuse(409, "not changed");
        box.Record("device-confirmed", "notice", who, device, ("mac", request.Mac), ("address", request.Address));
        return null;
    }

    private static IResult? Identify(FakeBox box, FakeDevice device)
    {
        device.Evidence.Add(new EvidenceView("model", "S7-1200", ApiWords.Of(ObservationSource.ModbusIdentification), 95, box.Now, box.Now, false));
        box.Record("identify-asked", "info", "keller", device);
        return null;
    }

    private static IResult RemoveGrant(FakeBox box, string name, string who)
    {
        lock (box.Gate)
        {
            if (box.Devices.FirstOrDefault(d => d.Grants.Any(g => g.Name == name)) is not { } device)
                return FakeService.Refuse(409, "no such grant any more");
            device.Grants.RemoveAll(g => g.Name == name);
            box.Record("grant-removed", "notice", who, device, ("grant", name));
            return Results.NoContent();
        }
    }
}
