using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Gateway.Core.Control;
using Gateway.Core.Policy;
using Gateway.Dataplane.FastPath;
using Microsoft.Extensions.Hosting.Systemd;

namespace Gateway.Dataplane.Control;

/// <summary>The command <c>gateway-dataplane</c>.</summary>
internal static class DataplaneCommand
{
    private const int Ok = 0;
    private const int BadInput = 1;
    private const int CannotRun = 2;

    public static RootCommand Create()
    {
        var site = new Option<FileInfo>("--site") { Description = "Site file: links, devices with their bindings, peers, grants (docs/policy.md).", Required = true };
        var control = new Option<string?>("--control") { Description = "Unix socket for the service. Without it the site file alone decides." };
        var state = new Option<DirectoryInfo?>("--state") { Description = "Folder that keeps the last good policy over restarts." };
        var check = new Option<bool>("--check") { Description = "Check the site file, say what it would do, and end." };
        var printLinks = new Option<bool>("--print-links") { Description = "Print a line 'ROLE INTERFACE [ADDRESS]' for each interface, and end." };
        var noFastPath = new Option<bool>("--no-fast-path") { Description = "Let every packet go through the packet loop, also where the kernel could forward." };
        var tier = new Option<FastPathTier?>("--fast-path") { Description = "The only fast path to try: off, tcx (Linux 6.6) or clsact. Without it the best one there is." };
        var quiet = new Option<bool>("--quiet") { Description = "Do not print events." };
        var command = new RootCommand("Packet path of the gateway: keeps each device in a segment of its own and passes only what a grant allows.")
        {
            site, control, state, check, printLinks, noFastPath, tier, quiet,
        };
        command.SetAction((result, cancel) =>
        {
            var file = result.GetValue(site)!;
            var read = SiteReader.ReadFile(file.FullName);
            foreach (var warning in read.Warnings)
                Console.Error.WriteLine($"{file}: warning: {warning}");
            foreach (var error in read.Errors)
                Console.Error.WriteLine($"{file}: {error}");
            if (!read.Valid)
                return Task.FromResult(BadInput);
            var policy = PolicyCompiler.Compile(read.Document).Policy!;
            FastPathTier? fastPath = result.GetValue(noFastPath) ? FastPathTier.Off : result.GetValue(tier);
            var stateFolder = result.GetValue(state)?.FullName;
            if (result.GetValue(printLinks))
                return Task.FromResult(PrintLinks(policy));
            if (result.GetValue(check))
                return Task.FromResult(Check(policy, read.Document, fastPath));
            var options = new DataplaneOptions(ChoosePolicy(policy, stateFolder), result.GetValue(control), stateFolder, fastPath);
            return RunAsync(options, result.GetValue(quiet), cancel);
        });
        return command;
    }

    private static int PrintLinks(CompiledPolicy policy)
    {
        // The VLANs of a trunk are one interface to the kernel.
        foreach (var link in policy.Links.DistinctBy(l => l.Interface))
            Console.WriteLine($"{link.Role.ToString().ToLowerInvariant()} {link.Interface} {link.Address}".TrimEnd());
        return Ok;
    }

    private static int Check(CompiledPolicy policy, SiteDocument document, FastPathTier? fastPath)
    {
        FastPathStart.Open(fastPath, out var told)?.Dispose();
        var result = PolicySummary.Print(policy, document, Console.Out);
        Console.WriteLine($"fast path, with the rights of this call: {told}");
        return result;
    }

    private static async Task<int> RunAsync(DataplaneOptions options, bool quiet, CancellationToken cancel)
    {
        var policy = options.Policy;
        var console = new ConsoleReport(Console.Out, quiet);
        try
        {
            await using var host = new DataplaneHost(options, TimeProvider.System, console.Tell) { Say = Say };
            host.Start();
            Say($"ready: {policy.Devices.Length} devices, {policy.Grants.Length} grants, {policy.Links.Length} links");
            var systemd = new SystemdNotifier();
            systemd.Notify(ServiceState.Ready);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stop));
            await host.WatchAsync(() => systemd.Notify(new ServiceState("WATCHDOG=1")), stop.Token).ConfigureAwait(false);
            return Ok;
        }
        catch (OperationCanceledException)
        {
            return Ok;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return CannotRun;
        }
    }

    /// <summary>The last good policy where there is one for these links; else the site file. A last good one that cannot be read closes
    /// everything: the site file may allow what has been taken back since.</summary>
    private static CompiledPolicy ChoosePolicy(CompiledPolicy site, string? state)
    {
        var kept = PolicyKeeper.LoadLastGood(state, out var problem);
        if (problem.Length > 0)
        {
            Say($"{problem}; nothing passes until the service sends a policy");
            return site with { Devices = [], Peers = [], Services = [], Callers = [], Grants = [], Conduits = [] };
        }
        if (kept is null)
            return site;
        if (kept.Links.SequenceEqual(site.Links))
        {
            Say("enforcing the last good policy");
            return kept;
        }
        Say("the last good policy is for other links; nothing passes until the service sends a policy");
        return site with { Devices = [], Peers = [], Services = [], Callers = [], Grants = [], Conduits = [] };
    }

    private static void Stop(PosixSignalContext context, CancellationTokenSource stop)
    {
        context.Cancel = true;
        stop.Cancel();
    }

    private static void Say(string text) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {text}"));
}
