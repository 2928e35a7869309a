using System.CommandLine;
using Gateway.Core.Identity;
using Gateway.Corridor.Admin;
using Gateway.Corridor.Config;

namespace Gateway.Corridor.Cli;

/// <summary><c>corridor token new</c>: a one-time token for one client or gateway.</summary>
internal static class TokenCommand
{
    public static Command Build()
    {
        var state = OperatorCommand.StateOption();
        var output = OperatorCommand.OutputOption();
        var client = new Option<string?>("--client") { Description = "The token is for this client", HelpName = "NAME" };
        var gateway = new Option<string?>("--gateway") { Description = "The token is for this gateway; its name is the segment of its devices", HelpName = "NAME" };
        var groups = new Option<string[]>("--group") { Description = "Group the client gets", HelpName = "GROUP" };
        var valid = new Option<string>("--valid") { Description = "How long it can be used, 1m to 7d", DefaultValueFactory = _ => "1h", HelpName = "TIME" };
        var make = new Command("new", "Make a one-time token") { state, client, gateway, groups, valid, output };
        make.SetAction((parse, cancel) =>
        {
            var (asClient, asGateway) = (parse.GetValue(client), parse.GetValue(gateway));
            if (asClient is null == asGateway is null)
                return Refuse("give either --client NAME or --gateway NAME");
            if (!Durations.TryParse(parse.GetRequiredValue(valid), out var life))
                return Refuse($"--valid: '{parse.GetValue(valid)}' is no time; write for example 30m, 24h or 7d");
            var request = new NewToken(asClient is null ? SpiffeKind.Gateway : SpiffeKind.Client, asClient ?? asGateway!, parse.GetValue(groups) ?? [], life.TotalSeconds);
            return OperatorCommand.AskAsync(parse.GetRequiredValue(state), request, reply => Print(reply.Token!, parse.GetValue(output) == OperatorCommand.Json), cancel);
        });
        return new Command("token", "Tokens for the first certificate of a client or gateway") { make };
    }

    private static void Print(TokenView token, bool json)
    {
        if (json)
        {
            Say.Json(token);
            return;
        }
        Say.Note($"for {token.Id}, once, until {Validity.Text(token.ExpiresAt)}");
        Console.Out.WriteLine(token.Token);
    }

    private static Task<int> Refuse(string message)
    {
        Say.Error(message);
        return Task.FromResult(2);
    }
}
