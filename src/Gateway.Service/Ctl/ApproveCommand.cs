using System.CommandLine;
using System.CommandLine.Parsing;
using Gateway.Core.Api;
using Gateway.Service.Api;

namespace Gateway.Service.Ctl;

/// <summary><c>gatewayctl approve</c>: names a device, binds it, and grants what was chosen of the proposals.</summary>
internal static class ApproveCommand
{
    private const string Suggested = "suggested";
    private const string None = "none";

    public static Command Build()
    {
        var id = DeviceCommands.Argument();
        var name = new Option<string?>("--name") { Description = "Name: 3 to 48 lower-case letters, digits and hyphens; needed for a device without one", HelpName = "NAME" };
        var kind = new Option<string?>("--kind") { Description = "plc, camera, badge-reader, sorting-machine, drive or other; without it: the gateway's guess", HelpName = "KIND" };
        var label = new Option<string[]>("--label") { Description = "Label; may be repeated", HelpName = "KEY=VALUE" };
        label.Validators.Add(CheckLabels);
        var address = new Option<string?>("--address") { Description = "The device's own address with length; without it: the one seen", HelpName = "ADDRESS/LENGTH" };
        var gateway = new Option<string?>("--gateway") { Description = "Address from which the gateway speaks to it; without it: the suggested one", HelpName = "ADDRESS" };
        var fabric = new Option<string?>("--fabric") { Description = "Fabric it appears in, or 'none'; without it: the only one of the site", HelpName = "NAME" };
        var allow = new Option<string[]>("--allow")
        {
            Description = "What it may do: ids of proposals, 'suggested', or 'none'. Without it the proposals are listed and nothing is approved",
            HelpName = "PROPOSAL", AllowMultipleArgumentsPerToken = true,
        };
        return new Command("approve", "Approve a device: name it, bind it to its socket, and allow what was chosen")
        {
            id, name, kind, label, address, gateway, fabric, allow,
        }.Does(async (parsed, call) =>
        {
            var device = await call.DeviceAsync(parsed.GetRequiredValue(id)).ConfigureAwait(false);
            var labels = (parsed.GetValue(label) ?? []).Select(l => l.Split('=', 2)).ToDictionary(l => l[0], l => l[1]);
            await NameAsync(call, device, parsed.GetValue(name), parsed.GetValue(kind), labels).ConfigureAwait(false);
            var (proposals, json) = await call.Client.GetAsync($"devices/{device.Id}/proposals", ApiJson.Default.IReadOnlyListProposalView, call.Cancel).ConfigureAwait(false);
            if (parsed.GetValue(allow) is not { Length: > 0 } chosen)
                return Offer(call.Output, proposals, json);
            var (detail, _) = await call.Client.GetAsync($"devices/{device.Id}", ApiJson.Default.DeviceDetail, call.Cancel).ConfigureAwait(false);
            var request = new ApproveRequest(
                parsed.GetValue(address) ?? detail.Suggested.Address, parsed.GetValue(gateway), await FabricAsync(call, parsed.GetValue(fabric)).ConfigureAwait(false),
                Choose(chosen, proposals));
            if (request.Address.Length == 0)
                throw new CtlException(ExitCodes.WrongUse, "the device has not shown its address yet; give it by --address, for example 192.168.10.21/24");
            var (after, text) = await call.Client.SendAsync(
                HttpMethod.Post, $"devices/{device.Id}/approve", CtlClient.Body(request, ApiJson.Default.ApproveRequest), ApiJson.Default.DeviceDetail, call.Cancel).ConfigureAwait(false);
            DeviceCommands.Print(call.Output, after, text);
            return ExitCodes.Done;
        });
    }

    private static void CheckLabels(OptionResult result)
    {
        foreach (var wrong in result.Tokens.Where(t => t.Value.IndexOf('=') <= 0))
            result.AddError($"--label '{wrong.Value}' is no KEY=VALUE; write for example --label line=filler-2");
        foreach (var twice in result.Tokens.GroupBy(t => t.Value.Split('=')[0]).Where(g => g.Count() > 1))
            result.AddError($"--label {twice.Key} stands there {twice.Count()} times; a label has one value");
    }

    /// <summary>Names the device where a name or labels are given; what is not given stays as it is.</summary>
    private static async Task NameAsync(CtlCall call, DeviceView device, string? name, string? kind, Dictionary<string, string> labels)
    {
        if (name is null && kind is null && labels.Count == 0)
        {
            if (device.Name.Length == 0)
                throw new CtlException(ExitCodes.WrongUse, $"{device.Id} has no name yet; give it one by --name, for example --name plc-7");
            return;
        }
        var (detail, _) = await call.Client.GetAsync($"devices/{device.Id}", ApiJson.Default.DeviceDetail, call.Cancel).ConfigureAwait(false);
        foreach (var (key, value) in detail.Labels.Where(l => l.Key != "kind"))
            labels.TryAdd(key, value);
        var request = new NameRequest(
            name ?? device.Name, kind ?? (device.State == "new" ? device.Guess.Kind : device.Kind), labels, detail.Place, detail.EquipmentNumber, detail.Keeper);
        await call.Client.TextAsync(HttpMethod.Put, $"devices/{device.Id}/name", CtlClient.Body(request, ApiJson.Default.NameRequest), call.Cancel).ConfigureAwait(false);
    }

    private static int Offer(CtlOutput output, IReadOnlyList<ProposalView> proposals, string json)
    {
        if (output.IsJson)
            output.Json(json);
        else
            output.Table(["PROPOSAL", "FROM", "TO", "PORT", "OPERATIONS", "SUGGESTED", "WHY"],
                proposals.Select(p => (string[])[p.Id, p.From, p.To, p.Port, p.Operations.Length > 0 ? p.Operations : "-", p.Suggested ? "yes" : "no", p.Reason]));
        output.Note("gatewayctl: nothing is approved yet; choose by --allow PROPOSAL..., --allow suggested, or --allow none");
        return ExitCodes.WrongUse;
    }

    private static List<string> Choose(string[] chosen, IReadOnlyList<ProposalView> proposals) =>
        [.. chosen.Where(c => c != None).SelectMany(c => c == Suggested ? proposals.Where(p => p.Suggested).Select(p => p.Id) : [c]).Distinct()];

    private static async Task<string> FabricAsync(CtlCall call, string? given)
    {
        if (given is not null)
            return given == None ? "" : given;
        var (box, _) = await call.Client.GetAsync("box", ApiJson.Default.BoxView, call.Cancel).ConfigureAwait(false);
        return box.Fabrics.Count switch
        {
            0 => "",
            1 => box.Fabrics[0].Name,
            _ => throw new CtlException(ExitCodes.WrongUse, $"the site has several fabrics; choose by --fabric: {string.Join(", ", box.Fabrics.Select(f => f.Name))}, or none"),
        };
    }
}
