using Gateway.Core.Discovery;
using Gateway.Core.Policy;
using Gateway.Core.State;
using Gateway.Core.Store;
using Gateway.Service.Access;
using Gateway.Service.Api;
using Gateway.Service.Dataplane;
using Gateway.Service.Devices;
using Gateway.Service.Fabrics;
using Gateway.Service.Policy;
using Gateway.Service.Records;
using Gateway.Service.State;
using Gateway.Service.Views;

namespace Gateway.Service.Hosting;

/// <summary>Builds and runs the service.</summary>
internal static class Daemon
{
    private const int BadInput = 1;
    private const int CannotRun = 2;

    /// <summary>Largest request body: a policy document.</summary>
    private const long MaxBodyBytes = 8L << 20;

    public static async Task<int> RunAsync(ServiceOptions options, CancellationToken cancel)
    {
        var read = SiteReader.ReadFile(options.SiteFile);
        foreach (var error in read.Errors)
            Console.Error.WriteLine($"{options.SiteFile}: {error}");
        if (!read.Valid)
            return BadInput;
        try
        {
            var folders = new ServiceFolders(options.StateFolder);
            using var stores = Stores.Open(folders, TimeProvider.System);
            var site = new SiteContext(read.Document, Path.GetDirectoryName(Path.GetFullPath(options.SiteFile))!);
            var state = new StateStore(stores.State);
            await ImportAsync(state, site).ConfigureAwait(false);
            await using var application = Build(options, folders, stores, site, state);
            if (!state.Current.Claimed)
                application.Logger.LogClaimCode(application.Services.GetRequiredService<ClaimCode>().Ensure());
            await application.RunAsync(cancel).ConfigureAwait(false);
            return 0;
        }
        catch (Exception e) when (e is JournalException or StateReplayException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Console.Error.WriteLine($"gatewayd cannot run: {e.Message}");
            return CannotRun;
        }
    }

    /// <summary>Takes the site file over at the first start; what is decided later stands in the journal.</summary>
    private static async Task ImportAsync(StateStore state, SiteContext site)
    {
        if (state.Current.Imported || state.Journal is null)
            return;
        var policy = PolicyCompiler.Compile(site.Document).Policy!;
        await state.ApplyAsync(_ => SiteProjection.Import(site.Document, policy, TimeProvider.System.GetUtcNow(), "site file")).ConfigureAwait(false);
    }

    private static WebApplication Build(ServiceOptions options, ServiceFolders folders, Stores stores, SiteContext site, StateStore state)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole(o =>
        {
            o.SingleLine = true;
            o.TimestampFormat = "HH:mm:ss.fff ";
        });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            File.Delete(options.ApiSocket);
            kestrel.ListenUnixSocket(options.ApiSocket, listen => listen.Use(PeerCredentials.Read));
        });
        AddServices(builder.Services, options, folders, stores, site, state);
        var application = builder.Build();
        application.Use(next => context => Problems.HandleAsync(context, next));
        ApiRoutes.Map(application);
        application.Lifetime.ApplicationStarted.Register(() => OpenToGroup(options.ApiSocket));
        return application;
    }

    private static void AddServices(
        IServiceCollection services, ServiceOptions options, ServiceFolders folders, Stores stores, SiteContext site, StateStore state)
    {
        services.AddSingleton(options).AddSingleton(folders).AddSingleton(site).AddSingleton(state).AddSingleton(stores.View)
            .AddSingleton(TimeProvider.System).AddSingleton(new OuiRegistry()).AddSingleton(new ClaimCode(folders.ClaimCode))
            .AddSingleton(s => new RecordLog(stores.Records, stores.View, TimeProvider.System, s.GetRequiredService<ILogger<RecordLog>>()))
            .AddSingleton(s => new DataplaneClient(options.DataplaneSocket, TimeProvider.System, s.GetRequiredService<ILogger<DataplaneClient>>()));
        services.AddSingleton<DecisionLog>().AddSingleton<DeviceDiscovery>().AddSingleton<DeviceWatch>().AddSingleton<PolicyInstaller>()
            .AddSingleton<DeviceProposals>().AddSingleton<DeviceDecisions>().AddSingleton<ModbusIdentification>().AddSingleton<PolicyDocuments>()
            .AddSingleton<FabricSet>().AddSingleton<FlowAdmitter>().AddSingleton<ConnectionSet>().AddSingleton<DialListeners>()
            .AddSingleton<DeviceViews>().AddSingleton<BoxViews>().AddSingleton<EventHub>().AddSingleton<Sessions>().AddSingleton<SignInGuard>()
            .AddSingleton<Accounts>().AddSingleton<HealthWatch>();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
        ApiRoutes.AddOpenApi(services);
        // In the order of dependence: who listens is there before who tells.
        services.AddHostedService(s => s.GetRequiredService<DecisionLog>()).AddHostedService(s => s.GetRequiredService<EventHub>())
            .AddHostedService(s => s.GetRequiredService<DeviceWatch>()).AddHostedService(s => s.GetRequiredService<DeviceDiscovery>())
            .AddHostedService(s => s.GetRequiredService<PolicyInstaller>()).AddHostedService(s => s.GetRequiredService<FabricSet>())
            .AddHostedService(s => s.GetRequiredService<ConnectionSet>()).AddHostedService(s => s.GetRequiredService<DialListeners>())
            .AddHostedService(s => s.GetRequiredService<DataplaneClient>()).AddHostedService(s => s.GetRequiredService<HealthWatch>());
    }

    /// <summary>Owner and group: the web process is in the group.</summary>
    private static void OpenToGroup(string socket) => File.SetUnixFileMode(
        socket, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
}

internal static partial class DaemonLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "not claimed yet; claim code: {Code}")]
    public static partial void LogClaimCode(this ILogger logger, string code);
}
