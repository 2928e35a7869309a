using System.CommandLine;
using System.Globalization;
using Gateway.Corridor.Admin;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Cli;

/// <summary><c>corridor entitle</c>: who may dial what.</summary>
internal static class EntitleCommand
{
    public static Command Build() => new("entitle", "Who may dial what")
    {
        Change("add", "Let a client, group or device dial", add: true),
        Change("remove", "Take leave away; its flows end at once", add: false),
        List(),
    };

    private static Command Change(string verb, string description, bool add)
    {
        var state = OperatorCommand.StateOption();
        var client = new Option<string?>("--client") { Description = "This client", HelpName = "NAME" };
        var group = new Option<string?>("--group") { Description = "Every client of this group", HelpName = "NAME" };
        var device = new Option<string?>("--device") { Description = "This device", HelpName = "NAME" };
        var targets = new Argument<string[]>("TARGET") { Description = "plc-7/modbus, plc-7:502, cam-*/rtsp, or the name of a service", Arity = ArgumentArity.OneOrMore };
        var command = new Command(verb, description) { state, client, group, device, targets };
        command.SetAction((parse, cancel) =>
        {
            (CallerKind Kind, string? Name)[] named =
            [
                (CallerKind.Client, parse.GetValue(client)), (CallerKind.Group, parse.GetValue(group)), (CallerKind.Device, parse.GetValue(device)),
            ];
            if (named.Where(one => one.Name is not null).ToArray() is not [var caller])
            {
                Say.Error("give exactly one of --client NAME, --group NAME, --device NAME");
                return Task.FromResult(2);
            }
            var request = new ChangeEntitlements(add, caller.Kind, caller.Name!, parse.GetValue(targets)!);
            return OperatorCommand.AskAsync(parse.GetRequiredValue(state), request, _ => { }, cancel);
        });
        return command;
    }

    private static Command List()
    {
        var state = OperatorCommand.StateOption();
        var output = OperatorCommand.OutputOption();
        var command = new Command("list", "Show all entitlements") { state, output };
        command.SetAction((parse, cancel) => OperatorCommand.AskAsync(
            parse.GetRequiredValue(state), new ListEntitlements(), reply => Print(reply, parse.GetValue(output) == OperatorCommand.Json), cancel));
        return command;
    }

    private static void Print(AdminReply reply, bool json)
    {
        if (json)
            Say.Json(reply.Entitlements!);
        else
            Say.Table(["FROM", "NAME", "TARGET", "PORT", "BY"], reply.Entitlements!.Select(leave => (string[])
            [
                leave.From, leave.Name, leave.Target, leave.Port?.ToString(CultureInfo.InvariantCulture) ?? "(service)", leave.Declared ? "file" : "operator",
            ]));
    }
}
