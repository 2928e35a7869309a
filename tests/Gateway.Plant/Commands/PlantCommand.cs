using System.CommandLine;

namespace Gateway.Plant.Commands;

/// <summary><c>gateway-plant</c>: what stands behind <c>./run</c>.</summary>
internal static class PlantCommand
{
    public static RootCommand Create()
    {
        var folder = new Option<string>("--folder")
        {
            Description = "Everything the plant writes; gone when it stops.", DefaultValueFactory = _ => PlantOptions.RunFolder, Recursive = true,
        };
        var root = new RootCommand("The plant: real stand-in devices, the gateway in front of them, and a fabric behind it.") { folder };
        root.Add(Up(folder));
        root.Add(Ask("status", "Says what is plugged in, and how the walk goes on.", folder));
        root.Add(Plug(folder));
        root.Add(Unplug(folder));
        root.Add(Stop(folder));
        return root;
    }

    private static Command Up(Option<string> folder)
    {
        var built = new Option<string>("--built") { Description = "The build's folder of outputs, artifacts/bin.", Required = true };
        var image = new Option<string>("--image") { Description = "The appliance's tree of files, image/tree.", Required = true };
        var port = new Option<int>("--web-port") { Description = "Port of the pages on this machine's loopback.", DefaultValueFactory = _ => 8_443 };
        var command = new Command("up", "Builds the plant and keeps it running until it is stopped.") { built, image, port };
        command.SetAction((result, cancel) => PlantSupervisor.RunAsync(
            new PlantOptions(
                PlantOptions.RunPrefix, result.GetValue(folder)!, Path.GetFullPath(result.GetValue(built)!),
                Path.GetFullPath(result.GetValue(image)!), result.GetValue(port)),
            cancel));
        return command;
    }

    private static Command Plug(Option<string> folder)
    {
        var device = new Argument<string>("device") { Description = "One of: " + string.Join(", ", PlantLayout.Devices.Select(d => d.Name)) };
        var socket = new Argument<int>("socket") { Description = $"1 to {PlantLayout.Sockets}" };
        var command = new Command("plug", "Puts a device's cable into a socket of the box.") { device, socket };
        command.SetAction(result => PlantCaller.Ask(
            result.GetValue(folder)!, "plug", result.GetValue(device)!, result.GetValue(socket).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return command;
    }

    private static Command Unplug(Option<string> folder)
    {
        var socket = new Argument<int>("socket") { Description = $"1 to {PlantLayout.Sockets}" };
        var command = new Command("unplug", "Pulls the cable out of a socket.") { socket };
        command.SetAction(result => PlantCaller.Ask(
            result.GetValue(folder)!, "unplug", result.GetValue(socket).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return command;
    }

    private static Command Stop(Option<string> folder)
    {
        var command = new Command("stop", "Takes everything down, also what is left of a plant that died.");
        command.SetAction(result => PlantCaller.Stop(result.GetValue(folder)!));
        return command;
    }

    private static Command Ask(string word, string description, Option<string> folder)
    {
        var command = new Command(word, description);
        command.SetAction(result => PlantCaller.Ask(result.GetValue(folder)!, word));
        return command;
    }
}
