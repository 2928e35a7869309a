using System.Net;
using Gateway.WebUi.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.WebUi.Tests.Fakes;

/// <summary>The real web process on a port of its own, before a fake service.</summary>
internal sealed class TestSite : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private WebApplication _app = null!;

    private TestSite(TimeProvider time)
    {
        Time = time;
        Service = new FakeService(new FakeBox(time), _folder.File("api.sock"));
    }

    public TimeProvider Time { get; }

    public FakeService Service { get; }

    public FakeBox Box => Service.Box;

    public Uri Address { get; private set; } = null!;

    public string StateFolder => _folder.File("state");

    public TlsIdentity Identity => _app.Services.GetRequiredService<TlsIdentity>();

    public IServiceProvider Services => _app.Services;

    public static async Task<TestSite> StartAsync(TimeProvider? time = null, string listen = "127.0.0.1:0")
    {
        var site = new TestSite(time ?? TimeProvider.System);
        await site.Service.StartAsync();
        var options = new WebOptions([IPEndPoint.Parse(listen)], site._folder.File("api.sock"), site.StateFolder, ["gw-hall3.plant.local"]);
        site._app = WebProcess.Build(options, site.Time);
        await site._app.StartAsync();
        site.Address = new Uri(site._app.Urls.First());
        return site;
    }

    /// <summary>A browser of its own, with no cookie.</summary>
    public Browser NewBrowser(string? language = null) => new(Address, Identity, language);

    /// <summary>A browser in which somebody is signed in; the box is claimed.</summary>
    public Browser SignedIn(string language = "en", string role = "engineer")
    {
        lock (Box.Gate)
        {
            Box.Claimed = true;
            Box.Accounts["keller"] = ("a long enough password", role);
            var browser = NewBrowser(language);
            browser.SetCookie(Cookies.Session, Box.NewSession("keller").Token);
            return browser;
        }
    }

    public Task StopListeningAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Service.DisposeAsync();
        _folder.Dispose();
    }
}
