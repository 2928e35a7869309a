using System.CommandLine;
using Gateway.Core.Api;
using Gateway.Service.Api;

namespace Gateway.Service.Ctl;

/// <summary>Commands about grants.</summary>
internal static class GrantCommands
{
    public static Command List() => new Command("grants", "List grants: who may reach whom; what no grant names is refused").Does(async (_, call) =>
    {
        var (grants, json) = await call.Client.GetAsync("grants", ApiJson.Default.IReadOnlyListGrantView, call.Cancel).ConfigureAwait(false);
        if (call.Output.IsJson)
            call.Output.Json(json);
        else
            Print(call.Output, grants);
        return ExitCodes.Done;
    });

    public static Command Grant()
    {
        var name = new Argument<string>("NAME") { Description = "Name of the grant, as 'gatewayctl grants' shows it" };
        var remove = new Command("remove", "Take a grant back; its open flows end at once") { name }.Does(async (parsed, call) =>
        {
            var grant = parsed.GetRequiredValue(name);
            await call.Client.TextAsync(HttpMethod.Delete, $"grants/{Uri.EscapeDataString(grant)}", null, call.Cancel).ConfigureAwait(false);
            if (!call.Output.IsJson)
                call.Output.Line($"{grant} is removed");
            return ExitCodes.Done;
        });
        return new Command("grant", "Change one grant") { remove };
    }

    public static void Print(CtlOutput output, IReadOnlyList<GrantView> grants) => output.Table(
        ["GRANT", "FROM", "TO", "ALLOWS", "LAST USED"],
        grants.Select(g => (string[])[g.Name, g.From, g.To, string.Join("; ", g.Allow), g.LastUsed is { } at ? CtlOutput.Time(at) : "-"]));
}
