using System.CommandLine;
using System.Net;
using Gateway.Core.Identity;
using Gateway.Corridor.Hub;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Cli;

/// <summary><c>corridor hub</c>: runs a hub until it is told to stop.</summary>
internal static class HubCommand
{
    public static Command Build()
    {
        var state = new Option<string>("--state") { Description = "Folder of authority, state and admin socket; made when missing", Required = true, HelpName = "DIR" };
        var site = new Option<string>("--site") { Description = "Name of the site; the trust domain of all its identities", Required = true, HelpName = "NAME" };
        var listen = new Option<string>("--listen") { Description = "Address and port of the one TCP socket", Required = true, HelpName = "ADDRESS:PORT" };
        var name = new Option<string>("--name") { Description = "Name of this hub", DefaultValueFactory = _ => "hub", HelpName = "NAME" };
        var config = new Option<string?>("--config") { Description = "YAML file with lifetimes, groups, services and entitlements", HelpName = "FILE" };
        var dns = new Option<string[]>("--dns") { Description = "Host name to put into the hub's certificate, for TLS clients that look at those", HelpName = "NAME" };
        var command = new Command("hub", "Run a hub") { state, site, listen, name, config, dns };
        command.SetAction((parse, cancel) => RunAsync(new Started(
            parse.GetRequiredValue(state), parse.GetRequiredValue(site), parse.GetRequiredValue(listen), parse.GetRequiredValue(name),
            parse.GetValue(config), parse.GetValue(dns) ?? []), cancel));
        return command;
    }

    private static async Task<int> RunAsync(Started started, CancellationToken cancel)
    {
        var wrong = SpiffeId.CheckSite(started.Site) is { } site ? $"--site: {site}"
            : SpiffeId.CheckName(started.Name) is { } name ? $"--name: {name}"
            : null;
        if (wrong is not null || !IPEndPoint.TryParse(started.Listen, out var listen) || listen.Port == 0 && !started.Listen.EndsWith(":0", StringComparison.Ordinal))
        {
            Say.Error(wrong ?? $"--listen: '{started.Listen}' is not ADDRESS:PORT, for example 10.20.0.10:8443");
            return 2;
        }
        using var logs = LoggerFactory.Create(builder => builder
            .AddFilter("Microsoft", LogLevel.Warning)
            // It reports a failed start with its whole stack; the command says it in one line.
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)
            .AddSimpleConsole(console => console.SingleLine = true)
            .Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        var options = new HubOptions
        {
            Folder = started.Folder,
            Site = started.Site,
            Name = started.Name,
            Listen = listen,
            ConfigPath = started.Config,
            DnsNames = started.DnsNames,
        };
        try
        {
            await using var hub = await HubServer.StartAsync(options, logs, cancel);
            Console.Out.WriteLine($"listening {hub.Endpoint}");
            Console.Out.WriteLine($"authority sha256 {hub.Fingerprint}");
            await Task.Delay(Timeout.InfiniteTimeSpan, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return 0;
        }
        catch (HubStartException e)
        {
            Say.Error(e.Message);
            return 1;
        }
    }

    private sealed record Started(string Folder, string Site, string Listen, string Name, string? Config, string[] DnsNames);
}
