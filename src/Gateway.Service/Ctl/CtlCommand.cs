using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Gateway.Core.Api;
using Gateway.Service.Api;
using Gateway.Service.Hosting;

namespace Gateway.Service.Ctl;

/// <summary>What a command runs with.</summary>
internal sealed record CtlCall(CtlClient Client, CtlOutput Output, CancellationToken Cancel)
{
    /// <summary>The device with the id or name.</summary>
    /// <exception cref="CtlException">There is none.</exception>
    public async Task<DeviceView> DeviceAsync(string idOrName)
    {
        var (devices, _) = await Client.GetAsync("devices?retired=true", ApiJson.Default.IReadOnlyListDeviceView, Cancel).ConfigureAwait(false);
        return devices.FirstOrDefault(d => d.Id == idOrName)
            ?? devices.FirstOrDefault(d => d.Name == idOrName && d.State != "retired")
            ?? throw new CtlException(ExitCodes.Refused, $"no device has the id or name '{idOrName}'; 'gatewayctl devices' lists all");
    }
}

/// <summary><c>gatewayctl</c>, and <c>gatewayd ctl</c>, which is the same.</summary>
internal static class CtlCommand
{
    private const string Text = "text";
    private const string Json = "json";

    /// <summary>Session token, for those who are not root on the box.</summary>
    private const string TokenVariable = "GATEWAYCTL_TOKEN";

    private static readonly Option<string> Api = new("--api")
    {
        Description = "Unix socket of the service", HelpName = "SOCKET", Recursive = true, DefaultValueFactory = _ => ServiceOptions.DefaultApiSocket,
    };

    private static readonly Option<string> Output = MakeOutput();

    public static Command Build()
    {
        var command = new Command("gatewayctl", """
            Operates the gateway from a shell on the box, over the same API as the pages (docs/api.md).
            Root needs no session; others put the token of one into GATEWAYCTL_TOKEN.

            Exit codes: 0 done, 1 refused, 2 wrong use, 3 the service does not answer.
            """)
        {
            new HelpOption(), Api, Output,
            DeviceCommands.List(), DeviceCommands.Device(), ApproveCommand.Build(), DeviceCommands.Identify(), DeviceCommands.Confirm(),
            DeviceCommands.Step("cut-off", "Cut a device off at once: nothing reaches it, and it reaches nothing"),
            DeviceCommands.Step("restore", "End a cut-off"),
            DeviceCommands.Step("retire", "Remove a device for good: its key is destroyed, grants that name it end"),
            GrantCommands.List(), GrantCommands.Grant(), PolicyCommands.Build(), BoxCommands.Status(), BoxCommands.Log(), BoxCommands.Events(),
        };
        return command;
    }

    /// <summary>Runs the command.</summary>
    /// <returns>Exit code, see <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> words, TextWriter? results = null, TextWriter? notes = null, CancellationToken cancel = default)
    {
        var configuration = new InvocationConfiguration { Output = results ?? Console.Out, Error = notes ?? Console.Error };
        var parsed = Build().Parse(words);
        var code = await parsed.InvokeAsync(configuration, cancel).ConfigureAwait(false);
        return parsed.Action is ParseErrorAction ? ExitCodes.WrongUse : code;
    }

    /// <summary>Gives a command what it does.</summary>
    public static Command Does(this Command command, Func<ParseResult, CtlCall, Task<int>> act)
    {
        command.SetAction(async (parsed, cancel) =>
        {
            var configuration = parsed.InvocationConfiguration;
            var output = new CtlOutput(configuration.Output, configuration.Error, parsed.GetValue(Output) == Json);
            using var client = new CtlClient(parsed.GetValue(Api)!, Environment.GetEnvironmentVariable(TokenVariable));
            try
            {
                return await act(parsed, new CtlCall(client, output, cancel)).ConfigureAwait(false);
            }
            catch (CtlException e)
            {
                output.Problem(e);
                return e.Code;
            }
            catch (OperationCanceledException)
            {
                return ExitCodes.Done;
            }
        });
        return command;
    }

    private static Option<string> MakeOutput()
    {
        var output = new Option<string>("--output", "-o") { Description = "Form of the results", HelpName = "text|json", Recursive = true, DefaultValueFactory = _ => Text };
        output.AcceptOnlyFromAmong(Text, Json);
        return output;
    }
}
