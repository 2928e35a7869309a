using System.CommandLine;
using Gateway.Corridor.Admin;

namespace Gateway.Corridor.Cli;

/// <summary><c>corridor revoke</c>, <c>restore</c> and <c>release</c>: the end of an identity, and the way back.</summary>
internal static class RevokeCommand
{
    public static Command BuildRevoke() => Build(
        "revoke", "Revoke an identity (a gateway's with all its devices) or one certificate; flows and doors end at once",
        "Name, SPIFFE id, or fingerprint of a certificate", what => new Revoke(what));

    public static Command BuildRestore() => Build(
        "restore", "Let a revoked identity enrol again; its old certificates stay revoked", "Name or SPIFFE id", what => new Restore(what));

    public static Command BuildRelease() => Build(
        "release", "Forget a revoked identity, so that its name is free for another", "Name or SPIFFE id", what => new Release(what));

    private static Command Build(string verb, string description, string argument, Func<string, AdminRequest> request)
    {
        var state = OperatorCommand.StateOption();
        var what = new Argument<string>("WHAT") { Description = argument };
        var command = new Command(verb, description) { state, what };
        command.SetAction((parse, cancel) => OperatorCommand.AskAsync(
            parse.GetRequiredValue(state), request(parse.GetRequiredValue(what)), _ => { }, cancel));
        return command;
    }
}
