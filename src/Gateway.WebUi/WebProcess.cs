using System.Security.Authentication;
using Gateway.Core.Identity;
using Gateway.WebUi.Actions;
using Gateway.WebUi.Api;
using Gateway.WebUi.Assets;
using Gateway.WebUi.Components;
using Gateway.WebUi.Live;
using Gateway.WebUi.Rows;
using Gateway.WebUi.Security;
using Gateway.WebUi.Systemd;
using Gateway.WebUi.Wording;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.WebUi;

/// <summary>The process put together: limits, services, and the way of a request.</summary>
public static class WebProcess
{
    /// <summary>A process that is ready to start.</summary>
    /// <param name="options">How it was started.</param>
    /// <param name="time">Clock and time zone.</param>
    /// <exception cref="IOException">The state folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static WebApplication Build(WebOptions options, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        ConfigureLog(builder.Logging);
        var identity = TlsIdentity.Open(options.State, options.OwnNames(), time);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, options, identity));
        builder.Services.AddSingleton(options).AddSingleton(time).AddSingleton(identity);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = WebLimits.Stopping);
        PageCompression.Add(builder.Services);
        AddForms(builder.Services, options);
        AddPages(builder.Services, options);
        SystemdReport.Add(builder.Services);
        var app = builder.Build();
        Use(app);
        Map(app);
        return app;
    }

    private static void Configure(KestrelServerOptions kestrel, WebOptions options, TlsIdentity identity)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = WebLimits.Connections;
        limits.MaxRequestHeaderCount = WebLimits.HeaderCount;
        limits.MaxRequestHeadersTotalSize = WebLimits.HeadersBytes;
        limits.MaxRequestBodySize = WebLimits.FormBytes;
        limits.RequestHeadersTimeout = WebLimits.HeadersTimeout;
        limits.KeepAliveTimeout = WebLimits.KeepAlive;
        limits.Http2.MaxStreamsPerConnection = WebLimits.StreamsPerConnection;
        foreach (var end in options.Listen)
        {
            kestrel.Listen(end, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(https =>
                {
                    https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                    https.HandshakeTimeout = WebLimits.HeadersTimeout;
                    https.ServerCertificateSelector = (_, _) => identity.Current;
                });
            });
        }
    }

    private static void ConfigureLog(ILoggingBuilder log)
    {
        log.ClearProviders().SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning).AddFilter("Yarp", LogLevel.Error);
        // It asks for encryption at rest; these keys only protect form tokens, and the folder is this user's alone.
        log.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NOTIFY_SOCKET")))
            log.AddSimpleConsole(console => console.SingleLine = true);
        else
            log.AddSystemdConsole();
    }

    private static void AddForms(IServiceCollection services, WebOptions options)
    {
        var keys = Path.Combine(options.State, "form-keys");
        PrivateFile.MakeFolder(keys);
        services.AddDataProtection().SetApplicationName("gateway-web");
        services.Configure<KeyManagementOptions>(management => management.XmlRepository = new PrivateKeyRing(keys));
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = Cookies.Form;
            antiforgery.Cookie.Path = "/";
            antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.Always;
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.Cookie.HttpOnly = true;
            // frame-ancestors of the content security policy says it better.
            antiforgery.SuppressXFrameOptionsHeader = true;
        });
        services.Configure<FormOptions>(form =>
        {
            form.ValueCountLimit = WebLimits.FormFields;
            form.BufferBodyLengthLimit = WebLimits.FormBytes;
        });
    }

    private static void AddPages(IServiceCollection services, WebOptions options)
    {
        services.AddRazorComponents(razor => razor.MaxFormMappingCollectionSize = WebLimits.FormFields);
        services.AddHttpForwarder();
        services.AddSingleton(_ => new ServiceClient(ServiceSocket.CreateHandler(options.Api)));
        services.AddSingleton(_ => new ServicePool(options.Api));
        services.AddSingleton<ApiForwarder>().AddSingleton<HostGuard>().AddSingleton<LiveStreams>().AddSingleton<SelfProbe>();
        services.AddSingleton<AssetCatalog>().AddSingleton<TextCatalog>().AddSingleton<Symbols>().AddSingleton<Clock>();
        services.AddScoped<PageState>().AddScoped<GatewayApi>();
        services.AddScoped(provider => provider.GetRequiredService<TextCatalog>()[provider.GetRequiredService<PageState>().Language]);
        services.AddScoped<BoxRows>().AddScoped<DeviceRows>().AddScoped<DetailRows>().AddScoped<LogRows>();
        services.AddScoped<LiveViews>().AddScoped<LiveEndpoint>();
        services.AddHostedService<TlsRenewal>();
    }

    /// <summary>The way of a request, in this order.</summary>
    private static void Use(WebApplication app)
    {
        app.Use(SecurityHeaders.AddAsync);
        app.Use(app.Services.GetRequiredService<HostGuard>().CheckAsync);
        app.Use(RequestSettings.ReadAsync);
        app.UseWhen(PageCompression.Applies, pages => pages.UseResponseCompression());
        app.UseWhen(http => !http.Request.Path.StartsWithSegments("/api"), pages => pages.UseMiddleware<ErrorPages>());
        app.UseRouting();
        app.Use(PageGate.CheckAsync);
        app.UseAntiforgery();
        app.Use(FormGuard.CheckAsync);
    }

    private static void Map(WebApplication app)
    {
        app.MapRazorComponents<App>();
        DeviceActionEndpoints.Map(app);
        PersonEndpoints.Map(app);
        LiveEndpoint.Map(app);
        AssetEndpoint.Map(app);
        HealthEndpoints.Map(app);
        ApiForwarder.Map(app);
    }
}
