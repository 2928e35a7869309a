using System.Net.Sockets;
using Gateway.Core.Discovery;
using Gateway.Core.Policy;
using Gateway.Core.State;
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

/// <summary>The service, put together: stores open, site taken over, API ready to listen.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    /// <summary>Largest request body: a policy document.</summary>
    private const long MaxBodyBytes = 8L << 20;

    /// <summary>Connections at once: every event stream is one, beside them a few for requests.</summary>
    private const long MaxConnections = EventHub.MaxSubscribers + 128;

    private readonly Stores _stores;
    private readonly StateStore _state;

    private RunningService(Stores stores, StateStore state, WebApplication application)
    {
        _stores = stores;
        _state = state;
        Application = application;
    }

    public WebApplication Application { get; }

    /// <summary>Opens the stores and builds the service; nothing runs yet.</summary>
    /// <exception cref="Core.Store.JournalException">A journal cannot be opened.</exception>
    public static async Task<RunningService> OpenAsync(ServiceOptions options, SiteDocument document, ServiceParts parts)
    {
        var folders = new ServiceFolders(options.StateFolder);
        var stores = Stores.Open(folders, parts);
        try
        {
            var site = new SiteContext(document, Path.GetDirectoryName(Path.GetFullPath(options.SiteFile))!);
            var state = new StateStore(stores.State);
            var imported = await ImportAsync(state, site, parts.Time).ConfigureAwait(false);
            var application = Build(options, folders, stores, site, state, parts);
            if (imported is not null)
                application.Services.GetRequiredService<DecisionLog>().Tell(state.Current, imported);
            var code = application.Services.GetRequiredService<ClaimCode>();
            if (state.Current.Claimed)
                code.Spend();
            else
                application.Logger.LogClaimCode(code.Ensure());
            return new RunningService(stores, state, application);
        }
        catch
        {
            stores.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Application.DisposeAsync().ConfigureAwait(false);
        _stores.Dispose();
        _state.Dispose();
    }

    /// <summary>Takes the site file over at the first start; what is decided later stands in the journal.</summary>
    private static async Task<SiteImported?> ImportAsync(StateStore state, SiteContext site, TimeProvider time)
    {
        if (state.Current.Imported || state.Journal is null)
            return null;
        var policy = PolicyCompiler.Compile(site.Document).Policy!;
        var entry = SiteProjection.Import(site.Document, policy, time.GetUtcNow(), Core.Api.LogActors.SiteFile);
        await state.ApplyAsync(_ => entry).ConfigureAwait(false);
        return entry;
    }

    private static WebApplication Build(ServiceOptions options, ServiceFolders folders, Stores stores, SiteContext site, StateStore state, ServiceParts parts)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            // Settings lie beside the program, not where it happens to be started.
            ContentRootPath = AppContext.BaseDirectory,
        });
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
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.ListenUnixSocket(options.ApiSocket, listen => listen.Use(PeerCredentials.Read));
        });
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = _ => BindForGroup(options.ApiSocket));
        AddServices(builder.Services, options, folders, stores, site, state, parts);
        var application = builder.Build();
        application.Use(next => context => Problems.HandleAsync(context, next));
        application.Use(next => context => Authorization.HandleAsync(context, next));
        ApiRoutes.Map(application);
        application.Lifetime.ApplicationStopped.Register(() => File.Delete(options.ApiSocket));
        return application;
    }

    private static void AddServices(
        IServiceCollection services, ServiceOptions options, ServiceFolders folders, Stores stores, SiteContext site, StateStore state, ServiceParts parts)
    {
        services.AddSingleton(options).AddSingleton(folders).AddSingleton(site).AddSingleton(state).AddSingleton(stores.View)
            .AddSingleton(parts).AddSingleton(parts.Time).AddSingleton(new OuiRegistry()).AddSingleton(new ClaimCode(folders.ClaimCode))
            .AddSingleton(s => new RecordLog(stores.Records, stores.View, parts.Time, s.GetRequiredService<ILogger<RecordLog>>()))
            .AddSingleton(s => new DataplaneClient(options.DataplaneSocket, parts.Time, s.GetRequiredService<ILogger<DataplaneClient>>()));
        services.AddSingleton<DecisionLog>().AddSingleton<TrafficLog>().AddSingleton<DeviceDiscovery>().AddSingleton<DeviceWatch>().AddSingleton<PolicyInstaller>()
            .AddSingleton<DeviceProposals>().AddSingleton<DeviceDecisions>().AddSingleton<ModbusIdentification>().AddSingleton<PolicyDocuments>()
            .AddSingleton<FabricSet>().AddSingleton<FlowAdmitter>().AddSingleton<ConnectionSet>().AddSingleton<DialListeners>()
            .AddSingleton<DeviceViews>().AddSingleton<BoxViews>().AddSingleton<EventHub>().AddSingleton<Sessions>().AddSingleton<SignInGuard>()
            .AddSingleton<Accounts>().AddSingleton<Liveness>().AddSingleton<HealthWatch>();
        services.ConfigureHttpJsonOptions(json => ApiJson.MakeStrict(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        ApiRoutes.AddOpenApi(services);
        // In the order of dependence: who listens is there before who tells.
        services.AddHostedService(s => s.GetRequiredService<DecisionLog>()).AddHostedService(s => s.GetRequiredService<EventHub>())
            .AddHostedService(s => s.GetRequiredService<TrafficLog>())
            .AddHostedService(s => s.GetRequiredService<DeviceWatch>()).AddHostedService(s => s.GetRequiredService<DeviceDiscovery>())
            .AddHostedService(s => s.GetRequiredService<PolicyInstaller>()).AddHostedService(s => s.GetRequiredService<FabricSet>())
            .AddHostedService(s => s.GetRequiredService<ConnectionSet>()).AddHostedService(s => s.GetRequiredService<DialListeners>())
            .AddHostedService(s => s.GetRequiredService<DataplaneClient>()).AddHostedService(s => s.GetRequiredService<HealthWatch>());
    }

    /// <summary>For owner and group, as the web process is in the group. It gets its name only with these rights: there is no moment in
    /// which others may connect.</summary>
    private static Socket BindForGroup(string path)
    {
        var unnamed = path + ".new";
        File.Delete(unnamed);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(unnamed));
            File.SetUnixFileMode(unnamed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
            File.Move(unnamed, path, overwrite: true);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

internal static partial class ServiceLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "not claimed yet; claim code: {Code}")]
    public static partial void LogClaimCode(this ILogger logger, string code);
}
