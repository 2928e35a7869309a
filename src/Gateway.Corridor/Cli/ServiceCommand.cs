using System.CommandLine;
using Gateway.Corridor.Admin;

namespace Gateway.Corridor.Cli;

/// <summary><c>corridor service</c>: what the hub offers to devices.</summary>
internal static class ServiceCommand
{
    public static Command Build() => new("service", "Services that devices may dial through the hub") { Add(), Remove(), List() };

    private static Command Add()
    {
        var state = OperatorCommand.StateOption();
        var name = new Argument<string>("NAME") { Description = "Name that devices dial" };
        var address = new Argument<string>("ADDRESS") { Description = "HOST:PORT that the hub connects to" };
        var command = new Command("add", "Offer a service, or give it another address") { state, name, address };
        command.SetAction((parse, cancel) => OperatorCommand.AskAsync(
            parse.GetRequiredValue(state), new AddService(parse.GetRequiredValue(name), parse.GetRequiredValue(address)), _ => { }, cancel));
        return command;
    }

    private static Command Remove()
    {
        var state = OperatorCommand.StateOption();
        var name = new Argument<string>("NAME");
        var command = new Command("remove", "Offer it no more; its flows end at once") { state, name };
        command.SetAction((parse, cancel) => OperatorCommand.AskAsync(
            parse.GetRequiredValue(state), new RemoveService(parse.GetRequiredValue(name)), _ => { }, cancel));
        return command;
    }

    private static Command List()
    {
        var state = OperatorCommand.StateOption();
        var output = OperatorCommand.OutputOption();
        var command = new Command("list", "Show all services") { state, output };
        command.SetAction((parse, cancel) => OperatorCommand.AskAsync(
            parse.GetRequiredValue(state), new ListServices(), reply => Print(reply, parse.GetValue(output) == OperatorCommand.Json), cancel));
        return command;
    }

    private static void Print(AdminReply reply, bool json)
    {
        if (json)
            Say.Json(reply.Services!);
        else
            Say.Table(["NAME", "ADDRESS", "BY"], reply.Services!.Select(service => (string[])[service.Name, service.Address, service.Declared ? "file" : "operator"]));
    }
}
