using System.Net;
using Gateway.Core.Identity;
using Gateway.Corridor.Admin;
using Gateway.Corridor.Authority;
using Gateway.Corridor.Config;
using Gateway.Corridor.State;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Corridor.Hub;

/// <summary>A running hub: its one TCP socket, its admin socket, and what stands behind them.</summary>
internal sealed class HubServer : IAsyncDisposable
{
    /// <summary>Time for open requests to end when the hub stops; flows do not end by themselves and are reset then.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly FileStream _lock;
    private readonly CertificateAuthority _authority;
    private readonly WebApplication _web;
    private readonly AdminServer _admin;
    private readonly ILogger _log;
    private readonly Task _watch;

    private HubServer(HubParts parts, FileStream folderLock, WebApplication web)
    {
        (_lock, _authority, _web, _log) = (folderLock, parts.Authority, web, parts.Log);
        Store = parts.Store;
        Flows = parts.Flows;
        Doors = parts.Yard;
        var address = new Uri(web.Urls.Single());
        Endpoint = new IPEndPoint(parts.Options.Listen.Address, address.Port);
        _admin = new AdminServer(parts.Options.Folder, new AdminDesk(parts, Endpoint), parts.Log);
        _watch = parts.Watchman.RunAsync(_stop.Token);
    }

    public IPEndPoint Endpoint { get; }

    public string Fingerprint => _authority.Fingerprint;

    internal HubStore Store { get; }

    internal FlowTable Flows { get; }

    internal DoorYard Doors { get; }

    /// <exception cref="HubStartException">Folder, configuration or address cannot be used; the message says why.</exception>
    public static async Task<HubServer> StartAsync(HubOptions options, ILoggerFactory logs, CancellationToken cancel)
    {
        PrivateFile.MakeFolder(options.Folder);
        var folderLock = LockFolder(options.Folder);
        WebApplication? web = null;
        try
        {
            var config = options.ConfigPath is { } path ? HubConfigReader.Read(path, options.Site) : null;
            var parts = new HubParts(options with { Lifetimes = config?.Lifetimes ?? options.Lifetimes }, logs.CreateLogger("corridor"));
            if (config is not null)
                parts.Store.Change(state => (config.ApplyTo(state), true));
            web = Build(parts, logs);
            await web.StartAsync(cancel);
            var server = new HubServer(parts, folderLock, web);
            parts.Log.Started(options.Name, options.Site, server.Endpoint.ToString(), server.Fingerprint);
            return server;
        }
        catch (Exception e)
        {
            if (web is not null)
                await web.DisposeAsync();
            await folderLock.DisposeAsync();
            if (e is IOException or System.Net.Sockets.SocketException)
                throw new HubStartException($"the hub cannot listen at {options.Listen}: {e.Message}", e);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        await _watch;
        await _admin.DisposeAsync();
        foreach (var flow in Flows.List())
            flow.End("the hub stops");
        using (var limit = new CancellationTokenSource(StopLimit))
            await _web.StopAsync(limit.Token);
        await _web.DisposeAsync();
        _authority.Dispose();
        await _lock.DisposeAsync();
        _log.Stopped();
    }

    private static FileStream LockFolder(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "hub.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new HubStartException($"a hub runs on {folder} already; end it first, or give another --state folder", e);
        }
    }

    private static WebApplication Build(HubParts parts, ILoggerFactory logs)
    {
        // Empty: no configuration from files, environment or command line of ASP.NET can add a socket.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, parts));
        var web = builder.Build();
        web.Run(parts.Application.HandleAsync);
        return web;
    }

    private static void Configure(KestrelServerOptions kestrel, HubParts parts)
    {
        var limits = parts.Options.Limits;
        kestrel.AddServerHeader = false;
        // Flows last for weeks and may be silent for hours; their bodies have no end and no least rate.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.RequestHeadersTimeout = limits.Handshake;
        kestrel.Limits.Http2.MaxStreamsPerConnection = limits.StreamsPerConnection;
        kestrel.Limits.Http2.InitialStreamWindowSize = limits.StreamWindowBytes;
        kestrel.Limits.Http2.InitialConnectionWindowSize = limits.ConnectionWindowBytes;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(10);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
        kestrel.Listen(parts.Options.Listen, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.Use(next => connection => parts.Tls.LimitAsync(connection, next));
            listen.UseHttps(parts.Tls.Options);
            listen.Use(next => connection => parts.Tls.RunAsync(connection, next));
        });
    }

    /// <summary>Signals are the command's business, not the web host's.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
