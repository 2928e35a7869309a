using System.CommandLine;
using Gateway.Corridor.Admin;

namespace Gateway.Corridor.Cli;

/// <summary>What all commands of the operator share: the folder of the hub, and one question to its admin socket.</summary>
internal static class OperatorCommand
{
    public static Option<string> StateOption() => new("--state")
    {
        Description = "Folder of the running hub",
        Required = true,
        HelpName = "DIR",
    };

    /// <summary>The one form for programs.</summary>
    public const string Json = "json";

    public static Option<string> OutputOption() =>
        new Option<string>("--output", "-o") { Description = "Form of the output", DefaultValueFactory = _ => "table" }.AcceptOnlyFromAmong("table", Json);

    /// <summary>Asks, prints notes or the error, and hands a good answer on.</summary>
    /// <returns>Exit code.</returns>
    public static async Task<int> AskAsync(string folder, AdminRequest request, Action<AdminReply> print, CancellationToken cancel)
    {
        try
        {
            var reply = await AdminClient.AskAsync(folder, request, cancel);
            if (reply.Error is { } error)
            {
                Say.Error(error);
                return 1;
            }
            foreach (var note in reply.Notes)
                Say.Note(note);
            print(reply);
            return 0;
        }
        catch (AdminUnreachableException e)
        {
            Say.Error(e.Message);
            return 1;
        }
    }
}
