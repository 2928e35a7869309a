using System.CommandLine;
using System.Globalization;
using Gateway.Core.Identity;
using Gateway.Corridor.Admin;

namespace Gateway.Corridor.Cli;

/// <summary><c>corridor status</c> and <c>corridor flows</c>.</summary>
internal static class StatusCommand
{
    public static Command BuildStatus() => Build("status", "Show the hub, its identities and counters", new AskStatus(), PrintStatus);

    public static Command BuildFlows() => Build("flows", "Show the flows that are open now", new ListFlows(), PrintFlows);

    private static Command Build(string verb, string description, AdminRequest request, Action<AdminReply, bool> print)
    {
        var state = OperatorCommand.StateOption();
        var output = OperatorCommand.OutputOption();
        var command = new Command(verb, description) { state, output };
        command.SetAction((parse, cancel) => OperatorCommand.AskAsync(
            parse.GetRequiredValue(state), request, reply => print(reply, parse.GetValue(output) == OperatorCommand.Json), cancel));
        return command;
    }

    private static void PrintStatus(AdminReply reply, bool json)
    {
        var status = reply.Status!;
        if (json)
        {
            Say.Json(status);
            return;
        }
        Console.Out.WriteLine($"hub {status.Hub} of {status.Site} at {status.Endpoint} since {Validity.Text(status.StartedAt)}");
        Console.Out.WriteLine($"authority sha256 {status.AuthorityFingerprint}");
        Say.Table(["ID", "STATE", "UNTIL", "GROUPS", "DOORS", "FLOWS"], status.Identities.Select(identity => (string[])
        [
            identity.Id, identity.State, identity.NotAfter is { } end ? Validity.Text(end) : "-", string.Join(",", identity.Groups),
            Number(identity.Doors), Number(identity.Flows),
        ]));
        foreach (var (name, count) in status.Counters)
            Console.Out.WriteLine($"{name} {Number(count)}");
    }

    private static void PrintFlows(AdminReply reply, bool json)
    {
        if (json)
            Say.Json(reply.Flows!);
        else
            Say.Table(["FLOW", "CALLER", "TARGET", "PORT", "SINCE", "TO", "FROM"], reply.Flows!.Select(flow => (string[])
            [
                flow.Flow, flow.Caller, flow.Target, Number(flow.Port), Validity.Text(flow.Since), Number(flow.BytesToTarget), Number(flow.BytesFromTarget),
            ]));
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
