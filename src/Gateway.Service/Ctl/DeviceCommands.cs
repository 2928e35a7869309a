using System.CommandLine;
using System.Globalization;
using Gateway.Core.Api;
using Gateway.Service.Api;

namespace Gateway.Service.Ctl;

/// <summary>Commands about devices, but for the approval.</summary>
internal static class DeviceCommands
{
    public static Command List()
    {
        var retired = new Option<bool>("--retired") { Description = "Show retired devices too" };
        return new Command("devices", "List devices: what is on which socket, and what waits for a decision") { retired }.Does(async (parsed, call) =>
        {
            var path = parsed.GetValue(retired) ? "devices?retired=true" : "devices";
            var (devices, json) = await call.Client.GetAsync(path, ApiJson.Default.IReadOnlyListDeviceView, call.Cancel).ConfigureAwait(false);
            if (call.Output.IsJson)
                call.Output.Json(json);
            else
                call.Output.Table(["SOCKET", "ID", "NAME", "STATE", "ONLINE", "KIND", "ADDRESS", "MAC", "SINCE"], devices.Select(Row));
            return ExitCodes.Done;
        });
    }

    public static Command Device()
    {
        var id = Argument();
        var show = new Command("show", "Show everything about a device: binding, evidence, identity, grants, what was refused") { id }.Does(async (parsed, call) =>
        {
            var device = await call.DeviceAsync(parsed.GetRequiredValue(id)).ConfigureAwait(false);
            var (detail, json) = await call.Client.GetAsync($"devices/{device.Id}", ApiJson.Default.DeviceDetail, call.Cancel).ConfigureAwait(false);
            Print(call.Output, detail, json);
            return ExitCodes.Done;
        });
        return new Command("device", "Show one device") { show };
    }

    public static Command Identify()
    {
        var id = Argument();
        return new Command("identify", "Ask a device who it is, by Modbus device identification (43/14); nothing else is ever asked of a device") { id }.Does(async (parsed, call) =>
        {
            var device = await call.DeviceAsync(parsed.GetRequiredValue(id)).ConfigureAwait(false);
            await PostAsync(call, device, "identify").ConfigureAwait(false);
            return ExitCodes.Done;
        });
    }

    public static Command Confirm()
    {
        var id = Argument();
        var mac = new Option<string>("--mac") { Description = "Hardware address that is right now", HelpName = "MAC", Required = true };
        var address = new Option<string?>("--address") { Description = "Address that is right now, with length; without it: the approved one", HelpName = "ADDRESS/LENGTH" };
        return new Command("confirm", "Say that what stands on a changed socket is right: the original is back, or it has a new board or address") { id, mac, address }
            .Does(async (parsed, call) =>
            {
                var device = await call.DeviceAsync(parsed.GetRequiredValue(id)).ConfigureAwait(false);
                var (detail, _) = await call.Client.GetAsync($"devices/{device.Id}", ApiJson.Default.DeviceDetail, call.Cancel).ConfigureAwait(false);
                var request = new ConfirmRequest(parsed.GetRequiredValue(mac), parsed.GetValue(address) ?? detail.Binding?.Address ?? "");
                var (after, json) = await call.Client.SendAsync(
                    HttpMethod.Post, $"devices/{device.Id}/confirm", CtlClient.Body(request, ApiJson.Default.ConfirmRequest), ApiJson.Default.DeviceDetail, call.Cancel).ConfigureAwait(false);
                Print(call.Output, after, json);
                return ExitCodes.Done;
            });
    }

    /// <summary>A decision that needs nothing but the device.</summary>
    public static Command Step(string name, string description)
    {
        var id = Argument();
        return new Command(name, description) { id }.Does(async (parsed, call) =>
        {
            var device = await call.DeviceAsync(parsed.GetRequiredValue(id)).ConfigureAwait(false);
            await PostAsync(call, device, name).ConfigureAwait(false);
            return ExitCodes.Done;
        });
    }

    public static Argument<string> Argument() => new("ID|NAME") { Description = "Short code or name of the device, as 'gatewayctl devices' shows them" };

    public static void Print(CtlOutput output, DeviceDetail detail, string json)
    {
        if (output.IsJson)
        {
            output.Json(json);
            return;
        }
        var device = detail.Device;
        output.Pairs(
            ("id", device.Id), ("name", device.Name), ("kind", device.Kind), ("state", $"{device.State} since {CtlOutput.Time(device.Since)}"),
            ("online", device.Online ? "yes" : "no"), ("socket", Number(device.Socket)), ("mac", device.Mac), ("address", device.Address),
            ("segment", device.SegmentAddress), ("guess", Guess(device.Guess)), ("labels", string.Join(", ", detail.Labels.Select(l => $"{l.Key}={l.Value}"))),
            ("place", detail.Place), ("equipment", detail.EquipmentNumber), ("keeper", detail.Keeper),
            ("bound", detail.Binding is { } b ? $"{b.Mac} {b.Address} gateway {b.GatewayAddress}, approved by {b.ApprovedBy}" : ""),
            ("isolation", detail.Binding is null ? "" : $"{detail.Isolation.Grade} ({string.Join(", ", detail.Isolation.Reasons)})"),
            ("suggested", detail.Binding is null ? $"{detail.Suggested.Address} gateway {detail.Suggested.GatewayAddress}" : ""),
            ("changed", detail.Break is { } broke ? $"{broke.Mac}{broke.Address} seen instead at {CtlOutput.Time(broke.At)}" : ""),
            ("identity", detail.Identity is { SpiffeId.Length: > 0 } i ? $"{i.SpiffeId} until {CtlOutput.Time(i.NotAfter)}" : ""),
            ("connector", detail.Identity is { } c ? $"{c.ConnectorState} {c.ConnectorReason}".TrimEnd() + $", {Number(c.FlowsOpen)} flows" : ""));
        if (detail.Evidence.Count > 0)
        {
            output.Line("");
            output.Table(["EVIDENCE", "VALUE", "SOURCE", "CONFIDENCE", "LAST SEEN"],
                detail.Evidence.Select(e => (string[])[e.Attribute, e.Conflicts ? e.Value + " (disputed)" : e.Value, e.Source, Number(e.Confidence), CtlOutput.Time(e.LastSeen)]));
        }
        if (detail.Grants.Count > 0)
        {
            output.Line("");
            GrantCommands.Print(output, detail.Grants);
        }
        if (detail.Refused.Count == 0)
            return;
        output.Line("");
        output.Table(BoxCommands.LogHead, detail.Refused.Select(CtlOutput.Row));
    }

    private static async Task PostAsync(CtlCall call, DeviceView device, string step)
    {
        var (detail, json) = await call.Client.SendAsync(HttpMethod.Post, $"devices/{device.Id}/{step}", null, ApiJson.Default.DeviceDetail, call.Cancel).ConfigureAwait(false);
        if (call.Output.IsJson)
            call.Output.Json(json);
        else
            call.Output.Line($"{(device.Name.Length > 0 ? device.Name : device.Id)} is {detail.Device.State}");
    }

    private static string[] Row(DeviceView device) =>
    [
        device.Socket == 0 ? "-" : Number(device.Socket), device.Id, device.Name.Length > 0 ? device.Name : "-", device.State, device.Online ? "yes" : "no",
        device.State == "new" ? Guess(device.Guess) : device.Kind, device.Address.Length > 0 ? device.Address : "-", device.Mac, CtlOutput.Time(device.Since),
    ];

    private static string Guess(GuessView guess) => $"{guess.Kind}? {Number(guess.Confidence)}%";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
