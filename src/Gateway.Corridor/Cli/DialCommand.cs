using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Corridor.Client;
using Gateway.Corridor.Dialling;

namespace Gateway.Corridor.Cli;

/// <summary><c>corridor dial</c>: lets ordinary programs reach one target through the corridor.</summary>
internal static class DialCommand
{
    public static Command Build()
    {
        var target = new Argument<string>("TARGET") { Description = "plc-7/modbus, plc-7:502, or the name of a service" };
        var listen = new Option<string>("--listen") { Description = "Local address and port", Required = true, HelpName = "127.0.0.1:PORT" };
        var hub = new Option<string>("--hub") { Description = "Where the hub listens", Required = true, HelpName = "HOST:PORT" };
        var identity = new Option<string>("--identity") { Description = "Folder that corridor enrol filled", Required = true, HelpName = "DIR" };
        var command = new Command("dial", "Listen locally and carry each connection to a target, until told to stop") { target, listen, hub, identity };
        command.SetAction((parse, cancel) => RunAsync(
            parse.GetRequiredValue(target), parse.GetRequiredValue(listen), parse.GetRequiredValue(hub), parse.GetRequiredValue(identity), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string text, string local, string hubText, string folder, CancellationToken cancel)
    {
        try
        {
            if (!DialTarget.TryParse(text, out var target, out var wrong))
                throw new FormatException($"TARGET: {wrong}");
            if (!IPEndPoint.TryParse(local, out var listen) || !local.Contains(':'))
                throw new FormatException($"--listen: '{local}' is not ADDRESS:PORT, for example 127.0.0.1:1502");
            var hub = CorridorEndpoint.Parse(hubText);
            var store = KeyStore.Open(folder);
            var identity = store.LoadCurrent() ?? throw new IdentityStoreException($"{folder} holds no certificate; run corridor enrol first");
            using var connection = new CorridorConnection(hub, identity);
            await RunAsync(connection, store, new Dialler(connection, target, listen, Say.Note), cancel);
            return 0;
        }
        catch (Exception e) when (e is FormatException or IdentityStoreException or SocketException or IOException)
        {
            Say.Error(e.Message);
            return 1;
        }
    }

    private static async Task RunAsync(CorridorConnection connection, KeyStore store, Dialler dialler, CancellationToken cancel)
    {
        var renewal = new IdentityRenewal(store, connection.Hub, connection.Options);
        renewal.Failed += why => Say.Note($"the certificate could not be renewed, it is tried again: {why}");
        renewal.Renewed += next =>
        {
            Say.Note($"certificate renewed until {Validity.Text(next.Validity.NotAfter)}");
            connection.Use(next);
        };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var renewing = renewal.RunAsync(stop.Token);
        try
        {
            await dialler.RunAsync(cancel);
        }
        finally
        {
            await stop.CancelAsync();
            await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
